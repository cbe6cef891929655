"""What a drawing is: a title that says what to see, two compositions, and a description in words."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.letters import as_html, as_words
from s2s_course.drawings.language.palette import STYLE

WIDE, NARROW = 688, 328  # pixels: the book's column, and what a telephone of 360 leaves of it


@dataclass(frozen=True, repr=False)
class Drawing:
    """One drawing of the book. In a notebook it shows itself; ``repr`` is the description."""

    name: str
    title: str  # what to see
    caption: str  # with formulas between dollar signs, as in the title
    description: str  # all that is drawn, in words
    wide: Callable[[], Canvas]
    narrow: Callable[[], Canvas]

    def __repr__(self) -> str:
        return f"Drawing: {self.description}"

    def _repr_html_(self) -> str:
        return self.html()

    def svg(self, form: str) -> str:
        """One of the two compositions, ``wide`` or ``narrow``."""
        canvas = {"wide": self.wide, "narrow": self.narrow}[form]()
        label = escape(as_words(self.title), quote=True)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="s2s-{form}" role="img" aria-label="{label}" '
            f'viewBox="0 0 {canvas.width:g} {canvas.height:g}">\n'
            f"<title>{label}</title><desc>{escape(self.description, quote=False)}</desc>\n"
            f"{canvas.body()}\n</svg>"
        )

    def html(self) -> str:
        """Title, both compositions (the width of the column chooses), and caption; needs nothing else."""
        return (
            f'<figure class="s2s-drawing" id="drawing-{self.name}"><style>{STYLE}</style>\n'
            f'<p class="s2s-title">{as_html(self.title)}</p>\n{self.svg("wide")}\n{self.svg("narrow")}\n'
            f"<figcaption>{as_html(self.caption)}</figcaption></figure>"
        )
