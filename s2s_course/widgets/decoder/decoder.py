"""Decoder: an encoder–decoder with attention reads and writes one sentence, stage by stage."""

from typing import ClassVar

import numpy as np
import traitlets

from s2s_course.checks import check_one_of
from s2s_course.layers.attention import SCORES
from s2s_course.trace.attention import AttentionTrace
from s2s_course.widgets.decoder import decoder_figure
from s2s_course.widgets.shared.arrays import encode_array, encode_precise
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.step_and_unit import StepAndUnit
from s2s_course.widgets.shared.view import Whole

# What is done for each word, in this order.
STAGES = {
    "bahdanau": ("query", "scores", "weights", "context", "state", "concat", "output", "word"),
    "luong": ("state", "query", "scores", "weights", "context", "concat", "output", "word"),
}

_TOP = 5  # words shown for each step
_MOST_STATE_BYTES = 56_000  # of the vectors; the front end and the rest need less than 90,000
_BYTES_PER_NUMBER = 4  # three, as text
_TOLERANCE = 1e-4  # of the equations: below the three digits that are shown


class Decoder(StepAndUnit, LiveWidget):
    """Steps through reading and writing: a flow diagram, and the numbers of the stage that it is at.

    ``step`` counts along both. At ``0 … S-1`` the encoder reads a word. Then eight stages make each written
    word: ``step = S + 8 * word + stage``, with both counted from 0 and the stages in the order of
    ``STAGES[order]``. The last step is ``S + 8 * T - 1``. The orders have equally many stages, so that two
    linked decoders are always at the same word.

    ``source`` is the source word whose arithmetic is written out, and ``unit`` the element of each vector
    whose number is shown. All three can be set from Python and linked to another widget with
    ``ipywidgets.jslink((a, "step"), (b, "step"))``. The data does not change once the widget is made. The
    readout counts words and stages from 1 and units, which are indices, from 0.

    The front end computes the weights from the scores and each context from the weights and the encoder
    states, so what is written out adds up. Vectors are carried with an error below ``2e-6`` of the largest
    value, and with all units if they fit; else with the first ones, and the widget says how many.
    """

    chapters: ClassVar[tuple[int, ...]] = (5, 6)
    _esm = front_end(
        __file__,
        "../shared/arithmetic.js",
        "../shared/sentence_walk.js",
        "../shared/row_figure.js",
        "decoder_rows.js",
        "decoder_stages.js",
        "own_decoder.js",
        "decoder.js",
    )
    _css = front_end(__file__, "decoder.css")

    title = traitlets.Unicode().tag(sync=True)
    order = traitlets.Unicode().tag(sync=True)
    score = traitlets.Unicode().tag(sync=True)
    stages = traitlets.List(traitlets.Unicode()).tag(sync=True)
    src_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tgt_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    # memory (S, units), states and outputs (T, units), scores (T, S), probabilities (T, 6). The states of
    # the order bahdanau begin with the initial one: (1 + T, units).
    arrays = traitlets.Dict().tag(sync=True)
    inside = traitlets.Dict().tag(sync=True)  # (T, S), 0 where a window leaves a word out
    choices = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)  # words, most probable first
    sizes = traitlets.Dict().tag(sync=True)  # of the model: memory, states, outputs, vocabulary
    source = Whole(last=lambda widget: len(widget.src_tokens) - 1)

    @classmethod
    def from_trace(
        cls,
        trace: AttentionTrace,
        *,
        title: str = "",
        step: int | None = None,
        unit: int | None = None,
        source: int | None = None,
    ) -> "Decoder":
        """The sentence that ``trace`` followed.

        Without ``step`` it opens where a whole word has been made: the first that looks at a word in another
        place of its sentence, or else the first. Without ``source`` that is the word it looks at most, and
        without ``unit`` the one in which the encoder states differ most.

        Raises ValueError for an unknown order or score, arrays of the wrong shape or that are not finite,
        weights that are not the softmax of the scores, contexts that are not the sum of ``memory`` weighted
        by them, queries that are not the decoder states that the order asks for, log-probabilities that
        are none, a written token that is not in the vocabulary, and a step, unit or source that does not
        exist.
        """
        check_one_of(STAGES, order=trace.order)
        check_one_of(SCORES, score=trace.score)
        _check_shapes(trace)
        _check_equations(trace)
        bahdanau = trace.order == "bahdanau"
        states = np.concatenate([trace.queries[:1], trace.hidden]) if bahdanau else trace.hidden
        vectors = {"memory": trace.memory, "states": states, "outputs": trace.outputs}
        units = _units_that_fit(vectors.values())
        inside = np.isfinite(trace.scores)
        numbers = {name: array[:, :units] for name, array in vectors.items()}
        choices, probabilities = _choices(trace)
        told = _first_told(trace)
        numbers |= {"scores": np.where(inside, trace.scores, 0), "probabilities": probabilities}
        return cls(
            title=title,
            order=trace.order,
            score=trace.score,
            stages=list(STAGES[trace.order]),
            src_tokens=list(trace.src_tokens),
            tgt_tokens=list(trace.tgt_tokens),
            arrays={name: encode_precise(array) for name, array in numbers.items()},
            inside=encode_array(inside, "uint8"),
            choices=choices,
            sizes={name: array.shape[1] for name, array in vectors.items()}
            | {"vocabulary": len(trace.vocabulary)},
            step=len(trace.src_tokens) + 8 * told + 7 if step is None else step,
            unit=int(np.ptp(vectors["memory"][:, :units], axis=0).argmax()) if unit is None else unit,
            source=int(trace.weights[told].argmax()) if source is None else source,
        )

    @property
    def num_steps(self) -> int:
        return len(self.src_tokens) + len(self.stages) * len(self.tgt_tokens)

    @property
    def num_units(self) -> int:
        """Of the longest vector that is carried."""
        return max(self.arrays[name]["coarse"]["shape"][1] for name in ("memory", "states", "outputs"))

    def figure(self) -> StaticFigure:
        return decoder_figure.figure(self)

    def describe(self) -> str:
        return (
            f"title={self.title!r}, {self.order.capitalize()} order with {self.score} score, "
            f"reads {len(self.src_tokens)} tokens: {' '.join(self.src_tokens)!r}, "
            f"writes {len(self.tgt_tokens)} tokens: {' '.join(self.tgt_tokens)!r}"
        )


