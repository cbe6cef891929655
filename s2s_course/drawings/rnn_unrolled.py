"""The loop of a recurrent network, and the same network written out over four words."""

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number

WORDS = ("the", "black", "cat", "sleeps")
INPUTS = np.array([[0.2, 0.9, 0.1], [0.8, 0.1, 0.6], [0.9, 0.5, 0.1], [0.1, 0.4, 0.9]])  # (S, E)
W = np.array([[1.2, -0.3, 0.4], [0.1, 0.9, -0.6], [-0.5, 0.3, 1.3], [0.7, 0.6, 0.2]])  # (H, E)
U = 0.6 * np.roll(np.eye(4), 1, axis=0)


def states() -> list[np.ndarray]:
    """The states $h_0$ to $h_4$, computed; a cell shows the size of its number."""
    found = [np.zeros(4)]
    for x in INPUTS:
        found.append(np.tanh(W @ x + U @ found[-1]))
    return [abs(h) for h in found]


def wide() -> Canvas:
    c = Canvas(WIDE, 258)
    y, cells = 128, (270, 384, 498, 612)
    _loop(c, 68, y)
    c.text(160, y, "=", kind="strong")
    h = [
        c.vector(x, y, state, "state", upright=True)
        for x, state in zip((204, 327, 441, 555, 672), states(), strict=True)
    ]
    for t, box in enumerate(h):
        c.text(box.x, box.top()[1] - 16, f"$h_{t}$")
    for t, x in enumerate(cells):
        cell = c.parameter(x, y, 66, "$W, U, b$", height=40)
        c.arrow(h[t].right(), cell.left(), role="state")
        c.arrow(cell.right(), h[t + 1].left(), role="state")
        vector = c.vector(x, 192, INPUTS[t], "source")
        word = c.token(x, 238, WORDS[t], "source")
        c.arrow(word.top(), vector.bottom(), role="source")
        c.arrow(vector.top(), cell.bottom(), role="source")
        c.text(x + 38, 192, f"$x_{t + 1}$")
    c.bracket((cells[0] - 33, 46), (cells[-1] + 33, 46), "the same weights at every step", side=-18)
    c.text(204, 170, "zero", kind="note")
    return c


def _loop(c: Canvas, x: Number, y: Number) -> None:
    """The cell that feeds itself."""
    cell = c.parameter(x, y, 66, "$W, U, b$", height=40)
    vector = c.vector(x, 192, (0.5, 0.5, 0.5), "source")
    word = c.token(x, 238, "a word", "source")
    c.arrow(word.top(), vector.bottom(), role="source")
    c.arrow(vector.top(), cell.bottom(), role="source")
    c.text(x + 38, 192, "$x_t$")
    c.arrow(cell.right(), (x + 58, y), (x + 58, 72), (x, 72), cell.top(), role="state")
    c.text(x + 22, 54, "$h_t$")
    c.text(x - 26, 92, "$h_{t−1}$")


def narrow() -> Canvas:
    c = Canvas(NARROW, 470)
    x, pitch = 196, 108
    h = [c.vector(x, 22 + pitch * t, state, "state") for t, state in enumerate(states())]
    for t, box in enumerate(h):
        c.text(box.right()[0] + 18, box.y, f"$h_{t}$")
    c.text(x - 52, 22, "zero", kind="note")
    for t, word in enumerate(WORDS):
        y = 76 + pitch * t
        cell = c.parameter(x, y, 76, "$W, U, b$", height=36)
        c.arrow(h[t].bottom(), cell.top(), role="state")
        c.arrow(cell.bottom(), h[t + 1].top(), role="state")
        token = c.token(36, y, word, "source", width=66)
        vector = c.vector(112, y, INPUTS[t], "source")
        c.arrow(token.right(), vector.left(), role="source")
        c.arrow(vector.right(), cell.left(), role="source")
        c.text(112, y - 20, f"$x_{t + 1}$")
    top, bottom = 76 - 18, 76 + 3 * pitch + 18
    c.bracket((272, top), (272, bottom), "", side=0)
    c.text(294, (top + bottom) / 2, "the same weights at every step", turn=90)
    return c


DRAWING = Drawing(
    name="rnn-unrolled",
    title="One cell, used again and again: its state is all that is left of the words before",
    caption=(
        "A recurrent network as a loop, and unrolled over four words. Each step reads the vector $x_t$ of a "
        "word and the state $h_{t−1}$, and writes $h_t$. Stronger cells are larger numbers."
    ),
    description=(
        "On the left a cell with the weights W, U and b reads the vector x t of a word; its state h t "
        "leaves it and enters it again as the state before. On the right the same cell is drawn four times, "
        "for the words 'the black cat sleeps'. It begins with the state h 0, which is zero; each step turns "
        "the state before and the vector of one word into the next state, from h 1 to h 4. The weights are "
        "the same at every step."
    ),
    wide=wide,
    narrow=narrow,
)
