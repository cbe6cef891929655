"""The map of the course: each step mends what was wrong with the one before."""

import itertools
from collections.abc import Callable

from s2s_course.drawings.encoder_decoder import state
from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.layers import mixing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.position_clocks import ANGLES, clock


def _chain(c: Canvas, x: Number, y: Number) -> None:
    boxes = [
        c.vector(x + dx, y, state(3 + n), "state", upright=True, cell=9) for n, dx in enumerate((-34, 0, 34))
    ]
    for one, other in itertools.pairwise(boxes):
        c.arrow(one.right(), other.left(), role="state")


def _belt(c: Canvas, x: Number, y: Number) -> None:
    keep, add = (
        c.operation(x + dx, y - 10, sign, width=24, height=24) for dx, sign in ((-20, "⊙"), (16, "+"))
    )
    for box in (keep, add):
        c.arrow((box.x, y + 26), box.bottom(), role="weight")
    c.arrow((x - 50, y - 10), keep.left(), role="state", width=4, head=False, gap=0)
    c.arrow(keep.right(), add.left(), role="state", width=4, head=False, gap=0)
    c.arrow(add.right(), (x + 52, y - 10), role="state", width=4, gap=0)


def _neck(c: Canvas, x: Number, y: Number) -> None:
    middle = c.vector(x, y, state(4), "state", upright=True, cell=9)
    for n in range(3):
        c.arrow((x - 42, y - 18 + 18 * n), middle.left(), role="source")
        c.arrow(middle.right(), (x + 46, y - 18 + 18 * n), role="target")


def _weights(c: Canvas, x: Number, y: Number) -> None:
    for n, height in enumerate((6, 10, 44, 8)):
        c.bar(x - 36 + 24 * n, y + 24, height, "weight", width=16)


def _at_once(c: Canvas, x: Number, y: Number) -> None:
    c.grid(
        x,
        y,
        [[0.9, 0.1, 0.1, 0], [0.1, 0.1, 0.8, 0.1], [0, 0.9, 0.2, 0.1], [0.1, 0, 0.1, 0.9]],
        "weight",
        cell=(18, 12),
    )


def _all_meet(c: Canvas, x: Number, y: Number) -> None:
    mixing(c, x, y, span=64)


def _clocks(c: Canvas, x: Number, y: Number) -> None:
    for n, dx in enumerate((-38, 0, 38)):
        clock(c, x + dx, y, 3 * ANGLES[n], radius=17)


def _stacks(c: Canvas, x: Number, y: Number) -> None:
    for n in range(2):
        c.parameter(x - 30, y + 14 - 18 * n, 40, "", "source", height=14)
    for n in range(3):
        c.parameter(x + 30, y + 18 - 18 * n, 40, "", "target", height=14)
    c.arrow((x - 30, y - 12), (x - 30, y - 22), (x, y - 22), (x, y), (x + 10, y), role="key", gap=0, radius=5)


def _masks(c: Canvas, x: Number, y: Number) -> None:
    for n, dx in enumerate((-40, 0, 40)):
        rows = [[float(n == 0 or u <= t or (n == 2 and u < 2 and t < 2)) for u in range(3)] for t in range(3)]
        c.grid(x + dx, y, rows, "weight", cell=(10, 10))


# Chapter, name, picture, and what is still wrong.
STATIONS: tuple[tuple[str, str, Callable[[Canvas, Number, Number], None], str], ...] = (
    ("2", "recurrent network", _chain, "but its gradient vanishes"),
    ("3", "LSTM and GRU", _belt, "but one output per input"),
    ("4", "encoder–decoder", _neck, "but one vector holds it all"),
    ("5", "Bahdanau attention", _weights, "but every step waits"),
    ("6", "Luong attention", _at_once, "but reading still takes turns"),
    ("7", "self-attention", _all_meet, "but it knows of no order"),
    ("8", "positions", _clocks, "but parts are no model yet"),
    ("9", "the Transformer", _stacks, "are two stacks needed?"),
    ("10", "three families", _masks, ""),
)


def wide() -> Canvas:
    c = Canvas(WIDE, 474)
    for number, (chapter, name, picture, wrong) in enumerate(STATIONS):
        row, place = divmod(number, 3)
        column = place if row % 2 == 0 else 2 - place
        left, top = 236 * column, 166 * row
        c.frame(left, top, left + 216, top + 142, f"{chapter}  {name}", "ink")
        picture(c, left + 108, top + 70)
        if wrong:
            c.text(left + 108, top + 124, wrong, kind="note")
        if place < 2:
            x = left + (216 if row % 2 == 0 else 0)
            c.arrow((x, top + 71), (x + (20 if row % 2 == 0 else -20), top + 71), role="ink", gap=2, width=2)
        elif row < 2:
            c.arrow((left + 108, top + 142), (left + 108, top + 166), role="ink", gap=2, width=2)
    return c


def narrow() -> Canvas:
    pitch = 96
    c = Canvas(NARROW, pitch * len(STATIONS) - 18)
    for number, (chapter, name, picture, wrong) in enumerate(STATIONS):
        top = pitch * number
        c.frame(0, top, 328, top + 78, "", "ink")
        picture(c, 64, top + 39)
        c.text(134, top + 26, f"{chapter}  {name}", kind="strong start")
        if wrong:
            c.text(134, top + 52, wrong, kind="note start")
            c.arrow((64, top + 78), (64, top + pitch), role="ink", gap=2, width=2)
    return c


DRAWING = Drawing(
    name="whole-way",
    title="The whole way: each step mends what was still wrong with the one before",
    caption=(
        "Nine steps and their chapters. Below each stands the flaw that the next one takes up; how large "
        "each flaw is, and how much of it goes, is measured in the chapters."
    ),
    description=(
        "Nine boxes joined by arrows. Chapter 2, the recurrent network, but its gradient vanishes. Chapter "
        "3, LSTM and GRU, but they give one answer for each input. Chapter 4, encoder–decoder, but one "
        "vector must do for any length. Chapter 5, Bahdanau attention, but every step waits for the one "
        "before. Chapter 6, Luong attention, but reading still goes word by word. Chapter 7, "
        "self-attention, but it knows of no order. Chapter 8, positions, but parts are no model yet. "
        "Chapter 9, the Transformer; are two stacks needed? Chapter 10, three families."
    ),
    wide=wide,
    narrow=narrow,
)
