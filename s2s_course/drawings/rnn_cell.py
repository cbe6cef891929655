"""One step of a recurrent network as matrices, with every number computed."""

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

X = np.array([1.0, 0.5])  # (E,)
BEFORE = np.array([0.6, -0.4, 0.2])  # (H,)
W = np.array([[0.8, -0.2], [0.4, 1.0], [-0.6, 0.6]])  # (H, E)
U = np.array([[0.5, 0.0, 0.5], [0.0, 1.0, -0.5], [1.0, 0.5, 0.0]])  # (H, H)
BIAS = np.array([0.1, 0.0, -0.4])  # (H,)
SUM = W @ X + U @ BEFORE + BIAS
AFTER = np.tanh(SUM)


def matrix(c: Canvas, x: Number, y: Number, values: np.ndarray, role: str, name: str) -> Box:
    """A grid with its numbers; the strength is a number's size, and a minus sign says the rest."""
    values = np.atleast_2d(values.T).T
    texts = [[f"{number:.1f}".replace("-", "−") for number in row] for row in values]
    box = c.grid(x, y, abs(values) / max(1.2, abs(values).max()), role, cell=(40, 28), numbers=texts)
    c.text(x, box.top()[1] - 16, name)
    return box


def learned(c: Canvas, x: Number, y: Number, values: np.ndarray, name: str) -> Box:
    """The same for weights that are learned: with a double left edge."""
    box = matrix(c, x, y, values, "quiet", name)
    left, top = box.left()[0] - 5, box.top()[1]
    c.line(f"M{left:g} {top:g}v{box.height:g}", "quiet")
    return box


def wide() -> Canvas:
    c = Canvas(WIDE, 152)
    y = 76
    w = learned(c, 48, y, W, "$W$")
    matrix(c, 118, y, X, "source", "$x_t$")
    u = learned(c, 232, y, U, "$U$")
    matrix(c, 324, y, BEFORE, "state", "$h_{t−1}$")
    learned(c, 394, y, BIAS, "$b$")
    total = matrix(c, 464, y, SUM, "quiet", "sum")
    tanh = c.operation(544, y, "tanh", width=54)
    after = matrix(c, 624, y, AFTER, "state", "$h_t$")
    for x, sign in ((152, "+"), (359, "+"), (429, "=")):
        c.text(x, y, sign)
    c.text(w.x, 134, "$H × E$")
    c.text(u.x, 134, "$H × H$")
    c.text(after.x, 134, "$H$ numbers")
    c.arrow(total.right(), tanh.left())
    c.arrow(tanh.right(), after.left(), role="state")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 436)
    w = learned(c, 112, 76, W, "$W$")
    matrix(c, 186, 76, X, "source", "$x_t$")
    c.text(w.left()[0] - 8, 76, "$H × E$", kind="end")
    c.text(20, 220, "+")
    u = learned(c, 112, 220, U, "$U$")
    matrix(c, 206, 220, BEFORE, "state", "$h_{t−1}$")
    learned(c, 286, 220, BIAS, "$b$")
    c.text(246, 220, "+")
    c.text(u.x, 276, "$H × H$")
    c.text(20, 366, "=")
    total = matrix(c, 72, 366, SUM, "quiet", "sum")
    tanh = c.operation(158, 366, "tanh", width=54)
    after = matrix(c, 244, 366, AFTER, "state", "$h_t$")
    c.text(after.x, 422, "$H$ numbers")
    c.arrow(total.right(), tanh.left())
    c.arrow(tanh.right(), after.left(), role="state")
    return c


DRAWING = Drawing(
    name="rnn-cell",
    title="What comes in and what is remembered are mapped, added and squashed",
    caption=(
        "One step, $h_t$ = tanh($W x_t + U h_{t−1} + b$), for an input of $E$ = 2 and a state of $H$ = 3 "
        "numbers. All numbers are computed: check one row by hand."
    ),
    description=(
        "An equation of matrices. W, of three rows and two columns, times the input x t, which is 1.0 and "
        "0.5; plus U, three by three, times the state before, 0.6, −0.4 and 0.2; plus the bias b, 0.1, 0.0 "
        "and −0.4. The sum is 1.2, 0.4 and −0.3. A tanh squashes it to the new state h t: 0.8, 0.4 and "
        "−0.3."
    ),
    wide=wide,
    narrow=narrow,
)
