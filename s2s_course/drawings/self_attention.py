"""Self-attention of one sentence as matrices, with shapes and computed weights."""

import numpy as np

from s2s_course.drawings.language.canvas import Box, Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing

WORDS = ("the", "young", "frogs", "sleep")
D_HEAD = 3
# Chosen so that "sleep" asks for its subject and "the" for its noun; what follows is computed.
X = np.array([[0.1, 0.8, 0.3, 0.2, 0.6], [0.9, 0.2, 0.5, 0.7, 0.1], [0.4, 0.6, 0.9, 0.1, 0.8], [0.7, 0.1, 0.2, 0.9, 0.5]])
Q = np.array([[0.4, 3.0, 0.6], [1.6, 1.4, 0.2], [2.6, 0.3, 0.8], [0.3, 3.4, 1.9]])
K = np.array([[0.6, 0.1, 0.3], [1.4, 0.2, 0.1], [0.2, 1.5, 0.4], [0.1, 0.3, 1.3]])
V = np.array([[0.9, 0.1, 0.2], [0.3, 0.8, 0.2], [0.1, 0.5, 1.0], [0.7, 0.3, 0.6]])
SCORES = Q @ K.T / np.sqrt(D_HEAD)
WEIGHTS = np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True)
RESULT = WEIGHTS @ V


def _two(matrix: np.ndarray) -> list[list[str]]:
    return [[f"{number:.2f}".removeprefix("0") for number in row] for row in matrix]


def _named(c: Canvas, box: Box, name: str, shape: str) -> None:
    """The name of a matrix above it, its shape below."""
    c.text(box.x, box.top()[1] - 16, name)
    c.text(box.x, box.bottom()[1] + 15, shape)


def wide() -> Canvas:
    c = Canvas(WIDE, 400)
    y = 196
    for row, word in enumerate(WORDS):
        c.text(50, y - 39 + 26 * row, word, kind="end")
    x = c.grid(102, y, X, "source", cell=(18, 26))
    _named(c, x, "$X$", "$S × D$")
    q = c.grid(262, 84, Q / 3.4, "query", cell=(18, 24))
    k = c.grid(262, y + 6, K / 1.6, "key", cell=(18, 24))
    v = c.grid(262, 322, V, "value", cell=(18, 24))
    for box, letter, role in ((q, "Q", "query"), (k, "K", "key"), (v, "V", "value")):
        learned = c.parameter(192, box.y, 44, f"$W_{letter}$", role, height=28)
        c.arrow(x.right((box.y - y) * 0.25), (158, y + (box.y - y) * 0.25), (158, box.y), learned.left(), role="source") if box is not k else c.arrow(
            x.right(6), learned.left(), role="source"
        )
        c.arrow(learned.right(), box.left(), role=role)
        c.text(box.x, box.top()[1] - 14, f"${letter}$")
    c.text(262, 388, "each $S × d$")
    weights = c.grid(458, 144, WEIGHTS, "weight", cell=(36, 30), numbers=_two(WEIGHTS))
    scores = c.operation(336, 144, "$Q K^⊤/√d$", width=84, height=30) if 0 else None
    del scores
    product = c.operation(338, 144, "·", width=26, height=26)
    c.arrow(q.right(), (338, 84), product.top(), role="query")
    c.arrow(k.right(), (338, k.y), product.bottom(), role="key")
    c.arrow(product.right(), weights.left())
    c.text(458, 26, "softmax($Q K^⊤ / √d$)")
    for column, word in enumerate(WORDS):
        c.text(404 + 36 * column, 64, word, kind="small")
    for row, word in enumerate(WORDS):
        c.text(534, 99 + 30 * row, word, kind="small start")
    c.text(458, 220, "$T × S$, each row sums to 1", kind="")
    mixed = c.operation(458, 322, "·", width=26, height=26)
    c.arrow((458, 232), mixed.top(), role="weight")
    c.arrow(v.right(), mixed.left(), role="value")
    result = c.grid(610, 322, RESULT, "value", cell=(22, 26))
    c.arrow(mixed.right(), result.left(), role="value")
    c.text(610, 254, "result")
    c.text(610, 388, "$T × d$")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 720)
    x = c.grid(186, 66, X, "source", cell=(24, 22))
    for row, word in enumerate(WORDS):
        c.text(114, 33 + 22 * row, word, kind="end")
    c.text(186, 10, "$X$")
    c.text(284, 66, "$S × D$")
    places = {"Q": (54, "query", Q / 3.4), "K": (164, "key", K / 1.6), "V": (274, "value", V)}
    boxes = {}
    for letter, (at, role, values) in places.items():
        learned = c.parameter(at, 164, 46, f"$W_{letter}$", role, height=28)
        box = boxes[letter] = c.grid(at, 248, values, role, cell=(20, 20))
        start = x.bottom(0 if letter == "K" else (at - 186) * 0.25)
        c.arrow(*((start, (at, 130), learned.top()) if letter == "V" else (start, (start[0], 130), (at, 130), learned.top())), role="source")
        c.arrow(learned.bottom(), box.top(), role=role)
        c.text(at + 44, 214, f"${letter}$")
    c.text(164, 300, "$S × d$")
    product = c.operation(109, 330, "·", width=26, height=26)
    c.arrow(boxes["Q"].bottom(), (54, 330), product.left(), role="query")
    c.arrow(boxes["K"].bottom(-20), (144, 330), product.right(), role="key")
    weights = c.grid(140, 452, WEIGHTS, "weight", cell=(36, 30), numbers=_two(WEIGHTS))
    c.arrow(product.bottom(), weights.top(-31), gap=3)
    for column, word in enumerate(WORDS):
        c.text(86 + 36 * column, 382, word, kind="small")
    for row, word in enumerate(WORDS):
        c.text(62, 407 + 30 * row, word, kind="small end")
    c.text(112, 526, "softmax($Q K^⊤/√d$), $T × S$")
    return c


DRAWING = Drawing(
    name="self-attention",
    title="Every word asks every word: all weights at once are one product of matrices",
    caption="Three learned maps make of the words $X$ queries, keys and values. The softmax of $Q K^⊤ / √d$ has a row for each "
    "word that asks and a column for each word that is asked; its weights mix the values. The numbers are computed.",
    description="The sentence 'the young frogs sleep' stands as four rows of a matrix X, S by D. The learned maps W Q, W K and "
    "W V make of it the matrices Q, K and V, each S by d. Queries times transposed keys, divided by the root of d, go through "
    "a softmax and give a square of weights with a row for each word that asks; each row sums to one. 'sleep' gives most of "
    "its weight to 'frogs', and so does 'the'. The weights times the values are the result, T by d.",
    wide=wide,
    narrow=narrow,
)
