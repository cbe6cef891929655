"""Forms and arrows on a sheet of one composition.

A token is a tag with soft corners, a tensor a strip or grid of cells, a parameter (something learned) a box with a
double left edge, an operation (something computed without weights of its own) is round. Lengths are pixels of the
column that the composition is made for, y points downwards, and a place is that of a form's middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from s2s_course.drawings.language.arrows import Point, arrow_path
from s2s_course.drawings.language.letters import as_svg, as_words
from s2s_course.drawings.language.palette import STRONGEST_TINT, tint, variable


@dataclass(frozen=True)
class Box:
    """The place of a form, for arrows and labels: its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    def top(self, dx: float = 0) -> Point:
        return self.x + dx, self.y - self.height / 2

    def bottom(self, dx: float = 0) -> Point:
        return self.x + dx, self.y + self.height / 2

    def left(self, dy: float = 0) -> Point:
        return self.x - self.width / 2, self.y + dy

    def right(self, dy: float = 0) -> Point:
        return self.x + self.width / 2, self.y + dy


@dataclass
class Canvas:
    """Collects forms; what is below is drawn first."""

    width: float
    height: float
    ground: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)

    def body(self) -> str:
        return "\n".join(self.ground + self.below + self.above)

    def text(self, x: float, y: float, words: str, *, kind: str = "", role: str = "", turn: float = 0) -> None:
        """Words, with formulas between dollar signs. ``kind``: strong, note, small, start, end, halo, in any number."""
        classes = f' class="{kind}"' if kind else ""
        color = f' style="fill:{variable(role)}"' if role else ""
        turned = f' transform="rotate({turn:g} {x:g} {y:g})"' if turn else ""
        self.above.append(f'<text{classes} x="{x:g}" y="{y:g}"{color}{turned}>{as_svg(words)}</text>')

    def lines(self, x: float, y: float, words: Sequence[str], *, kind: str = "note", step: float = 17) -> None:
        """Several lines of words, the first at ``y``."""
        for number, line in enumerate(words):
            self.text(x, y + step * number, line, kind=kind)

    def token(self, x: float, y: float, word: str, role: str, *, width: float = 0, height: float = 27) -> Box:
        """A word."""
        width = width or max(36, 18 + 7.6 * len(as_words(word)))
        box = Box(x, y, width, height)
        self._rect(box, radius=8, fill=tint(role, 0.1), stroke=variable(role))
        self.above.append(f'<text x="{x:g}" y="{y:g}">{as_svg(word)}</text>')
        return box

    def vector(
        self, x: float, y: float, values: Sequence[float], role: str, *, cell: float = 13, upright: bool = False
    ) -> Box:
        """Numbers side by side, or ``upright`` below one another: the strength of a cell is its value, 0 to 1."""
        grid = [[value] for value in values] if upright else [values]
        return self.grid(x, y, grid, role, cell=(cell, cell + 2) if not upright else (cell + 2, cell))

    def grid(
        self,
        x: float,
        y: float,
        values: Sequence[Sequence[float]],
        role: str,
        *,
        cell: tuple[float, float] = (16, 16),
        numbers: Sequence[Sequence[str]] | None = None,
    ) -> Box:
        """A matrix; the strength of a cell is its value, 0 to 1. With ``numbers`` these stand in the cells."""
        width, height = cell
        box = Box(x, y, width * len(values[0]), height * len(values))
        strongest = STRONGEST_TINT if numbers else 0.92
        for row, line in enumerate(values):
            for column, value in enumerate(line):
                left, top = box.left()[0] + column * width, box.top()[1] + row * height
                self.above.append(
                    f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
                    f'fill="{tint(role, 0.1 + (strongest - 0.1) * value)}" stroke="{variable("paper")}" '
                    f'stroke-width="1.5"/>'
                )
                if numbers:
                    middle = f'x="{left + width / 2:g}" y="{top + height / 2:g}"'
                    self.above.append(f'<text class="small" {middle}>{as_svg(numbers[row][column])}</text>')
        self._rect(box, radius=2, fill="none", stroke=variable(role), width=1.2)
        return box

    def parameter(self, x: float, y: float, width: float, label: str, role: str = "ink", *, height: float = 30) -> Box:
        """Something learned: a box with a double left edge."""
        box = Box(x, y, width, height)
        self._rect(box, radius=2, fill=variable("paper"), stroke=variable(role))
        edge_x, edge_y = box.left()[0] + 4.5, box.top()[1]
        self.above.append(
            f'<path d="M{edge_x:g} {edge_y:g}v{height:g}" fill="none" stroke="{variable(role)}" stroke-width="1.4"/>'
            f'<text x="{x + 2:g}" y="{y:g}">{as_svg(label)}</text>'
        )
        return box

    def operation(
        self, x: float, y: float, label: str, role: str = "ink", *, width: float = 28, height: float = 28
    ) -> Box:
        """Something computed without weights of its own: round."""
        box = Box(x, y, width, height)
        self._rect(box, radius=min(width, height) / 2, fill=variable("paper"), stroke=variable(role))
        self.above.append(f'<text x="{x:g}" y="{y:g}">{as_svg(label)}</text>')
        return box

    def bar(self, x: float, foot: float, height: float, role: str, *, width: float = 26) -> Box:
        """A quantity: its height, from ``foot`` upwards."""
        box = Box(x, foot - height / 2, width, height)
        self._rect(box, radius=1, fill=variable(role), stroke="none")
        return box

    def frame(
        self, left: float, top: float, right: float, bottom: float, label: str = "", role: str = "quiet"
    ) -> Box:
        """What belongs together, with its name in the upper left corner."""
        box = Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
        self.ground.append(
            f'<rect x="{left:g}" y="{top:g}" width="{box.width:g}" height="{box.height:g}" rx="10" '
            f'fill="{tint(role, 0.05)}" stroke="{tint(role, 0.45)}" stroke-width="1"/>'
        )
        if label:
            classes = "strong start"
            self.above.append(
                f'<text class="{classes}" x="{left + 12:g}" y="{top + 16:g}" style="fill:{variable(role)}">'
                f"{as_svg(label)}</text>"
            )
        return box

    def arrow(
        self,
        *points: Point,
        role: str = "quiet",
        width: float = 1.5,
        head: bool = True,
        dashed: bool = False,
        radius: float = 8,
        gap: float = 3,
        opacity: float = 1,
    ) -> None:
        """What flows, in the color of what it is, along ``points`` with rounded corners."""
        line, tip = arrow_path(points, head=head, radius=radius, gap=gap, width=width)
        color = variable(role)
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        fade = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        self.below.append(
            f'<path d="{line}" fill="none" stroke="{color}" stroke-width="{width:.3g}" stroke-linecap="round"{dash}{fade}/>'
        )
        if tip:
            self.below.append(f'<path d="{tip}" fill="{color}" stroke="none"{fade}/>')

    def fork(self, x: float, y: float, role: str = "quiet") -> Point:
        """A dot where an arrow divides."""
        self.below.append(f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="{variable(role)}"/>')
        return x, y

    def bracket(self, start: Point, end: Point, label: str, *, side: float = 14) -> None:
        """The length from ``start`` to ``end`` (along x or along y), with its letter beside it."""
        (x0, y0), (x1, y1) = start, end
        flat = y0 == y1
        ticks = f"M{x0:g} {y0 - 4:g}v8M{x1:g} {y1 - 4:g}v8" if flat else f"M{x0 - 4:g} {y0:g}h8M{x1 - 4:g} {y1:g}h8"
        self.below.append(
            f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}{ticks}" fill="none" stroke="{variable("quiet")}" stroke-width="1"/>'
        )
        middle = ((x0 + x1) / 2, y0 + side) if flat else (x0 + side, (y0 + y1) / 2)
        if label:
            self.text(*middle, label)

    def _rect(self, box: Box, *, radius: float, fill: str, stroke: str, width: float = 1.4) -> None:
        left, top = box.left()[0], box.top()[1]
        line = f' stroke="{escape(stroke)}" stroke-width="{width:g}"' if stroke != "none" else ""
        self.above.append(
            f'<rect x="{left:g}" y="{top:g}" width="{box.width:g}" height="{box.height:g}" rx="{radius:g}" '
            f'fill="{fill}"{line}/>'
        )
