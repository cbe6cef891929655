"""What the drawings of the Transformer share: who mixes with whom, seen in small."""

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

STEP = 15  # pixels between two words


def mixing(
    c: Canvas,
    x: Number,
    y: Number,
    *,
    words: int = 4,
    asked: int = 0,
    causal: bool = False,
    span: Number = 46,
) -> None:
    """``words`` on the right ask, ``asked`` on the left (if 0, as many) answer; a line joins a pair."""
    left, right = (
        [y + STEP * (row - (count - 1) / 2) for row in range(count)] for count in (asked or words, words)
    )
    for t, ask in enumerate(right):
        for u, answer in enumerate(left):
            if u <= t or not causal:
                c.line(f"M{x - span / 2:g} {answer:g}L{x + span / 2:g} {ask:g}", "weight", width=0.9)
    for row in left:
        c.dot(x - span / 2, row, "key")
    for row in right:
        c.dot(x + span / 2, row, "query")


def alone(
    c: Canvas, x: Number, y: Number, *, words: int = 4, span: Number = 46, role: str = "source"
) -> None:
    """Each word goes its own way, through a wider middle."""
    top = y - STEP * (words - 1) / 2
    for t in range(words):
        row = top + STEP * t
        for dy in (-5, 0, 5):
            c.line(
                f"M{x - span / 2:g} {row:g}L{x:g} {row + dy:g}L{x + span / 2:g} {row:g}", "quiet", width=0.9
            )
        c.dot(x - span / 2, row, role)
        c.dot(x + span / 2, row, role)


def part(
    c: Canvas, x: Number, y: Number, title: str, below: str, *, width: Number, height: Number = 116
) -> Box:
    """A learned part of a layer with room for a picture between its title and what it does."""
    box = Box(x, y, width, height)
    top = box.top()[1]
    c.rect(box, "paper", "ink", radius=3)
    c.line(f"M{box.left()[0] + 4.5:g} {top:g}v{height:g}", "ink")
    c.text(x + 2, top + 16, title)
    c.text(x + 2, top + height - 14, below, kind="note")
    return box
