"""BleuByHand: a translation whose words can be dropped, doubled and moved, and what BLEU counts in it."""

from collections.abc import Sequence
from typing import ClassVar

import traitlets

from s2s_course.evaluation.bleu import bleu
from s2s_course.widgets.bleu_by_hand import bleu_by_hand_figure
from s2s_course.widgets.shared.base import CourseWidget, front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.view import Whole

LONGEST = 4  # words in a row that BLEU counts
MAX_WORDS = 24  # more are no line


class BleuByHand(CourseWidget):
    """One reference and one output: which words in a row match, which are clipped, and the score.

    ``BleuByHand.of(reference, outputs)`` starts with the first of the outputs; the others can be chosen.
    Words are what spaces separate, upper and lower case are the same. The page counts and computes as
    ``s2s_course.evaluation.bleu`` does, which is ``sacrebleu``: where no sequence of some length matches, a
    smoothed count stands in its place.

    ``output`` is the text that is scored, ``n`` how many words in a row are shown, 1 to 4. Both can be set
    from Python and linked to another widget with ``ipywidgets.jslink((a, "output"), (b, "output"))``.
    """

    chapters: ClassVar[tuple[int, ...]] = (1,)
    _esm = front_end(__file__, "bleu_counts.js", "bleu_by_hand.js")
    _css = front_end(__file__, "bleu_by_hand.css")

    title = traitlets.Unicode().tag(sync=True)
    reference = traitlets.List(traitlets.Unicode()).tag(sync=True)  # words
    examples = traitlets.List(traitlets.Unicode()).tag(sync=True)  # outputs to start from
    output = traitlets.Unicode().tag(sync=True)
    n = Whole(1, first=1, last=LONGEST)

    @classmethod
    def of(cls, reference: str, outputs: Sequence[str], *, title: str = "", n: int = 1) -> "BleuByHand":
        """The first of ``outputs`` against ``reference``.

        Raises ValueError for no output, for an empty text or one of more than 24 words, and for an ``n``
        outside of 1 … 4.
        """
        if not outputs:
            raise ValueError("outputs must hold at least one text, got none")
        for name, text in (("reference", reference), *(("outputs", text) for text in outputs)):
            if not 1 <= len(text.split()) <= MAX_WORDS:
                raise ValueError(
                    f"{name} must have 1 to {MAX_WORDS} words, got {len(text.split())}: {text!r}"
                )
        texts = [" ".join(text.split()) for text in outputs]
        return cls(title=title, reference=reference.split(), examples=texts, output=texts[0], n=n)

    def figure(self) -> StaticFigure:
        return bleu_by_hand_figure.figure(self, longest=LONGEST)

    def describe(self) -> str:
        """What the first output scores, whatever was changed since."""
        first = self.examples[0]
        score = bleu([first.split()], [self.reference]).score
        reference = " ".join(self.reference)
        return f"title={self.title!r}, reference {reference!r}, output {first!r}: BLEU {score:.1f}"
