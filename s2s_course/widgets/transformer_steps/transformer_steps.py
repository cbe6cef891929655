"""TransformerSteps: one sentence through encoder and decoder of a Transformer, part by part."""

import json
from typing import ClassVar

import numpy as np
import traitlets

from s2s_course.checks import check_one_of
from s2s_course.layers.positions import POSITIONS
from s2s_course.trace.transformer_steps import DECODER_PARTS, ENCODER_PARTS, TransformerTrace
from s2s_course.widgets.shared.arrays import encode_precise
from s2s_course.widgets.shared.base import MAX_STATE_BYTES, front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.step_and_unit import StepAndUnit
from s2s_course.widgets.shared.view import Whole
from s2s_course.widgets.transformer_steps import transformer_steps_figure
from s2s_course.widgets.transformer_steps.carried_pass import numbers, vectors_that_fit
from s2s_course.widgets.transformer_steps.trace_checks import check_trace

TOP = 5  # words shown for each step
ADDED = ("sinusoidal", "learned")  # positions that are a vector added to the word's
_STACKS = ("encoder", "decoder")


class TransformerSteps(StepAndUnit, LiveWidget):
    """Steps through one pass: the two stacks with the size of each change, and the numbers of one stage.

    ``step`` counts along the pass. First the encoder reads all source words at once: word vectors, positions,
    then three stages for each part of each layer (norm, the part itself, sum; in post-norm the norm comes
    last), and in pre-norm a last norm. Then each written word goes the same way through the decoder, and two
    stages make it of the last vector: logits and probabilities. ``stages(side)`` names them.

    ``word`` is the source word that is looked at, ``head`` the head whose attention is shown, and ``unit``
    the element of each vector whose arithmetic is written out. All four can be set from Python and linked to
    another widget with ``ipywidgets.jslink((a, "step"), (b, "step"))``. The data does not change once the
    widget is made. The readout counts words, layers and heads from 1 and units, which are indices, from 0.

    The front end computes changes, norms and weights from the vectors, maps and scores that are carried, so
    what is written out adds up. Vectors are carried with an error below ``2e-6`` of the largest value, and
    with all units if they fit; else with the first ones, and the widget says how many.
    """

    chapters: ClassVar[tuple[int, ...]] = (9,)
    _esm = front_end(
        __file__,
        "../shared/arithmetic.js",
        "../shared/sentence_walk.js",
        "../shared/row_figure.js",
        "pass_data.js",
        "stages.js",
        "stack_drawing.js",
        "closed_levels.js",
        "own_pass.js",
        "transformer_steps.js",
    )
    _css = front_end(__file__, "transformer_steps.css")

    title = traitlets.Unicode().tag(sync=True)
    src_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tgt_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    # Of the model: d_model, d_ff, num_heads, num_layers, vocabulary, norm_first, positions, added: are the
    # positions a vector that is added to the word's
    about = traitlets.Dict().tag(sync=True)
    # Of each side, encoder and decoder, with N positions, L layers, P parts, H heads: vectors side_words and
    # side_start (N, units), side_streams (L, P, N, units), side_inside (L, N, units); weights and biases
    # side_norms (L, P, 2, units) and side_last_norm (2, units). Of all units: side_moments (1 + L P, N, 2),
    # mean and deviation of start and streams; side_sizes (L, P, N, 2) of changes and norms; side_ends (2, N)
    # of words and outputs; side_active (L, N) and side_strongest (L, N, 2), unit and value, inside. Scores:
    # encoder_self, decoder_self, decoder_cross (L, H, N, asked), 0 where nothing may be seen. Of words:
    # logits (T, 6), log_sums (T).
    arrays = traitlets.Dict().tag(sync=True)
    choices = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)  # words, most probable first
    word = Whole(last=lambda widget: len(widget.src_tokens) - 1)
    head = Whole(last=lambda widget: widget.about["num_heads"] - 1)

    @classmethod
    def from_trace(
        cls,
        trace: TransformerTrace,
        *,
        title: str = "",
        step: int = 0,
        word: int = 0,
        head: int = 0,
        unit: int = 0,
    ) -> "TransformerSteps":
        """The sentence that ``trace`` followed.

        Raises ValueError for arrays of the wrong shape or that are not finite, streams that are not the
        vectors before a part plus its change, norms that are not those of the vectors before or after it,
        log-probabilities that are not those of the logits, a written token that is not in the vocabulary, and
        a step, word, head or unit that does not exist.
        """
        check_one_of(POSITIONS, positions=trace.positions)
        check_trace(trace)
        L, H = trace.encoder.scores["self_attention"].shape[:2]
        about = {
            "d_model": trace.encoder.start.shape[1],
            "d_ff": trace.encoder.inside.shape[2],
            "num_heads": H,
            "num_layers": L,
            "vocabulary": len(trace.vocabulary),
            "norm_first": trace.norm_first,
            "positions": trace.positions,
            "added": trace.positions in ADDED and not trace.norm_embedding,
        }
        choices, logits = _choices(trace)
        log_sums = trace.logits.astype(np.float64)[:, 0] - trace.log_probabilities[:, 0]
        arrays = {"logits": encode_precise(logits), "log_sums": encode_precise(log_sums)}
        for side in _STACKS:
            arrays |= numbers(trace, side)
        told = {
            "title": title,
            "src_tokens": list(trace.src_tokens),
            "tgt_tokens": list(trace.tgt_tokens),
            "about": about,
            "choices": choices,
        }
        taken = len(json.dumps([cls._esm, cls._css, told, arrays])) + 1000  # for the names of all traits
        arrays |= vectors_that_fit(trace, MAX_STATE_BYTES - taken)
        return cls(**told, arrays=arrays, step=step, word=word, head=head, unit=unit)

    def stages(self, side: str) -> list[tuple[int | None, str, str]]:
        """The stages of one pass through the stack ``side``: layer (from 0), part, stage."""
        check_one_of(_STACKS, side=side)
        first = self.about["norm_first"]
        stages = [(None, "embedding", "words"), (None, "embedding", "positions")]
        for layer in range(self.about["num_layers"]):
            for part in ENCODER_PARTS if side == "encoder" else DECODER_PARTS:
                of_part = ["inside" if part == "feed_forward" else "weights", "sum"]
                of_part = ["norm", *of_part] if first else [*of_part, "norm"]
                stages += [(layer, part, stage) for stage in of_part]
        stages += [(None, "norm", "norm")] if first else []
        return stages + ([(None, "word", "logits"), (None, "word", "softmax")] if side == "decoder" else [])

    @property
    def num_steps(self) -> int:
        return len(self.stages("encoder")) + len(self.tgt_tokens) * len(self.stages("decoder"))

    @property
    def num_units(self) -> int:
        """Of the longest vector that is carried."""
        arrays = (self.arrays["encoder_start"]["coarse"], self.arrays["encoder_inside"])
        return max(array["shape"][-1] for array in arrays)

    def figure(self) -> StaticFigure:
        return transformer_steps_figure.figure(self)

    def describe(self) -> str:
        about = self.about
        return (
            f"title={self.title!r}, {about['num_layers']} layers each with {about['num_heads']} heads and "
            f"{about['d_model']} units, {'pre' if about['norm_first'] else 'post'}-norm, "
            f"reads {len(self.src_tokens)} tokens: {' '.join(self.src_tokens)!r}, "
            f"writes {len(self.tgt_tokens)} tokens: {' '.join(self.tgt_tokens)!r}"
        )


def _choices(trace: TransformerTrace) -> tuple[list[list[str]], np.ndarray]:
    """For each step the most probable words, and the written one if it is not among them; their logits."""
    order = np.argsort(-trace.logits, axis=1, kind="stable")[:, :TOP]
    words, logits = [], np.zeros((len(order), TOP + 1))
    for t, (top, token) in enumerate(zip(order, trace.tgt_tokens, strict=True)):
        written = trace.vocabulary.index(token)
        shown = [*top, *([] if written in top else [written])]
        words.append([trace.vocabulary[index] for index in shown])
        logits[t, : len(shown)] = trace.logits[t, shown]
    return words, logits
