"""Moments: a slider through the training of a stored model, with its attention and what it writes."""

from typing import ClassVar

import traitlets

from s2s_course.live.stored import live_moments
from s2s_course.widgets.moments import moments_figure
from s2s_course.widgets.shared.base import CourseWidget, front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import label_of
from s2s_course.widgets.shared.view import Whole


class Moments(CourseWidget):
    """Three sentences as a model translated them at 16 moments of its training, with its attention.

    ``Moments.of("bahdanau")`` shows a stored model (``s2s_course.live``). ``moment`` counts moments and
    ``sentence`` sentences, from 0; both can be linked, so that two models are seen at the same moment.
    """

    chapters: ClassVar[tuple[int, ...]] = (5, 9)
    _esm = front_end(__file__, "moments.js")
    _css = front_end(__file__, "moments.css")

    title = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    sources = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)  # tokens, <eos> last
    # Each {"step", "outputs": for each sentence {"tokens", "weights": (T, S), encoded}}
    moments = traitlets.List(traitlets.Dict()).tag(sync=True)
    moment = Whole(last=lambda widget: len(widget.moments) - 1)
    sentence = Whole(last=lambda widget: len(widget.sources) - 1)

    @classmethod
    def of(cls, name: str, *, title: str = "", moment: int | None = None, sentence: int = 0) -> "Moments":
        """The stored model ``name``, at first at its last ``moment``.

        Raises ``ValueError`` for one without attention.
        """
        sources, moments = live_moments(name)
        return cls(
            title=title,
            label=label_of(name),
            sources=sources,
            moments=moments,
            moment=len(moments) - 1 if moment is None else moment,
            sentence=sentence,
        )

    def figure(self) -> StaticFigure:
        return moments_figure.figure(self)

    def describe(self) -> str:
        first, last = (self.moments[n]["step"] for n in (0, -1))
        texts = [" ".join(output["tokens"]) for output in self.moments[-1]["outputs"]]
        return (
            f"title={self.title!r}, {self.label} at {len(self.moments)} moments from step {first} to {last}, "
            f"when it writes {', '.join(map(repr, texts))}"
        )
