"""One step of a GRU: what is not kept is written."""

from dataclasses import dataclass

import numpy as np

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

BEFORE = np.array([0.9, 0.5, 0.3, 0.7])
Z, R, N = np.array([[0.95, 0.6, 0.1, 0.4], [0.9, 0.2, 0.5, 0.8], [0.4, 0.8, 0.9, 0.2]])
HIDDEN = (1 - Z) * N + Z * BEFORE


@dataclass(frozen=True)
class Places:
    """Where things stand in one composition."""

    columns: tuple[Number, Number, Number, Number]  # of z, r, U_n, W_n
    left: Number
    right: Number
    box: Number  # the width of a parameter
    label: str
    minus: Number  # where 1 − z is made
    belt: Number = 62
    mixed: Number = 124
    candidate: Number = 164
    tanh: Number = 206
    gate: Number = 252
    squash: Number = 296
    learned: Number = 344
    bus: Number = 390


def compose(c: Canvas, at: Places) -> None:
    z, r, u, w = at.columns
    gates = {}
    for x, letter, values in ((z, "z", Z), (r, "r", R)):
        learned = c.parameter(x, at.learned, at.box, at.label.replace("*", letter), height=32)
        squashed = c.operation(x, at.squash, "σ", width=48)
        gates[letter] = c.vector(x, at.gate, values, "weight", cell=11)
        c.arrow((x - 12, at.bus), learned.bottom(-12), role="state", gap=2)
        c.arrow((x + 12, at.bus + 30), learned.bottom(12), role="source", gap=2)
        c.arrow(learned.top(), squashed.bottom())
        c.arrow(squashed.top(), gates[letter].bottom(), role="weight")
        c.text(x, at.gate - 20, f"${letter}_t$") if letter == "r" else c.text(x - 34, at.gate, "$z_t$")
        c.fork(x - 12, at.bus, "state")
        c.fork(x + 12, at.bus + 30, "source")
    recurrent = c.parameter(u, at.learned, at.box, "$U_n, d_n$", height=32)
    read = c.parameter(w, at.learned, at.box, "$W_n, b_n$", height=32)
    reset, join = c.operation(u, at.gate, "⊙"), c.operation(w, at.gate, "+")
    tanh = c.operation(w, at.tanh, "tanh", width=48)
    new = c.vector(w, at.candidate, N, "state", cell=11)
    mix, keep, add = c.operation(w, at.mixed, "⊙"), c.operation(z, at.belt, "⊙"), c.operation(w, at.belt, "+")
    minus = c.operation(at.minus, at.mixed, "1 −", width=42)
    c.text(new.right()[0] + 16, new.y, "$n_t$")
    c.arrow(gates["r"].right(), reset.left(), role="weight")
    c.arrow(recurrent.top(), reset.bottom(), role="state")
    c.arrow(reset.right(), join.left(), role="state")
    c.arrow(read.top(), join.bottom(), role="source")
    c.arrow(join.top(), tanh.bottom(), role="state")
    c.arrow(tanh.top(), new.bottom(), role="state")
    c.arrow(new.top(), mix.bottom(), role="state")
    c.arrow(mix.top(), add.bottom(), role="state")
    c.arrow(gates["z"].top(), keep.bottom(), role="weight")
    c.fork(z, at.mixed, "weight")
    c.arrow((z, at.mixed), minus.left(), role="weight", gap=2)
    c.arrow(minus.right(), mix.left(), role="weight")
    before = c.vector(at.left, at.belt, BEFORE, "state", upright=True, cell=12)
    after = c.vector(at.right, at.belt, HIDDEN, "state", upright=True, cell=12)
    c.text(before.x, before.top()[1] - 15, "$h_{t−1}$")
    c.text(after.x, after.top()[1] - 15, "$h_t$")
    c.arrow(before.right(), keep.left(), role="state", width=4)
    c.arrow(keep.right(), add.left(), role="state", width=4)
    c.arrow(add.right(), after.left(), role="state", width=4)
    c.arrow(before.bottom(), (before.x, at.bus), (u, at.bus), recurrent.bottom(), role="state")
    word = c.vector(at.left + 10, at.bus + 30, (0.2, 0.9, 0.6), "source")
    c.text(word.x, word.y + 20, "$x_t$")
    c.arrow(word.right(), (w, at.bus + 30), read.bottom(), role="source")


def shares(c: Canvas, left: Number, top: Number, width: Number) -> None:
    """For each unit how much is kept and how much is written: together always all."""
    c.text(left, top - 16, "kept, $z_t$", kind="start small")
    c.text(left + width, top - 16, "written", kind="end small")
    for unit, z in enumerate(Z):
        y, cut = top + 20 * unit, width * z
        c.rect(Box.at(left, y, cut, 14), "weight")
        c.rect(Box.at(left + cut, y, width - cut, 14), ("state", 0.3), "state", width=1)


def wide() -> Canvas:
    c = Canvas(WIDE, 452)
    compose(c, Places((140, 262, 372, 490), 26, 664, 100, "$W_*, U_*, b_*$", 262))
    shares(c, 556, 240, 116)
    c.lines(614, 340, ("four units: what is", "not kept is written"), step=17)
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 566)
    compose(c, Places((64, 132, 200, 268), 14, 316, 60, "$W_* U_*$", 132))
    shares(c, 60, 480, 208)
    return c


DRAWING = Drawing(
    name="gru-cell",
    title="One gate does the work of two: what is not kept is written",
    caption=(
        "One step of a GRU. The update gate $z_t$ keeps a share of the old state and lets in the rest of "
        "the new candidate $n_t$; the reset gate $r_t$ decides how much of the old state takes part in "
        "proposing it."
    ),
    description=(
        "A belt runs along the top from the state h t−1 to the state h t. On it the old state is multiplied "
        "by the update gate z, and the candidate n, multiplied by one minus z, is added. The candidate is a "
        "tanh of the sum of two terms: W n and b n applied to the input x t, and U n and d n applied to h "
        "t−1, multiplied by the reset gate r. Both gates are sigmoids of the input and of the state. Four "
        "bars show for four units how much is kept and how much is written: together always the whole."
    ),
    wide=wide,
    narrow=narrow,
)
