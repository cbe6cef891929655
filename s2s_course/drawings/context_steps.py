"""Where the context enters: at the first step, or at every step."""

from s2s_course.drawings.encoder_decoder import READ, WRITTEN, state
from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number

STEPS = 4


def row(c: Canvas, left: Number, y: Number, pitch: Number, *, every: bool) -> None:
    """A decoder of four steps; its words below, what it writes above."""
    context = c.vector(left + 10, y, state(4), "state", upright=True, cell=13)
    c.text(left + 10, y - 48, "$c$")
    last = context
    for t in range(STEPS):
        x = left + 10 + pitch * (t + 1)
        box = c.vector(x, y, state(5 + t), "state", upright=True, cell=11)
        read, out = (
            c.token(x, y + 72, READ[t], "target", width=54),
            c.token(x, y - 66, WRITTEN[t], "target", width=54),
        )
        c.arrow(read.top(), box.bottom(), role="target")
        c.arrow(box.top(), out.bottom(), role="target")
        c.arrow(last.right(), box.left(), role="state", width=2.5 if t == 0 else 1.5)
        c.text(x + 18, y + 22, f"$z_{t + 1}$")
        if every:
            c.arrow(
                (left + 20, y + 106),
                (x - pitch / 2, y + 106),
                (x - pitch / 2, y + 14),
                box.left(14),
                role="state",
                radius=6,
            )
        last = box
    if every:
        c.arrow(
            context.bottom(), (left + 10, y + 106), (left + 30, y + 106), head=False, role="state", radius=6
        )


def wide() -> Canvas:
    c = Canvas(WIDE, 252)
    c.text(0, 14, "at the first step (Sutskever)", kind="strong start")
    row(c, 6, 128, 70, every=False)
    c.text(366, 14, "at every step (Cho)", kind="strong start")
    row(c, 368, 128, 70, every=True)
    c.text(172, 236, "$z_t = g(z_{t−1}, y_{t−1})$, $z_0 = c$")
    c.text(540, 246, "$z_t = g(z_{t−1}, [y_{t−1}; c])$")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 530)
    c.text(0, 14, "at the first step (Sutskever)", kind="strong start")
    row(c, 0, 128, 70, every=False)
    c.text(176, 232, "$z_t = g(z_{t−1}, y_{t−1})$, $z_0 = c$")
    c.text(0, 276, "at every step (Cho)", kind="strong start")
    row(c, 0, 390, 70, every=True)
    c.text(176, 518, "$z_t = g(z_{t−1}, [y_{t−1}; c])$")
    return c


DRAWING = Drawing(
    name="context-steps",
    title="The context is handed over once, or read again at every step",
    caption=(
        "Left, or above: the decoder gets the context $c$ as its first state and must carry it along. "
        "Right, or below: it also reads $c$ at each step, joined to the word before."
    ),
    description=(
        "Two decoders of four steps that write 'le chat noir dort'. In the first an arrow leads from the "
        "context c to the state z 1 only; from there on the states must carry what is still needed. In the "
        "second a line runs from c below the whole decoder, with an arrow into each of the states z 1 to z "
        "4."
    ),
    wide=wide,
    narrow=narrow,
)
