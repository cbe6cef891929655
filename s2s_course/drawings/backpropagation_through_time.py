"""Backpropagation through time: how much of a loss's gradient is left at each step, computed."""

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box
from s2s_course.drawings.rnn_unrolled import INPUTS, WORDS, U, W


def shares() -> list[Number]:
    """The length of $δ_1$ to $δ_4$ for a loss at the last step only, as shares of that of $δ_4$."""
    h = [np.zeros(4)]
    for x in INPUTS:
        h.append(np.tanh(W @ x + U @ h[-1]))
    delta = [np.ones(4) / 2]  # of length 1
    for state in h[:1:-1]:  # h_4 to h_2
        delta.append(U.T @ ((1 - state**2) * delta[-1]))
    return [float(np.linalg.norm(one)) for one in delta[::-1]]


def wide() -> Canvas:
    c = Canvas(WIDE, 262)
    xs, y = (120, 284, 448, 612), 128
    cells = [c.parameter(x, y, 76, "$W, U, b$", height=40) for x in xs]
    left = shares()
    c.text(20, y - 9, "$h_0$")
    c.arrow((36, y - 9), cells[0].left(-9), role="state")
    for t, (cell, word) in enumerate(zip(cells, WORDS, strict=True), 1):
        token = c.token(cell.x, 234, word, "source", width=70)
        c.arrow(token.top(), cell.bottom(), role="source")
        c.text(cell.x + 20, 190, f"$x_{t}$")
        bar = max(2, 46 * left[t - 1])
        c.bar(cell.x, 100, bar, "weight", width=24)
        c.text(cell.x, 90 - bar, f"{100 * left[t - 1]:.0f} %", kind="strong")
        c.text(cell.x - 38, 88, f"$δ_{t}$")
    for t in range(3):
        middle = (xs[t] + xs[t + 1]) / 2
        c.arrow(cells[t].right(-9), cells[t + 1].left(-9), role="state")
        c.text(middle, y - 24, f"$h_{t + 1}$")
        c.arrow(cells[t + 1].left(10), cells[t].right(10), role="weight", width=1 + 5 * left[t + 1], gap=4)
        c.text(middle, y + 34, "$U^⊤$, slopes", kind="")
    loss = c.operation(612, 17, "$L_4$", width=44)
    c.arrow(loss.right(), (674, 17), (674, y + 10), cells[3].right(10), role="weight", width=6, gap=4)
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 472)
    x, left = 150, shares()
    cells = [c.parameter(x, 46 + 110 * t, 84, "$W, U, b$", height=38) for t in range(4)]
    for t, (cell, word) in enumerate(zip(cells, WORDS, strict=True), 1):
        token = c.token(38, cell.y, word, "source", width=70)
        c.arrow(token.right(), cell.left(), role="source")
        width = max(2, 48 * left[t - 1])
        c.rect(Box.at(226, cell.y - 11, width, 22), "weight")
        c.text(226 + width + 6, cell.y, f"{100 * left[t - 1]:.0f} %", kind="strong start")
        c.text(208, cell.y, f"$δ_{t}$")
    for t in range(3):
        c.arrow(cells[t].bottom(-14), cells[t + 1].top(-14), role="state")
        c.text(x - 34, cells[t].y + 55, f"$h_{t + 1}$")
        c.arrow(cells[t + 1].top(14), cells[t].bottom(14), role="weight", width=1 + 5 * left[t + 1], gap=4)
        c.text(x + 66, cells[t].y + 55, "$U^⊤$, slopes")
    loss = c.operation(x, 448, "$L_4$", width=44)
    c.arrow(loss.top(), cells[3].bottom(), role="weight", width=6, gap=4)
    return c


DRAWING = Drawing(
    name="backpropagation-through-time",
    title="On its way back the gradient meets the same matrix at every step, and little is left",
    caption=(
        "A loss at the last word, $L_4$, is followed back. $δ_t$ says how much it changes with the state "
        "$h_t$; at each step it is multiplied by the slopes $1 − h_{t+1}^2$ and by $U^⊤$. Bars and arrows "
        "show its length in this small network, computed."
    ),
    description=(
        "Four cells with the same weights read 'the black cat sleeps' from left to right; states go forward "
        "from cell to cell. From the loss of the last step thick arrows lead back, from cell to cell, and "
        "become thinner: each step multiplies by the slopes and by U transposed. Bars give the length of "
        "the gradient at each step: 100 percent at the last, and less at each step before it."
    ),
    wide=wide,
    narrow=narrow,
)
