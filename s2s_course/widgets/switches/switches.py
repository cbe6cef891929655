"""Switches: break a part of a trained model, and see its translations and their BLEU fall, or not."""

from collections.abc import Sequence
from typing import ClassVar

import traitlets

from s2s_course.checks import check_one_of
from s2s_course.data.pairs import SentencePair
from s2s_course.decoding.translate import translate_to_indices
from s2s_course.evaluation.evaluate import score_texts
from s2s_course.live.stored import live_examples, live_models, load_live
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget, label_of
from s2s_course.widgets.switches import switches_figure

# Names of live/switches.js, where each says what it does and which models it fits.
SWITCHES = (
    "no scale", "wrong axis", "mean", "no mask", "padding seen", "no positions", "positions swapped",
    "cache without positions", "no residual", "no norm", "context once", "forget 0", "forget 1", "update 0",
    "update 1",
)  # fmt: skip
SHOWN = 3  # sentences whose translations are written out


class Switches(LiveWidget):
    """One stored model, switches that break it, and the translations of stored sentences, whole and broken.

    ``Switches.of("transformer", ["no scale", "no positions"], heads=True)`` offers two switches and one for
    each head. The page computes, and loads the model when a reader first flips a switch. What the whole model
    does is computed here and carried.
    """

    chapters: ClassVar[tuple[int, ...]] = (3, 4, 5, 7, 8, 9)
    _esm = front_end(__file__, "switches.js")
    _css = front_end(__file__, "switches.css")

    title = traitlets.Unicode().tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    switches = traitlets.List(traitlets.Unicode()).tag(sync=True)
    heads = traitlets.Bool().tag(sync=True)
    # The whole model: {"bleu", "count", "sentences": [{"src", "tgt", "written"}]}
    whole = traitlets.Dict().tag(sync=True)

    @classmethod
    def of(cls, model: str, switches: Sequence[str], *, heads: bool = False, title: str = "") -> "Switches":
        """The stored ``model`` with ``switches`` and, if ``heads``, one for each head of a Transformer.

        Raises ``ValueError`` for names that are not there, and where there is nothing to switch.
        """
        check_one_of(live_models(), model=model)
        for switch in switches:
            check_one_of(SWITCHES, switches=switch)
        if not switches and not heads:
            raise ValueError("switches must hold at least one name where heads is False, got none")
        examples = live_examples()
        written, bleu = _translated(model, examples)
        shown = _telling(examples)
        return cls(
            title=title,
            model=model,
            label=label_of(model),
            switches=list(switches),
            heads=heads,
            whole={
                "bleu": round(bleu, 1),
                "count": len(examples),
                "sentences": [
                    {"src": examples[i].src, "tgt": examples[i].tgt, "written": written[i]} for i in shown
                ],
            },
        )

    def figure(self) -> StaticFigure:
        return switches_figure.figure(self)

    def describe(self) -> str:
        heads = [*self.switches, *(["one for each head"] if self.heads else [])]
        return (
            f"title={self.title!r}, {self.label} has {self.whole['bleu']} BLEU on {self.whole['count']} "
            f"sentences; switches: {', '.join(heads)}"
        )


def _translated(model: str, pairs: Sequence[SentencePair]) -> tuple[list[str], float]:
    """The translations of ``pairs`` and their BLEU, as the page counts it."""
    translator = load_live(model)
    outputs = translate_to_indices(translator, [pair.src for pair in pairs], max_length=2 * 14)
    words = [translator.tgt_codec.words(output) for output in outputs]
    score, _ = score_texts(words, [pair.tgt for pair in pairs], "fr")
    return [translator.tgt_codec.decode(output) for output in outputs], score.score


def _telling(pairs: Sequence[SentencePair]) -> list[int]:
    """Which sentences are written out: the first of short, middle and long ones."""
    order = sorted(range(len(pairs)), key=lambda i: (len(pairs[i].src.split()), i))
    return [order[round((n + 0.5) * len(order) / SHOWN)] for n in range(SHOWN)]
