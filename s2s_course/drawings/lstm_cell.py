"""One step of an LSTM: the belt of the cell state, and three gates beside it."""

from dataclasses import dataclass

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number

# Four units. The first only keeps, the third is written anew, the others do some of both.
BEFORE = np.array([0.9, 0.5, 0.3, 0.7])
F, I, G, O = np.array([[1, 0.9, 0.1, 0.6], [0.05, 0.4, 0.9, 0.5], [0.6, 0.5, 0.8, 0.2], [0.2, 0.9, 0.8, 0.4]])  # noqa: E741
CELL = F * BEFORE + I * G
HIDDEN = O * np.tanh(CELL)


@dataclass(frozen=True)
class Places:
    """Where things stand in one composition."""

    columns: tuple[Number, Number, Number, Number]  # of f, i, g, o
    belt: Number
    left: Number
    right: Number
    box: Number  # the width of a parameter
    label: str
    cell: Number  # the width of a number of a gate
    rows: tuple[Number, Number, Number, Number, Number]  # products, gates, squashing, parameters, bus


def compose(c: Canvas, at: Places) -> None:
    f, i, g, o = at.columns
    middle = (i + g) / 2
    product, gate, squash, box, bus = at.rows
    gates = {}
    for x, letter, function, values, question in zip(
        at.columns,
        "figo",
        ("σ", "σ", "tanh", "σ"),
        (F, I, G, O),
        ("keep?", "write?", "what?", "show?"),
        strict=True,
    ):
        learned = c.parameter(x, box, at.box, at.label.replace("*", letter), height=32)
        squashed = c.operation(x, squash, function, width=48)
        gates[letter] = c.vector(x, gate, values, "weight" if letter != "g" else "state", cell=at.cell)
        c.arrow((x, bus), learned.bottom(), gap=2)
        c.arrow(learned.top(), squashed.bottom())
        c.arrow(squashed.top(), gates[letter].bottom(), role="weight" if letter != "g" else "state")
        c.text(gates[letter].left()[0] - 12, gate, f"${letter}_t$")
        c.text(x, bus + 18, question, kind="note")
    keep, add = c.operation(f, at.belt, "⊙"), c.operation(middle, at.belt, "+")
    write, show = c.operation(middle, product, "⊙"), c.operation(o, product, "⊙")
    tanh = c.operation(o, (at.belt + product) / 2, "tanh", width=48)
    before = c.vector(at.left, at.belt, BEFORE, "state", upright=True, cell=12)
    after = c.vector(at.right, at.belt, CELL / 1.1, "state", upright=True, cell=12)
    hidden = c.vector(at.right, product, HIDDEN, "state", upright=True, cell=12)
    for box_, letter in ((before, "$c_{t−1}$"), (after, "$c_t$"), (hidden, "$h_t$")):
        c.text(box_.x, box_.top()[1] - 15, letter)
    c.arrow(before.right(), keep.left(), role="state", width=4)
    c.arrow(keep.right(), add.left(), role="state", width=4)
    c.arrow(add.right(), after.left(), role="state", width=4)
    c.fork(o, at.belt, "state")
    c.arrow((o, at.belt), tanh.top(), role="state", gap=2)
    c.arrow(tanh.bottom(), show.top(), role="state")
    c.arrow(gates["f"].top(), keep.bottom(), role="weight")
    c.arrow(gates["i"].top(), (i, product), write.left(), role="weight")
    c.arrow(gates["g"].top(), (g, product), write.right(), role="state")
    c.arrow(write.top(), add.bottom(), role="state")
    c.arrow(gates["o"].top(), show.bottom(), role="weight")
    c.arrow(show.right(), hidden.left(), role="state")
    past = c.vector(at.left, bus, (0.3, 0.8, 0.5, 0.6), "state", upright=True, cell=12)
    c.text(past.x, past.top()[1] - 15, "$h_{t−1}$")
    word = c.vector(middle, bus + 58, (0.2, 0.9, 0.6), "source")
    c.text(word.right()[0] + 16, word.y, "$x_t$")
    c.arrow(past.right(), (o, bus), head=False, role="quiet", gap=0)
    c.arrow(word.top(), (middle, bus), role="source", gap=2)
    for x in at.columns[:3]:
        c.fork(x, bus)
    c.fork(middle, bus)


def wide() -> Canvas:
    c = Canvas(WIDE, 430)
    c.text(440, 22, "the belt: nothing but a product and a sum", kind="note")
    compose(
        c, Places((140, 290, 410, 550), 60, 30, 650, 104, "$W_*, U_*, b_*$", 11, (152, 216, 262, 312, 362))
    )
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 454)
    c.text(166, 16, "the belt: a product and a sum", kind="note")
    compose(c, Places((74, 142, 206, 266), 76, 16, 314, 56, "$W_* U_*$", 9, (174, 240, 286, 334, 386)))
    return c


DRAWING = Drawing(
    name="lstm-cell",
    title="The cell state rides on a belt; three gates decide what is kept, written and shown",
    caption=(
        "One step of an LSTM with four units. Gates are numbers between 0 and 1 for each unit, from the "
        "input $x_t$ and the state $h_{t−1}$. The first unit is kept ($f_t$ = 1, hardly anything is "
        "written), the third is written anew."
    ),
    description=(
        "A belt runs along the top, from the cell state c t−1 on the left to c t on the right. On it the "
        "cell state is multiplied by the forget gate f, then the product of the input gate i and the "
        "candidate g is added. Below the belt stand four columns, f, i, g and o; each has weights W, U and "
        "b of its own, reads x t and h t−1, and ends in a sigmoid, for g in a tanh. They answer four "
        "questions: keep? write? what? show? The new cell state also goes through a tanh and is multiplied "
        "by the output gate o; the result is the hidden state h t."
    ),
    wide=wide,
    narrow=narrow,
)