def _units_that_fit(vectors) -> int:
    """How many units of each array may be carried."""
    shapes = [array.shape for array in vectors]
    fits = (
        units
        for units in range(max(size for _, size in shapes), 0, -1)
        if _BYTES_PER_NUMBER * sum(rows * min(units, size) for rows, size in shapes) <= _MOST_STATE_BYTES
    )
    return next(fits, 1)


def _first_told(trace: AttentionTrace) -> int:
    """The first written word that looks most at a word in another place, or else the first; not ``<eos>``."""
    most = trace.weights.argmax(axis=1)[:-1]
    return int(next(iter(np.flatnonzero(most != np.arange(len(most)))), 0))


def _choices(trace: AttentionTrace) -> tuple[list[list[str]], np.ndarray]:
    """For each step the most probable words, and the written one if it is not among them; probabilities."""
    order = np.argsort(-trace.log_probabilities, axis=1, kind="stable")[:, :_TOP]
    words, probabilities = [], np.zeros((len(order), _TOP + 1))
    for t, (top, token) in enumerate(zip(order, trace.tgt_tokens, strict=True)):
        written = trace.vocabulary.index(token)
        shown = [*top, *([] if written in top else [written])]
        words.append([trace.vocabulary[index] for index in shown])
        probabilities[t, : len(shown)] = np.exp(trace.log_probabilities[t, shown])
    return words, probabilities


def _check_shapes(trace: AttentionTrace) -> None:
    for name in ("src_tokens", "tgt_tokens"):
        if not getattr(trace, name):
            raise ValueError(f"{name} must have at least one token, got none")
    for name in ("memory", "hidden", "outputs"):
        array = getattr(trace, name)
        if array.ndim != 2 or array.size == 0:
            raise ValueError(
                f"{name} must have shape (tokens, units) with at least one of each, got {array.shape}"
            )
    (s, t), vocabulary = (len(trace.src_tokens), len(trace.tgt_tokens)), len(trace.vocabulary)
    memory_size, hidden_size = trace.memory.shape[1], trace.hidden.shape[1]
    shapes = {
        "memory": (s, memory_size),
        "queries": (t, hidden_size),
        "scores": (t, s),
        "weights": (t, s),
        "contexts": (t, memory_size),
        "hidden": (t, hidden_size),
        "outputs": (t, trace.outputs.shape[1]),
        "log_probabilities": (t, vocabulary),
    }
    for name, expected in shapes.items():
        array = getattr(trace, name)
        if array.shape != expected:
            raise ValueError(f"{name} must have shape {expected}, got {array.shape}")
        may_be_minus_infinity = name in ("scores", "log_probabilities")
        wrong = ~np.isfinite(array) & ~(may_be_minus_infinity & np.isneginf(array))
        if wrong.any():
            raise ValueError(f"{name} must be finite, got {wrong.sum()} values of NaN or infinity")


def _check_equations(trace: AttentionTrace) -> None:
    """What the widget writes out must be so."""
    scores = trace.scores.astype(np.float64)
    if not np.isfinite(scores).any(axis=1).all():
        raise ValueError("scores must be finite for at least one source word of each step, got -inf for all")
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    _check_equal("weights", "softmax(scores)", trace.weights, weights)
    _check_equal("contexts", "weights @ memory", trace.contexts, weights @ trace.memory)
    if trace.order == "bahdanau":
        _check_equal("queries", "the decoder states before the step", trace.queries[1:], trace.hidden[:-1])
    else:
        _check_equal("queries", "hidden in the order luong", trace.queries, trace.hidden)
    total = np.exp(trace.log_probabilities.astype(np.float64)).sum(axis=1)
    if (np.abs(total - 1) > 1e-3).any():
        worst = total[np.abs(total - 1).argmax()]
        raise ValueError(f"log_probabilities must be those of words that sum to 1, got a sum of {worst:.3g}")
    for token in trace.tgt_tokens:
        if token not in trace.vocabulary:
            raise ValueError(f"tgt_tokens must be words of vocabulary, got {token!r}")


def _check_equal(name: str, equation: str, left: np.ndarray, right: np.ndarray) -> None:
    error = np.abs(left - right)
    if (error > _TOLERANCE * np.maximum(1, np.abs(right))).any():
        raise ValueError(f"{name} must be {equation}, got a difference of {error.max():.2g}")
