"""What the drawings of the Transformer share: who mixes with whom, seen in small."""

from s2s_course.drawings.language.canvas import Box, Canvas
from s2s_course.drawings.language.palette import variable

STEP = 15  # pixels between two words


def mixing(
    c: Canvas, x: float, y: float, *, words: int = 4, causal: bool = False, asked: str = "key", span: float = 46
) -> None:
    """Words on the left are asked, words on the right ask; a line for each pair that may meet."""
    top = y - STEP * (words - 1) / 2
    for t in range(words):
        for u in range(words):
            if u <= t or not causal:
                c.above.append(_line(x - span / 2, top + STEP * u, x + span / 2, top + STEP * t, "weight"))
    for t in range(words):
        c.above.append(_dot(x - span / 2, top + STEP * t, asked) + _dot(x + span / 2, top + STEP * t, "query"))


def alone(c: Canvas, x: float, y: float, *, words: int = 4, span: float = 46, role: str = "source") -> None:
    """Each word goes its own way, through a wider middle."""
    top = y - STEP * (words - 1) / 2
    for t in range(words):
        row = top + STEP * t
        for dy in (-5, 0, 5):
            c.above.append(
                _line(x - span / 2, row, x, row + dy, "quiet") + _line(x, row + dy, x + span / 2, row, "quiet")
            )
        c.above.append(_dot(x - span / 2, row, role) + _dot(x + span / 2, row, role))


def part(c: Canvas, x: float, y: float, title: str, below: str, *, width: float, height: float = 116) -> Box:
    """A learned part of a layer with room for a picture between its title and what it does."""
    box = Box(x, y, width, height)
    left, top = box.left()[0], box.top()[1]
    c.above.append(
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="3" fill="{variable("paper")}" '
        f'stroke="{variable("ink")}" stroke-width="1.4"/>'
        f'<path d="M{left + 4.5:g} {top:g}v{height:g}" stroke="{variable("ink")}" stroke-width="1.4"/>'
    )
    c.text(x + 2, top + 16, title)
    c.text(x + 2, top + height - 14, below, kind="note")
    return box


def _line(x0: float, y0: float, x1: float, y1: float, role: str) -> str:
    return f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}" stroke="{variable(role)}" stroke-width="0.9" fill="none"/>'


def _dot(x: float, y: float, role: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{variable(role)}"/>'
