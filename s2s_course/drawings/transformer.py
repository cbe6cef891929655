"""The whole Transformer: one stack that reads, one that writes, and where they meet."""

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

SOURCE, READ, WRITTEN = ("the", "cat", "sleeps"), ("<bos>", "le", "chat"), ("le", "chat", "dort")


def stack(
    c: Canvas,
    x: Number,
    words: tuple[str, ...],
    parts: tuple[str, ...],
    role: str,
    *,
    width: Number,
    spread: Number,
    foot: Number,
) -> tuple[dict[str, Box], Box]:
    """Words, their vectors with positions, and ``N`` layers above; gives the parts and the last norm."""
    tokens = [
        c.token(x + spread * (n - 1), foot, word, role, width=min(56, spread - 4))
        for n, word in enumerate(words)
    ]
    embedding = c.parameter(
        x, foot - 50, width, "embedding" if width < 150 else "embedding, $× √D$", height=30
    )
    for token in tokens:
        c.arrow(token.top(), (token.x, embedding.bottom()[1]), role=role)
    add = c.operation(x, foot - 96, "+", width=26, height=26)
    positions = c.operation(x - width / 2 + 18, foot - 96, "$p_t$", width=38, height=26)
    c.arrow(embedding.top(), add.bottom(), role=role)
    c.arrow(positions.right(), add.left(), role="quiet")
    below, boxes = add, {}
    top = foot - 150 - 46 * (len(parts) - 1)
    c.frame(x - width / 2 - 10, top - 48, x + width / 2 + 10, foot - 122, "", role)
    c.text(x - width / 2, top - 32, "$N$ layers", kind="start small", role=role)
    for number, name in enumerate(parts):
        boxes[name] = c.parameter(x, foot - 150 - 46 * number, width, name, height=30)
        c.arrow(below.top(), boxes[name].bottom(), role=role, width=2.5)
        below = boxes[name]
    norm = c.parameter(x, top - 74, 64, "norm", height=28)
    c.arrow(below.top(), norm.bottom(), role=role, width=2.5)
    return boxes, norm


def output(c: Canvas, x: Number, norm: Box, *, width: Number, spread: Number) -> None:
    """From the last norm to the next words."""
    logits = c.parameter(x, norm.y - 48, width, "logits", height=30)
    softmax = c.operation(x, norm.y - 92, "softmax", width=84, height=26)
    c.arrow(norm.top(), logits.bottom(), role="target", width=2.5)
    c.arrow(logits.top(), softmax.bottom(), role="target")
    for n, word in enumerate(WRITTEN):
        token = c.token(x + spread * (n - 1), norm.y - 142, word, "target", width=min(56, spread - 4))
        start, bend = softmax.top(26 * (n - 1)), softmax.y - 22
        turn = [] if n == 1 else [(start[0], bend), (token.x, bend)]
        c.arrow(start, *turn, token.bottom(), role="target", radius=5)


def keys_and_values(
    c: Canvas, memory: Box, cross: Box, *, at: Number, apart: Number, radius: Number = 8
) -> None:
    """What was read goes to every cross-attention: keys down at ``at``, values ``apart`` to their left."""
    top = memory.y - 30
    keys = (memory.x, top), (at, top), (at, cross.y - 6)
    c.arrow(memory.top(), *keys, cross.left(-6), role="key", width=2, radius=radius)
    values = (at - apart, top), (at - apart, cross.y + 6)
    c.arrow(*values, cross.left(6), role="value", width=2, gap=0, radius=radius)


def wide() -> Canvas:
    c = Canvas(WIDE, 492)
    foot, left, right = 474, 190, 472
    _reads, memory = stack(
        c, left, SOURCE, ("self-attention", "feed-forward"), "source", width=160, spread=64, foot=foot
    )
    writes, last = stack(
        c,
        right,
        READ,
        ("causal self-attention", "cross-attention", "feed-forward"),
        "target",
        width=170,
        spread=64,
        foot=foot,
    )
    keys_and_values(c, memory, writes["cross-attention"], at=332, apart=8)
    c.lines(226, memory.y - 46, ("keys and values for every layer",), kind="note")
    output(c, right, last, width=170, spread=64)
    c.lines(0, 318, ("words meet,", "all with all"), kind="note start")
    c.lines(572, 324, ("looks back only",), kind="note start")
    c.lines(572, 278, ("asks the source",), kind="note start")
    c.lines(572, 232, ("each word alone",), kind="note start")
    c.lines(574, 20, ("the next word,", "at every place"), kind="note start")
    c.lines(574, 474, ("shifted by one",), kind="note start")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 490)
    foot, left, right = 474, 82, 246
    _reads, memory = stack(
        c, left, SOURCE, ("self-attention", "feed-forward"), "source", width=128, spread=54, foot=foot
    )
    writes, last = stack(
        c,
        right,
        READ,
        ("causal self-att.", "cross-attention", "feed-forward"),
        "target",
        width=128,
        spread=54,
        foot=foot,
    )
    keys_and_values(c, memory, writes["cross-attention"], at=168, apart=6, radius=6)
    c.lines(0, memory.y - 82, ("keys and values", "for every layer"), kind="note start")
    output(c, right, last, width=128, spread=54)
    return c


DRAWING = Drawing(
    name="transformer",
    title="The Transformer: one stack reads, one writes, and every layer that writes asks what was read",
    caption=(
        "Left the encoder, right the decoder, from the words at the foot to the next words at the top. "
        "Positions $p_t$ are added to the word vectors. In training all positions of the target are "
        "computed at once: each reads the word before and must name the next."
    ),
    description=(
        "Two stacks side by side, read from below. On the left the source 'the cat sleeps' goes through an "
        "embedding, positions are added, and N layers of self-attention and feed-forward follow, then a "
        "norm. On the right the shifted target, the beginning mark and 'le chat', goes the same way through "
        "N layers of causal self-attention, cross-attention and feed-forward, a norm, a map to logits and a "
        "softmax, which names the next words 'le chat dort'. From the encoder's end keys and values lead to "
        "the cross-attention of the decoder's layers."
    ),
    wide=wide,
    narrow=narrow,
)
