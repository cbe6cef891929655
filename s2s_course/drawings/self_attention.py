"""Self-attention of one sentence as matrices, with shapes and computed weights."""

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing

WORDS = ("the", "young", "frogs", "sleep")
D_HEAD = 3
# Chosen so that "sleep" asks for its subject and "the" for its noun; what follows is computed.
X = np.array(
    [
        [0.1, 0.8, 0.3, 0.2, 0.6],
        [0.9, 0.2, 0.5, 0.7, 0.1],
        [0.4, 0.6, 0.9, 0.1, 0.8],
        [0.7, 0.1, 0.2, 0.9, 0.5],
    ]
)
Q = np.array([[0.4, 3.0, 0.6], [1.6, 1.4, 0.2], [2.6, 0.3, 0.8], [0.3, 3.4, 1.9]])
K = np.array([[0.6, 0.1, 0.3], [1.4, 0.2, 0.1], [0.2, 1.5, 0.4], [0.1, 0.3, 1.3]])
V = np.array([[0.9, 0.1, 0.2], [0.3, 0.8, 0.2], [0.1, 0.5, 1.0], [0.7, 0.3, 0.6]])
SCORES = Q @ K.T / np.sqrt(D_HEAD)
WEIGHTS = np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True)
RESULT = WEIGHTS @ V


def _two(matrix: np.ndarray) -> list[list[str]]:
    return [[f"{number:.2f}".removeprefix("0") for number in row] for row in matrix]


def wide() -> Canvas:
    c = Canvas(WIDE, 418)
    x = c.grid(102, 202, X, "source", cell=(18, 24))
    for row, word in enumerate(WORDS):
        c.text(50, 166 + 24 * row, word, kind="end")
    c.text(102, 138, "$X$")
    c.text(102, 266, "$S × D$")
    boxes = {}
    for letter, role, y, values in (
        ("Q", "query", 76, Q / 3.4),
        ("K", "key", 202, K / 1.6),
        ("V", "value", 330, V),
    ):
        learned = c.parameter(198, y, 46, f"$W_{letter}$", role, height=28)
        boxes[letter] = c.grid(268, y, values, role, cell=(18, 24))
        turn = (y - 202) * 0.22
        c.arrow(
            x.right(turn), *([(160, 202 + turn), (160, y)] if turn else []), learned.left(), role="source"
        )
        c.arrow(learned.right(), boxes[letter].left(), role=role)
        c.text(268, y - 62, f"${letter}$")
    c.text(268, 396, "each $S × d$")
    weights = c.grid(496, 139, WEIGHTS, "weight", cell=(42, 30), numbers=_two(WEIGHTS))
    c.text(496, 20, "softmax($Q K^⊤ / √d$)")
    for number, word in enumerate(WORDS):
        c.text(433 + 42 * number, 66, word, kind="small")
        c.text(586, 94 + 30 * number, word, kind="small start")
    c.lines(496, 50, ("asked",), kind="note small")
    c.text(640, 139, "ask", kind="note small")
    product, mixed = c.operation(350, 139, "×", width=26), c.operation(496, 330, "×", width=26)
    c.arrow(boxes["Q"].right(), (350, 76), product.top(), role="query")
    c.arrow(boxes["K"].right(), (350, 202), product.bottom(), role="key")
    c.arrow(product.right(), weights.left(), role="weight")
    c.text(496, 216, "$T × S$, each row sums to 1")
    c.arrow((496, 226), mixed.top(), role="weight")
    c.arrow(boxes["V"].right(), mixed.left(), role="value")
    result = c.grid(622, 330, RESULT, "value", cell=(22, 24))
    c.arrow(mixed.right(), result.left(), role="value")
    c.text(622, 266, "result")
    c.text(622, 396, "$T × d$")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 708)
    x = c.grid(170, 68, X, "source", cell=(24, 22))
    for row, word in enumerate(WORDS):
        c.text(100, 35 + 22 * row, word, kind="end")
    c.text(170, 10, "$X$")
    c.text(268, 68, "$S × D$")
    boxes = {}
    for letter, role, at, values in (
        ("Q", "query", 54, Q / 3.4),
        ("K", "key", 170, K / 1.6),
        ("V", "value", 286, V),
    ):
        learned = c.parameter(at, 166, 46, f"$W_{letter}$", role, height=28)
        boxes[letter] = c.grid(at, 250, values, role, cell=(20, 20))
        turn = (at - 170) * 0.3
        c.arrow(
            x.bottom(turn), *([(170 + turn, 132), (at, 132)] if turn else []), learned.top(), role="source"
        )
        c.arrow(learned.bottom(), boxes[letter].top(), role=role)
        c.text(at - 42, 218, f"${letter}$")
    c.text(228, 268, "$S × d$")
    product, mixed = c.operation(112, 324, "×", width=26), c.operation(286, 560, "×", width=26)
    c.arrow(boxes["Q"].bottom(), (54, 324), product.left(), role="query")
    c.arrow(boxes["K"].bottom(), (170, 324), product.right(), role="key")
    weights = c.grid(152, 450, WEIGHTS, "weight", cell=(44, 28), numbers=_two(WEIGHTS))
    c.arrow(product.bottom(), (112, 372), role="weight")
    for number, word in enumerate(WORDS):
        c.text(86 + 44 * number, 382, word, kind="small")
        c.text(56, 408 + 28 * number, word, kind="small end")
    c.lines(104, 530, ("softmax($Q K^⊤/√d$),", "$T × S$, each row", "sums to 1"), kind="", step=21)
    c.arrow(weights.bottom(66), (218, 560), mixed.left(), role="weight")
    c.arrow(boxes["V"].bottom(), mixed.top(), role="value")
    result = c.grid(286, 652, RESULT, "value", cell=(20, 20))
    c.arrow(mixed.bottom(), result.top(), role="value")
    c.text(244, 652, "result, $T × d$", kind="end")
    return c


DRAWING = Drawing(
    name="self-attention",
    title="Every word asks every word: all weights at once are one product of matrices",
    caption=(
        "Three learned maps make of the words $X$ queries, keys and values. The softmax of $Q K^⊤ / √d$ has "
        "a row for each word that asks and a column for each word that is asked; its weights mix the "
        "values. The numbers are computed."
    ),
    description=(
        "The sentence 'the young frogs sleep' stands as four rows of a matrix X, S by D. The learned maps W "
        "Q, W K and W V make of it the matrices Q, K and V, each S by d. Queries times transposed keys, "
        "divided by the root of d, go through a softmax and give a square of weights with a row for each "
        "word that asks; each row sums to one. 'sleep' gives most of its weight to 'frogs', and so does "
        "'the'. The weights times the values are the result, T by d."
    ),
    wide=wide,
    narrow=narrow,
)
