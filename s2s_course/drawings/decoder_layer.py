"""One layer of a decoder: three parts; the middle one asks the encoder's output."""

from s2s_course.drawings.encoder_layer import AFTER, X
from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.layers import alone, mixing, part
from s2s_course.drawings.language.sheet import Box

PARTS = (
    ("self-attention", "the past only"),
    ("cross-attention", "asks the source"),
    ("feed-forward", "each word alone"),
)


def picture(c: Canvas, box: Box, number: int) -> None:
    if number == 2:
        alone(c, box.x + 2, box.y + 2, words=3, role="target")
    else:
        mixing(c, box.x + 2, box.y + 2, words=3, asked=3 + number, causal=number == 0)


def wide() -> Canvas:
    c = Canvas(WIDE, 330)
    y = 36
    x = c.grid(22, y, [row[:3] for row in X[:3]], "target", cell=(13, 15))
    after = c.grid(664, y, [row[:3] for row in AFTER[:3]], "target", cell=(13, 15))
    before = x
    for number, (title, does) in enumerate(PARTS):
        left = 64 + 192 * number
        fork = c.fork(left, y, "target")
        norm = c.parameter(left + 84, 96, 60, "norm", height=30)
        box = part(c, left + 84, 196, title, does, width=126, height=106)
        picture(c, box, number)
        total = c.operation(left + 168, y, "+")
        c.arrow(fork, (left, norm.y), norm.left(), role="target", gap=2)
        c.arrow(norm.bottom(), box.top(), role="query" if number == 1 else "target")
        c.arrow(box.right(), (total.x, box.y), total.bottom(), role="target")
        c.arrow(before.right(), total.left(), role="target", width=4)
        if number == 1:
            memory = c.grid(box.x, 304, AFTER, "source", cell=(14, 12))
            c.arrow(memory.top(-10), box.bottom(-10), role="key")
            c.arrow(memory.top(10), box.bottom(10), role="value")
            c.text(box.x - 18, 264, "keys", kind="small end", role="key")
            c.text(box.x + 18, 264, "values", kind="small start", role="value")
            c.text(box.x + 40, 306, "what the encoder gave", kind="note start")
            c.text(box.x + 8, 127, "queries", kind="small start", role="query")
        before = total
    c.arrow(before.right(), after.left(), role="target", width=4)
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 694)
    belt = 292
    x = c.grid(belt, 26, [row[:3] for row in X[:3]], "target", cell=(13, 15))
    before = x
    for number, (title, does) in enumerate(PARTS):
        top = 76 + 196 * number
        fork = c.fork(belt, top, "target")
        norm = c.parameter(176, top, 60, "norm", height=30)
        box = part(c, 176, top + 94, title, does, width=136, height=106)
        picture(c, box, number)
        total = c.operation(belt, box.y, "+")
        c.arrow(fork, norm.right(), role="target", gap=2)
        c.arrow(norm.bottom(), box.top(), role="query" if number == 1 else "target")
        c.arrow(box.right(), total.left(), role="target")
        c.arrow(before.bottom(), total.top(), role="target", width=4)
        if number == 1:
            memory = c.grid(34, box.y, AFTER, "source", cell=(14, 14))
            c.arrow(memory.right(-10), box.left(-10), role="key")
            c.arrow(memory.right(10), box.left(10), role="value")
            c.text(86, box.y - 26, "keys", kind="small", role="key")
            c.text(84, box.y + 28, "values", kind="small", role="value")
            c.lines(0, box.y + 52, ("what the", "encoder gave"), kind="note start", step=16)
            c.text(186, box.top()[1] - 12, "queries", kind="small start", role="query")
        before = total
    after = c.grid(belt, 666, [row[:3] for row in AFTER[:3]], "target", cell=(13, 15))
    c.arrow(before.bottom(), after.top(), role="target", width=4)
    return c


DRAWING = Drawing(
    name="decoder-layer",
    title="A decoder layer first looks back, then asks the source, then works on each word alone",
    caption=(
        "Queries always come from the target. In self-attention the target’s past also answers; in "
        "cross-attention keys and values come from what the encoder gave. As in the encoder each part has a "
        "norm before it and adds to the residual path."
    ),
    description=(
        "A residual path runs from the target's words past three plus signs. Three branches leave it and "
        "come back, each through a norm and a part. In the first, self-attention, each of three words is "
        "joined to itself and to those before it. In the second, cross-attention, queries come from the "
        "target, keys and values from the encoder's output, which stands beside it. The third is the "
        "feed-forward part, each word alone."
    ),
    wide=wide,
    narrow=narrow,
)
