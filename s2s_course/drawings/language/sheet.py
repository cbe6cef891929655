"""A sheet to draw on: rectangles, lines, dots and words, painted in roles of the palette."""

from dataclasses import dataclass, field

from s2s_course.drawings.language.letters import as_svg
from s2s_course.drawings.language.measures import Number, Point
from s2s_course.drawings.language.palette import tint, variable

Paint = str | tuple[str, Number]  # a role, or a role and its strength on paper; empty for none


def css(paint: Paint) -> str:
    """The color of ``paint``."""
    if isinstance(paint, tuple):
        return tint(*paint)
    return variable(paint) if paint else "none"


@dataclass(frozen=True)
class Box:
    """The place of a form, for arrows and labels: its middle and its size."""

    x: Number
    y: Number
    width: Number
    height: Number

    @classmethod
    def at(cls, left: Number, top: Number, width: Number, height: Number) -> "Box":
        """A box by its upper left corner."""
        return cls(left + width / 2, top + height / 2, width, height)

    def top(self, dx: Number = 0) -> Point:
        return self.x + dx, self.y - self.height / 2

    def bottom(self, dx: Number = 0) -> Point:
        return self.x + dx, self.y + self.height / 2

    def left(self, dy: Number = 0) -> Point:
        return self.x - self.width / 2, self.y + dy

    def right(self, dy: Number = 0) -> Point:
        return self.x + self.width / 2, self.y + dy


@dataclass
class Sheet:
    """Collects marks in three layers: the ground, arrows below, and forms and words above."""

    width: Number
    height: Number
    ground: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)

    def body(self) -> str:
        """What stands inside of the SVG element."""
        return "\n".join(self.ground + self.below + self.above)

    def rect(
        self,
        box: Box,
        fill: Paint = "",
        stroke: Paint = "",
        *,
        radius: Number = 0,
        width: Number = 1.4,
        dashed: bool = False,
        layer: list[str] | None = None,
    ) -> None:
        """A rectangle where ``box`` is; ``width`` is that of its outline."""
        line = f' stroke="{css(stroke)}" stroke-width="{width:g}"' if stroke else ""
        line += ' stroke-dasharray="4 3"' if dashed else ""
        (self.above if layer is None else layer).append(
            f'<rect x="{box.left()[0]:.4g}" y="{box.top()[1]:.4g}" width="{box.width:.4g}" '
            f'height="{box.height:.4g}" rx="{radius:g}" fill="{css(fill)}"{line}/>'
        )

    def line(
        self,
        path: str,
        stroke: Paint,
        *,
        width: Number = 1.4,
        dashed: bool = False,
        opacity: Number = 1,
        layer: list[str] | None = None,
    ) -> None:
        """A line along the SVG ``path``."""
        more = ' stroke-dasharray="5 4"' if dashed else ""
        more += f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        (self.above if layer is None else layer).append(
            f'<path d="{path}" fill="none" stroke="{css(stroke)}" stroke-width="{width:.3g}" '
            f'stroke-linecap="round" stroke-linejoin="round"{more}/>'
        )

    def dot(
        self,
        x: Number,
        y: Number,
        fill: Paint,
        *,
        radius: Number = 4,
        stroke: Paint = "",
        layer: list[str] | None = None,
    ) -> None:
        """A circle around a place."""
        line = f' stroke="{css(stroke)}"' if stroke else ""
        (self.above if layer is None else layer).append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{css(fill)}"{line}/>'
        )

    def text(
        self, x: Number, y: Number, words: str, *, kind: str = "", role: str = "", turn: Number = 0
    ) -> None:
        """Words, with formulas between dollar signs. ``kind`` has any of strong, note, small, start, end."""
        classes = f' class="{kind}"' if kind else ""
        color = f' style="fill:{variable(role)}"' if role else ""
        turned = f' transform="rotate({turn:g} {x:g} {y:g})"' if turn else ""
        self.above.append(f'<text{classes} x="{x:g}" y="{y:g}"{color}{turned}>{as_svg(words)}</text>')
