"""Several heads: the vector is cut, each piece attends on its own, the pieces are joined and mixed."""

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

WORDS = ("she", "does", "not", "sleep")
# What each of two heads looks for, as scores of a query (row) for a key (column); the weights are computed.
SCORES = np.array(
    [
        [[2.0, 0, 0, 0.5], [1.6, 1, 0, 0.2], [0.4, 0.6, 1, 0.3], [3.0, 0, 0.2, 0.8]],
        [[1.0, 0.3, 0.2, 0.2], [0, 1, 1.8, 0.4], [0.1, 1.2, 1, 1.4], [0, 0.6, 2.8, 0.5]],
    ]
)
WEIGHTS = np.exp(SCORES) / np.exp(SCORES).sum(axis=2, keepdims=True)
FINDS = ("“sleep” finds “she”", "“sleep” finds “not”")
X = ((0.3, 0.9, 0.5, 0.7), (0.2, 0.8, 0.6, 0.4), (0.7, 0.1, 0.9, 0.3), (0.5, 0.6, 0.2, 0.9))
VALUES = np.array(
    [[[1.0, 0.1], [0.2, 0.6], [0.4, 0.3], [0.1, 0.9]], [[0.1, 0.5], [0.7, 0.2], [0.2, 1.0], [0.9, 0.4]]]
)
RESULTS = WEIGHTS @ VALUES  # (H, S, d)
JOINED = np.concatenate(list(RESULTS), axis=1)  # (S, D)


# From the left edge of a head: middle of the maps, end of the words, start of the weights, width of a weight,
# middle of the result, right edge.
WIDE_HEAD, NARROW_HEAD = (46, 138, 144, 33, 310, 336), (38, 120, 124, 30, 278, 302)


def head(
    c: Canvas, left: Number, y: Number, number: int, places: tuple[Number, ...], *, row: Number = 21
) -> tuple[Box, Box]:
    """One head: the maps, the weights with their words, and what they give."""
    maps, words_end, start, column, end, right = (left + place for place in places)
    column -= left
    c.frame(left, y - 78, right, y + 78, "", "weight")
    c.text(start, y - 64, f"head {number + 1}", kind="strong start", role="weight")
    learned = c.parameter(maps, y + 8, 58, "$W_{Q,K,V}$", height=34)
    weights = c.grid(start + 2 * column, y + 8, WEIGHTS[number], "weight", cell=(column, row))
    for place, word in enumerate(WORDS):
        c.text(start + column * (place + 0.5), y - 46, word, kind="small")
        c.text(words_end, y + 8 + row * (place - 1.5), word, kind="small end")
    c.arrow(learned.right(), (words_end - 33, y + 8), role="query")
    result = c.grid(end, y + 8, RESULTS[number], "value", cell=(16, row))
    c.arrow(weights.right(), result.left(), role="value")
    c.text(end, y - 46, "$d$")
    c.text(weights.x, y + 64, FINDS[number], kind="note")
    return learned, result


def wide() -> Canvas:
    c = Canvas(WIDE, 326)
    x = c.grid(40, 163, X, "source", cell=(18, 21))
    c.text(40, 104, "$X$")
    c.text(40, 221, "$D$ numbers")
    joined = c.grid(562, 163, JOINED, "value", cell=(16, 21))
    c.text(592, 221, "$H · d = D$", kind="")
    for number, y in enumerate((78, 248)):
        learned, result = head(c, 140, y, number, WIDE_HEAD)
        turn = -14 + 28 * number
        c.arrow(x.right(turn), (112, 163 + turn), (112, learned.y), learned.left(), role="source")
        end = joined.top(-16) if number == 0 else joined.bottom(-16)
        c.arrow(result.right(), (546, result.y), end, role="value")
    mix = c.parameter(648, 163, 56, "$W_O$", height=34)
    c.arrow(joined.right(), mix.left(), role="value")
    c.arrow(mix.top(), (648, 100), role="value")
    c.text(648, 86, "mixed")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 560)
    x = c.grid(52, 50, X, "source", cell=(18, 17))
    c.text(110, 42, "$X$: $D$ numbers", kind="start")
    c.text(110, 62, "for each word", kind="start")
    first, result = head(c, 14, 188, 0, NARROW_HEAD)
    second, other = head(c, 14, 356, 1, NARROW_HEAD)
    c.arrow(x.bottom(), first.top(), role="source")
    c.arrow(x.left(), (5, 50), (5, second.y), second.left(), role="source", radius=5, gap=2)
    joined = c.grid(252, 496, JOINED, "value", cell=(16, 18))
    c.arrow(result.right(), (320, result.y), (320, 496), joined.right(), role="value")
    c.arrow(other.bottom(-16), (276, joined.top()[1]), role="value")
    mix = c.parameter(120, 496, 56, "$W_O$", height=34)
    c.arrow(joined.left(), mix.right(), role="value")
    c.arrow(mix.left(), (66, 496), role="value")
    c.text(36, 496, "mixed")
    c.text(252, 546, "$H · d = D$")
    return c


DRAWING = Drawing(
    name="attention-heads",
    title="One word, two questions: each head has weights of its own",
    caption=(
        "Two of $H$ heads. Each maps the words $X$ to queries, keys and values of $d = D / H$ numbers and "
        "attends on its own; the results are put side by side, and $W_O$ mixes them. Rows ask, columns are "
        "asked."
    ),
    description=(
        "The words 'she does not sleep' go into two heads. Each head has maps to queries, keys and values "
        "of its own, and its own square of weights. In the first, 'sleep' gives most weight to 'she', its "
        "subject; in the second to 'not', its negation. Each head gives d numbers for each word. They are "
        "put side by side to D numbers and mixed by the map W O."
    ),
    wide=wide,
    narrow=narrow,
)
