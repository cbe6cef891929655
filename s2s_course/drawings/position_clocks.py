"""Sinusoidal positions as clocks: each pair of entries is a hand that turns at its own speed."""

from math import cos, sin

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number

WORDS = ("the", "dog", "bites", "the", "man")
D = 16
HANDS = 4  # of D / 2
ANGLES = [10_000 ** (-2 * i / D) for i in range(HANDS)]


def clock(c: Canvas, x: Number, y: Number, angle: Number, *, radius: Number = 19) -> None:
    """A hand at ``angle`` from the top, clockwise: the sine is its share to the right, the cosine upwards."""
    tip = x + (radius - 4) * sin(angle), y - (radius - 4) * cos(angle)
    c.dot(x, y, ("quiet", 0.06), radius=radius, stroke=("quiet", 0.6))
    c.line(f"M{x:g} {y - radius:g}v4", ("quiet", 0.6), width=1)
    c.line(f"M{x:g} {y:g}L{tip[0]:.1f} {tip[1]:.1f}", "ink", width=2.6)
    c.dot(x, y, "ink", radius=2.4)


def wide() -> Canvas:
    c = Canvas(WIDE, 306)
    xs = [196 + 96 * t for t in range(len(WORDS))]
    for i, angle in enumerate(ANGLES):
        y = 62 + 50 * i
        c.text(0, y, f"hand {i}, $θ_{i}$ = {angle:.3g}", kind="start")
        for t, x in enumerate(xs):
            clock(c, x, y, t * angle)
    for t, (x, word) in enumerate(zip(xs, WORDS, strict=True)):
        c.text(x, 16, f"$t$ = {t}", kind="strong")
        c.text(x, 248, "+")
        c.token(x, 284, word, "source", width=62)
    c.text(0, 284, "the word’s vector", kind="start")
    c.lines(660, 62, ("fast",), kind="note")
    c.lines(660, 212, ("slow",), kind="note")
    c.arrow((660, 80), (660, 196), gap=0)
    for x in (xs[0], xs[3]):
        c.frame(x - 40, 32, x + 40, 302, "", "source")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 300)
    xs = [62 + 60 * t for t in range(len(WORDS))]
    for i, angle in enumerate(ANGLES):
        y = 58 + 48 * i
        c.text(0, y, f"$θ_{i}$", kind="start")
        for t, x in enumerate(xs):
            clock(c, x, y, t * angle)
    for t, (x, word) in enumerate(zip(xs, WORDS, strict=True)):
        c.text(x, 16, f"$t$ = {t}", kind="strong")
        c.text(x, 236, "+")
        c.token(x, 266, word, "source", width=50)
    for x in (xs[0], xs[3]):
        c.frame(x - 28, 32, x + 28, 284, "", "source")
    return c


DRAWING = Drawing(
    name="position-clocks",
    title="The same word at two places: a row of clocks tells them apart",
    caption=(
        "Each pair of entries of $p_t$ is a hand, its sine and cosine; from one position to the next it "
        "turns by the angle $θ_i$, the first fast, the later ones ever slower. Here the first four of $D / "
        "2$ = 8 hands. Both times “the” has the same vector; what is added to it differs."
    ),
    description=(
        "The sentence 'the dog bites the man' stands below five columns of four clocks, for the positions t "
        "= 0 to 4. At position 0 all hands point up. The hand in the first row turns by 1 radian from "
        "column to column, that in the second by 0.316, in the third by 0.1, and in the last by 0.0316, so "
        "that it hardly moves. The two columns of 'the', at positions 0 and 3, are framed: the word is the "
        "same, the clocks differ. In each column the clocks are added to the word's vector."
    ),
    wide=wide,
    narrow=narrow,
)
