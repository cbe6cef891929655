"""One step of a decoder that keeps the keys and values of the words before."""

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

WORDS = ("<bos>", "le", "chat", "noir")
QUERY = np.array([2.2, 0.3, 1.4])
KEYS = np.array([[0.1, 0.4, 0.2], [0.3, 0.9, 0.4], [1.5, 0.2, 0.9], [0.5, 0.6, 0.7]])
VALUES = np.array([[0.2, 0.5, 0.1], [0.6, 0.1, 0.4], [0.9, 0.3, 0.7], [0.3, 0.8, 0.5]])
SCORES = KEYS @ QUERY / np.sqrt(3)
WEIGHTS = np.exp(SCORES) / np.exp(SCORES).sum()
RESULT = WEIGHTS @ VALUES
NUMBERS = [[f"{weight:.2f}".removeprefix("0") for weight in WEIGHTS]]
ROW = 20


def kept(c: Canvas, x: Number, y: Number, values: np.ndarray, role: str, *, words: bool) -> tuple[Box, Box]:
    """The rows that are kept, framed, and below them, at ``y``, the new one."""
    old = c.grid(x, y - 44, values[:3], role, cell=(18, ROW))
    new = c.grid(x, y, [values[3]], role, cell=(18, ROW))
    left = old.left()[0] - (48 if words else 6)
    c.frame(left, old.top()[1] - 6, old.right()[0] + 6, old.bottom()[1] + 6, "", role)
    if words:
        for number, word in enumerate(WORDS):
            c.text(old.left()[0] - 6, (y - 64, y - 44, y - 24, y)[number], word, kind="small end")
    return old, new


def wide() -> Canvas:
    c = Canvas(WIDE, 326)
    word = c.token(38, 210, "noir", "target")
    x = c.vector(38, 160, (0.4, 0.8, 0.2, 0.6), "target")
    c.arrow(word.top(), x.bottom(), role="target")
    c.lines(0, 244, ("the only word", "of this step"), kind="note start", step=16)
    rows = {"Q": 48, "K": 160, "V": 292}
    maps = {}
    for letter, role in (("Q", "query"), ("K", "key"), ("V", "value")):
        maps[letter] = c.parameter(144, rows[letter], 46, f"$W_{letter}$", role, height=28)
        turn = [] if letter == "K" else [(98, 160), (98, rows[letter])]
        c.arrow(x.right(), *turn, maps[letter].left(), role="target")
    query = c.vector(318, 48, QUERY / 2.3, "query", cell=18)
    c.arrow(maps["Q"].right(), query.left(), role="query")
    boxes = {}
    for letter, role, values in (("K", "key", KEYS / 1.5), ("V", "value", VALUES)):
        old, new = boxes[letter] = kept(c, 318, rows[letter], values, role, words=True)
        c.arrow(maps[letter].right(), (new.left()[0] - 34, new.y), role=role)
        c.text(318, old.top()[1] - 16, "kept", kind="note")
        c.bracket((360, old.top()[1]), (360, new.bottom()[1]), "", side=0)
    product, mixed = c.operation(424, 48, "×", width=26), c.operation(544, 256, "×", width=26)
    weights = c.grid(544, 48, [WEIGHTS], "weight", cell=(38, 28), numbers=NUMBERS)
    for number, name in enumerate(WORDS):
        c.text(487 + 38 * number, 22, name, kind="small")
    c.arrow(query.right(), product.left(), role="query")
    c.arrow((360, 128), (424, 128), product.bottom(), role="key")
    c.arrow(product.right(), weights.left(), role="weight")
    c.arrow(weights.bottom(), mixed.top(), role="weight")
    c.arrow((360, 256), mixed.left(), role="value")
    result = c.vector(640, 256, RESULT, "value", cell=18)
    c.arrow(mixed.right(), result.left(), role="value")
    c.text(632, 284, "result for “noir”", kind="note")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 496)
    word = c.token(60, 20, "noir", "target")
    x = c.vector(164, 20, (0.4, 0.8, 0.2, 0.6), "target")
    c.arrow(word.right(), x.left(), role="target")
    maps = {}
    columns = {"Q": 44, "K": 164, "V": 284}
    for letter, role in (("Q", "query"), ("K", "key"), ("V", "value")):
        at = columns[letter]
        maps[letter] = c.parameter(at, 88, 46, f"$W_{letter}$", role, height=28)
        turn = [] if letter == "K" else [(164 + (at - 164) * 0.15, 52), (at, 52)]
        c.arrow(x.bottom((at - 164) * 0.15), *turn, maps[letter].top(), role="target")
    query = c.vector(44, 146, QUERY / 2.3, "query", cell=18)
    c.arrow(maps["Q"].bottom(), query.top(), role="query")
    boxes = {}
    for letter, role, values in (("K", "key", KEYS / 1.5), ("V", "value", VALUES)):
        _old, new = boxes[letter] = kept(c, columns[letter], 222, values, role, words=letter == "K")
        side = columns[letter] + 27
        c.arrow(maps[letter].right(), (side + 18, 88), (side + 18, 222), new.right(), role=role)
    product, mixed = c.operation(44, 268, "×", width=26), c.operation(284, 420, "×", width=26)
    c.arrow(query.bottom(), product.top(), role="query")
    c.arrow(boxes["K"][1].bottom(), (164, 268), product.right(), role="key")
    weights = c.grid(124, 350, [WEIGHTS], "weight", cell=(44, 28), numbers=NUMBERS)
    c.arrow(product.bottom(), (44, 312), role="weight")
    for number, name in enumerate(WORDS):
        c.text(58 + 44 * number, 324, name, kind="small")
    c.arrow(weights.bottom(), (124, 420), mixed.left(), role="weight")
    c.arrow(boxes["V"][1].bottom(), mixed.top(), role="value")
    result = c.vector(284, 474, RESULT, "value", cell=18)
    c.arrow(mixed.bottom(), result.top(), role="value")
    c.text(248, 474, "result for “noir”", kind="note end")
    return c


DRAWING = Drawing(
    name="key-value-cache",
    title="Only the new word is computed; keys and values of the words before are kept",
    caption=(
        "One step of a decoder’s self-attention while it writes. The new word’s query meets the keys of all "
        "words so far. Those of the earlier words, framed, were kept: nothing before the new word could see "
        "it, so they have not changed."
    ),
    description=(
        "A decoder has read the beginning mark, 'le' and 'chat', and now reads 'noir'. Only the vector of "
        "'noir' goes through the maps W Q, W K and W V. Its key and its value are put behind three rows "
        "each that were kept from the steps before. Its query times all four keys gives four weights; the "
        "weighted sum of all four values is the result for 'noir'."
    ),
    wide=wide,
    narrow=narrow,
)
