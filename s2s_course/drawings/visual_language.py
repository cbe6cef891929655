"""How we draw: the legend, itself a drawing."""

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.palette import MEANINGS

STRENGTHS = (0, 0.25, 0.5, 0.75, 1)


def forms(c: Canvas, x: Number, words: Number, top: Number, step: Number) -> None:
    """The forms, each with what it stands for."""
    y = [top + step * n for n in range(7)]
    c.token(x, y[0], "chat", "ink", width=62)
    c.vector(x, y[1], STRENGTHS, "quiet", cell=14)
    c.parameter(x, y[2], 62, "$W$", height=30)
    c.operation(x, y[3], "tanh", width=54)
    c.arrow((x - 31, y[4]), (x + 31, y[4]), role="ink", gap=0)
    c.fork(x - 20, y[5], "ink")
    c.arrow((x - 40, y[5]), (x + 31, y[5]), role="ink", gap=0)
    c.arrow((x - 20, y[5]), (x - 20, y[5] + 14), (x + 31, y[5] + 14), role="ink", gap=0, radius=5)
    c.bar(x - 14, y[6] + 16, 12, "quiet", width=18)
    c.bar(x + 14, y[6] + 16, 34, "quiet", width=18)
    for place, meaning in zip(
        y,
        (
            "token: a word",
            "tensor: stronger is larger",
            "parameter: learned",
            "operation: computed",
            "what flows from where to where",
            "a dot: the same goes both ways",
            "bars: a quantity, to scale",
        ),
        strict=True,
    ):
        c.text(words, place, meaning, kind="start")


def colors(c: Canvas, x: Number, words: Number, top: Number, step: Number) -> None:
    """The colors, each with what it stands for."""
    for number, (role, meaning) in enumerate(MEANINGS.items()):
        y = top + step * number
        c.vector(x, y, (0.9, 0.4, 0.7), role, cell=16)
        c.text(words, y, meaning, kind="start")


def wide() -> Canvas:
    c = Canvas(WIDE, 344)
    c.text(0, 12, "Forms", kind="strong start")
    forms(c, 46, 100, 54, 44)
    c.text(372, 12, "Colors", kind="strong start")
    colors(c, 400, 444, 54, 44)
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 680)
    c.text(0, 12, "Forms", kind="strong start")
    forms(c, 42, 94, 54, 44)
    c.text(0, 366, "Colors", kind="strong start")
    colors(c, 30, 72, 404, 42)
    return c


DRAWING = Drawing(
    name="visual-language",
    title="How we draw: a form says what a thing is, a color what it is for",
    caption=(
        "Colors never stand alone: a letter or a word says the same. Where sizes are drawn, they are "
        "computed by the code that draws them."
    ),
    description=(
        "A legend. Forms: a tag with soft corners is a token; a strip of cells is a tensor, and stronger "
        "cells are larger numbers; a box with a double left edge is a parameter, something learned; a round "
        "form is an operation; an arrow shows what flows from where to where; a dot on a line says that the "
        "same goes both ways; bars are quantities, to scale. Colors: blue for the source, orange for the "
        "target, green for states, purple for queries, crimson for keys, olive for values, and ocher for "
        "weights."
    ),
    wide=wide,
    narrow=narrow,
)
