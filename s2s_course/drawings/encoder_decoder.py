"""A network that reads, one that writes, and one vector between them."""

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

SOURCE = ("the", "black", "cat", "sleeps")
READ = ("<bos>", "le", "chat", "noir", "dort")
WRITTEN = ("le", "chat", "noir", "dort", "<eos>")


def state(step: int) -> list[Number]:
    """An example of a state: numbers that drift from step to step."""
    return [round(float(abs(np.sin(0.9 * unit + 0.55 * step))), 2) for unit in range(5)]


def wide() -> Canvas:
    c = Canvas(WIDE, 268)
    y, reads, writes = 126, (36, 104, 172, 240), (402, 465, 528, 591, 652)
    c.frame(0, 20, 276, 232, "encoder", "source")
    c.frame(366, 20, 688, 232, "decoder", "target")
    last: Box | None = None
    for s, (x, word) in enumerate(zip(reads, SOURCE, strict=True), 1):
        box = c.vector(x, y, state(s), "state", upright=True, cell=12)
        token = c.token(x, 206, word, "source", width=60)
        c.arrow(token.top(), box.bottom(), role="source")
        c.text(x + 19, y + 24, f"$h_{s}$")
        if last:
            c.arrow(last.right(), box.left(), role="state")
        last = box
    middle = c.vector(321, y, state(4), "state", upright=True, cell=16)
    c.arrow(last.right(), middle.left(), role="state", width=2.5)
    c.text(321, y - 56, "$c = h_4$")
    c.lines(321, y + 60, ("all that", "the decoder", "knows"), step=16)
    last = middle
    for t, (x, read, written) in enumerate(zip(writes, READ, WRITTEN, strict=True), 1):
        box = c.vector(x, y, state(4 + t), "state", upright=True, cell=12)
        token = c.token(x, 206, read, "target", width=52)
        out = c.token(x, 60, written, "target", width=52)
        c.arrow(token.top(), box.bottom(), role="target")
        c.arrow(box.top(), out.bottom(), role="target")
        c.text(x + 19, y + 24, f"$z_{t}$")
        c.arrow(last.right(), box.left(), role="state", width=2.5 if last is middle else 1.5)
        last = box
    c.text(138, 252, "reads the source, word by word", kind="note")
    c.text(527, 252, "reads the word before, writes the next", kind="note")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 574)
    c.frame(0, 0, 328, 192, "encoder", "source")
    c.frame(0, 276, 328, 574, "decoder", "target")
    x, last = 236, None
    for s, word in enumerate(SOURCE, 1):
        y = 26 + 44 * (s - 1)
        box = c.vector(x, y, state(s), "state", cell=14)
        token = c.token(134, y, word, "source", width=66)
        c.arrow(token.right(), box.left(), role="source")
        c.text(290, y, f"$h_{s}$")
        if last:
            c.arrow(last.bottom(), box.top(), role="state")
        last = box
    middle = c.vector(x, 234, state(4), "state", cell=18)
    c.arrow(last.bottom(), middle.top(), role="state", width=2.5)
    c.text(308, 234, "$c$")
    c.lines(92, 226, ("all that the", "decoder knows"))
    last = middle
    for t, (read, written) in enumerate(zip(READ, WRITTEN, strict=True), 1):
        y = 324 + 54 * (t - 1)
        box = c.vector(176, y, state(4 + t), "state", cell=14)
        token = c.token(48, y, read, "target", width=62)
        out = c.token(288, y, written, "target", width=62)
        c.arrow(token.right(), box.left(), role="target")
        c.arrow(box.right(), out.left(), role="target")
        c.text(152, y + 21, f"$z_{t}$")
        if t == 1:
            c.arrow(middle.bottom(), (x, 296), (176, 296), box.top(), role="state", width=2.5)
        else:
            c.arrow(last.bottom(), box.top(), role="state")
        last = box
    return c


DRAWING = Drawing(
    name="encoder-decoder",
    title="Whatever the source says must pass through one vector",
    caption=(
        "The encoder reads four words and ends in the state $h_4$, the context $c$. The decoder starts from "
        "it, reads at each step the word before, and writes until <eos>. The vector does not grow with the "
        "sentence."
    ),
    description=(
        "On the left the encoder reads 'the black cat sleeps', one word a step, and goes from the state h 1 "
        "to h 4. Its last state is the context c, a single vector in the middle. On the right the decoder "
        "starts from c. At each step it reads a word, first the mark for the beginning of the sentence and "
        "then the word it wrote before, and writes the next: 'le chat noir dort' and the mark for the end. "
        "Nothing but the vector c leads from the encoder to the decoder."
    ),
    wide=wide,
    narrow=narrow,
)
