"""The forms of the visual language, and its arrows, on the sheet of one composition.

A token is a tag with soft corners, a tensor a strip or grid of cells, a parameter (something learned) a box
with a double left edge, an operation (something computed without weights of its own) is round. Lengths are
pixels of the column that the composition is made for, y points downwards, and a place is that of a form's
middle.
"""

from collections.abc import Sequence

from s2s_course.drawings.language.arrows import arrow_path
from s2s_course.drawings.language.letters import as_words
from s2s_course.drawings.language.measures import Number, Numbers, Point, Rows
from s2s_course.drawings.language.palette import STRONGEST_TINT
from s2s_course.drawings.language.sheet import Box, Sheet, css


class Canvas(Sheet):
    """A sheet that knows the forms."""

    def lines(
        self, x: Number, y: Number, words: Sequence[str], *, kind: str = "note", step: Number = 17
    ) -> None:
        """Several lines of words, the first at ``y``."""
        for number, line in enumerate(words):
            self.text(x, y + step * number, line, kind=kind)

    def token(
        self, x: Number, y: Number, word: str, role: str, *, width: Number = 0, height: Number = 27
    ) -> Box:
        """A word."""
        box = Box(x, y, width or max(36, 18 + 7.6 * len(as_words(word))), height)
        self.rect(box, (role, 0.1), role, radius=8)
        self.text(x, y, word)
        return box

    def vector(
        self, x: Number, y: Number, values: Numbers, role: str, *, cell: Number = 13, upright: bool = False
    ) -> Box:
        """Numbers side by side, or ``upright`` below one another: the strength of a cell is its value."""
        if upright:
            return self.grid(x, y, [[value] for value in values], role, cell=(cell + 2, cell))
        return self.grid(x, y, [values], role, cell=(cell, cell + 2))

    def grid(
        self,
        x: Number,
        y: Number,
        values: Rows,
        role: str,
        *,
        cell: tuple[Number, Number] = (16, 16),
        numbers: Sequence[Sequence[str]] | None = None,
    ) -> Box:
        """A matrix: the strength of a cell is its value, 0 to 1. Cells may show ``numbers``."""
        width, height = cell
        box = Box(x, y, width * len(values[0]), height * len(values))
        strongest = STRONGEST_TINT if numbers else 0.92
        for row, line in enumerate(values):
            for column, value in enumerate(line):
                place = Box.at(box.left()[0] + column * width, box.top()[1] + row * height, width, height)
                self.rect(place, (role, 0.1 + (strongest - 0.1) * float(value)), "paper", width=1.5)
                if numbers:
                    self.text(place.x, place.y, numbers[row][column], kind="small")
        self.rect(box, "", role, radius=2, width=1.2)
        return box

    def parameter(
        self, x: Number, y: Number, width: Number, label: str, role: str = "ink", *, height: Number = 30
    ) -> Box:
        """Something learned: a box with a double left edge."""
        box = Box(x, y, width, height)
        self.rect(box, "paper", role, radius=2)
        self.line(f"M{box.left()[0] + 4.5:g} {box.top()[1]:g}v{height:g}", role)
        if label:
            self.text(x + 2, y, label)
        return box

    def operation(
        self, x: Number, y: Number, label: str, role: str = "ink", *, width: Number = 28, height: Number = 28
    ) -> Box:
        """Something computed without weights of its own: round."""
        box = Box(x, y, width, height)
        self.rect(box, "paper", role, radius=min(width, height) / 2)
        if label:
            self.text(x, y, label)
        return box

    def bar(self, x: Number, foot: Number, height: Number, role: str, *, width: Number = 26) -> Box:
        """A quantity: its height, from ``foot`` upwards."""
        box = Box(x, foot - height / 2, width, height)
        self.rect(box, role, radius=1)
        return box

    def frame(
        self, left: Number, top: Number, right: Number, bottom: Number, label: str = "", role: str = "quiet"
    ) -> Box:
        """What belongs together, with its name in the upper left corner."""
        box = Box.at(left, top, right - left, bottom - top)
        self.rect(box, (role, 0.05), (role, 0.45), radius=10, width=1, layer=self.ground)
        if label:
            self.text(left + 12, top + 16, label, kind="strong start", role=role)
        return box

    def arrow(
        self,
        *points: Point,
        role: str = "quiet",
        width: Number = 1.5,
        head: bool = True,
        dashed: bool = False,
        radius: Number = 8,
        gap: Number = 3,
        opacity: Number = 1,
    ) -> None:
        """What flows, in the color of what it is, along ``points`` with rounded corners."""
        line, tip = arrow_path(points, head=head, radius=radius, gap=gap, width=width)
        self.line(line, role, width=width, dashed=dashed, opacity=opacity, layer=self.below)
        if tip:
            self.below.append(f'<path d="{tip}" fill="{css(role)}"/>')

    def fork(self, x: Number, y: Number, role: str = "quiet") -> Point:
        """A dot where an arrow divides."""
        self.dot(x, y, role, radius=3, layer=self.below)
        return x, y

    def bracket(self, start: Point, end: Point, label: str, *, side: Number = 14) -> None:
        """The length from ``start`` to ``end`` (along x or along y), with its letter beside it."""
        (x0, y0), (x1, y1) = start, end
        if y0 == y1:
            ticks, middle = f"M{x0:g} {y0 - 4:g}v8M{x1:g} {y1 - 4:g}v8", ((x0 + x1) / 2, y0 + side)
        else:
            ticks, middle = f"M{x0 - 4:g} {y0:g}h8M{x1 - 4:g} {y1:g}h8", (x0 + side, (y0 + y1) / 2)
        self.line(f"M{x0:g} {y0:g}L{x1:g} {y1:g}{ticks}", "quiet", width=1, layer=self.below)
        if label:
            self.text(*middle, label)
