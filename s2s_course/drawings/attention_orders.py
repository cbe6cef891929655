"""Bahdanau, Luong, and Luong with input feeding, side by side: who asks, and where the context goes."""

from s2s_course.drawings.encoder_decoder import state
from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box


def _common(c: Canvas, x: Number, y: Number) -> tuple[Box, Box, Box, Box]:
    """What all three have: the state before, the decoder's step, attention over the source, the next word."""
    before = c.token(x, y + 308, "$y_{t−1}$", "target", width=52)
    cell = c.parameter(x, y + 222, 76, "step $g$", height=34)
    attention = c.operation(x + 92, y + 140, "attention", width=82, height=32)
    memory = c.vector(x + 92, y + 300, (0.3, 0.8, 0.5, 0.7, 0.4), "state", cell=12)
    c.text(x + 92, y + 323, "$h_1 … h_S$")
    c.arrow(memory.top(), attention.bottom(), role="state")
    c.arrow(before.top(), cell.bottom(), role="target")
    past = c.vector(x - 58, cell.y, state(7), "state", upright=True, cell=11)
    c.arrow(past.right(), cell.left(), role="state")
    return past, cell, attention, c.token(x, y + 14, "$y_t$", "target", width=52)


def bahdanau(c: Canvas, x: Number, y: Number) -> None:
    past, cell, attention, word = _common(c, x, y)
    c.text(past.x + 4, past.bottom()[1] + 14, "$z_{t−1}$")
    c.arrow(past.top(), (past.x, attention.y), attention.left(), role="query")
    c.text(x - 8, attention.y - 12, "asks", kind="small", role="query")
    c.arrow(attention.bottom(-24), (attention.x - 24, cell.y), cell.right(), role="state")
    c.text(x + 54, cell.y - 16, "$c_t$")
    out = c.parameter(x, y + 72, 114, "$W_o [c_t; z_t; y_{t−1}]$", height=30)
    c.arrow(cell.top(14), out.bottom(14), role="state")
    c.text(x + 28, y + 182, "$z_t$")
    c.arrow(out.top(), word.bottom(), role="target")


def luong(c: Canvas, x: Number, y: Number, *, feeding: bool = False) -> None:
    past, cell, attention, word = _common(c, x, y)
    c.text(past.x + 2, past.top()[1] - 14, "$z_{t−1}$")
    joined = c.parameter(x, y + 72, 108, "$a_t$: $W_c [c_t; z_t]$", height=30)
    fork = c.fork(x, attention.y + 34, "query")
    c.arrow(cell.top(), joined.bottom(), role="state")
    c.text(x + 16, attention.y + 50, "$z_t$")
    c.arrow(fork, (attention.x - 20, fork[1]), attention.bottom(-20), role="query", gap=2, radius=6)
    c.text(x + 36, fork[1] - 11, "asks", kind="small", role="query")
    c.arrow(attention.top(), (attention.x, joined.y), joined.right(), role="state")
    c.text(attention.x - 22, joined.y - 16, "$c_t$")
    c.arrow(joined.top(), word.bottom(), role="target")
    if feeding:
        fed = c.vector(x - 58, y + 282, state(3), "state", upright=True, cell=9)
        c.text(fed.x + 4, fed.bottom()[1] + 14, "$a_{t−1}$")
        c.arrow(fed.right(-8), (x - 18, y + 274), cell.bottom(-18), role="state", width=2.5, radius=7)


def wide() -> Canvas:
    c = Canvas(WIDE, 372)
    for left, name in (
        (0, "Bahdanau: ask, then step"),
        (234, "Luong: step, then ask"),
        (468, "… with input feeding"),
    ):
        c.frame(left, 0, left + 220, 372, name, "ink")
    bahdanau(c, 80, 36)
    luong(c, 314, 36)
    luong(c, 548, 36, feeding=True)
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 1140)
    for top, name in (
        (0, "Bahdanau: ask, then step"),
        (384, "Luong: step, then ask"),
        (768, "… with input feeding"),
    ):
        c.frame(0, top, 328, top + 372, name, "ink")
    bahdanau(c, 132, 36)
    luong(c, 132, 420)
    luong(c, 132, 804, feeding=True)
    return c


DRAWING = Drawing(
    name="attention-orders",
    title="The same parts in another order: who asks, and where the context goes",
    caption=(
        "Bahdanau’s old state $z_{t−1}$ asks, and the context $c_t$ goes into the step. Luong’s new state "
        "$z_t$ asks, and the context joins it afterwards in $a_t$; so all steps of a training sentence can "
        "be computed in one call. Input feeding hands $a_{t−1}$ to the next step, and the one call is gone."
    ),
    description=(
        "Three diagrams with the same parts: the word before, the decoder's step g, attention over the "
        "encoder's states h 1 to h S, and the next word. In the first, Bahdanau's, the state before the "
        "step, z t−1, asks attention; the context c t goes into the step; the output is made from context, "
        "new state and word before. In the second, Luong's, the step comes first; its new state z t asks, "
        "and context and state are joined in the attentional vector a t, which gives the word. The third is "
        "the second with one more arrow: the attentional vector a t−1 of the step before goes into the "
        "step."
    ),
    wide=wide,
    narrow=narrow,
)
