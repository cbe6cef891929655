"""The map of the course: each step mends what was wrong with the one before."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean

from s2s_course.drawings.encoder_decoder import state
from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.layers import mixing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.position_clocks import ANGLES, clock

# The parts of the book, as its contents name them, by the first chapter that is drawn of each.
PARTS = {2: "Memory", 4: "Alignment", 7: "Attention alone"}
RESULTS = Path(__file__).parents[1] / "claims" / "results"


def _chain(c: Canvas, x: Number, y: Number) -> None:
    boxes = [
        c.vector(x + dx, y, state(3 + n), "state", upright=True, cell=9) for n, dx in enumerate((-34, 0, 34))
    ]
    for one, other in pairwise(boxes):
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


@dataclass(frozen=True)
class Station:
    """One step of the way: a chapter, what was measured in it, and what was still wrong."""

    chapter: int
    name: str
    minutes: int  # to read, as the head of the chapter has it
    picture: Callable[[Canvas, Number, Number], None]
    measured: str
    wrong: str

    @property
    def part(self) -> str:
        """The part of the book that it belongs to."""
        return PARTS[max(first for first in PARTS if first <= self.chapter)]


def measured(claim_id: str, value: str) -> float:
    """The mean over seeds of a stored result."""
    text = (RESULTS / f"{claim_id}.json").read_text(encoding="utf-8")
    return mean(json.loads(text)["values"][value])


def stations() -> tuple[Station, ...]:
    """All of them, with today's results."""
    recalled = [measured("copy-memory-lag", f"{cell}_longest_lag") for cell in ("rnn", "lstm", "gru")]
    long = [measured("length-bottleneck", f"{model}_length_12") for model in ("none", "bahdanau")]
    times = [measured("parallel-time", f"{kind}_2_length_100") for kind in ("attention", "gru")]
    order = [measured("order-needs-positions", f"{kind}_length_20") for kind in ("none", "sinusoidal")]
    six = [measured("six-models", f"{model}_bleu") for model in ("transformer", "bahdanau")]
    one_stack = measured("families-translate", "decoder_only_bleu")
    return (
        Station(
            2,
            "recurrent network",
            90,
            _chain,
            f"recalls {recalled[0]:.0f} steps",
            "but its gradient vanishes",
        ),
        Station(
            3,
            "LSTM and GRU",
            90,
            _belt,
            f"recall {recalled[1]:.0f} and {recalled[2]:.0f} steps",
            "but one output per input",
        ),
        Station(
            4, "encoder–decoder", 75, _neck, f"12–14 words: BLEU {long[0]:.0f}", "but one vector holds it all"
        ),
        Station(
            5, "Bahdanau attention", 75, _weights, f"12–14 words: BLEU {long[1]:.0f}", "but every step waits"
        ),
        Station(
            6,
            "Luong attention",
            60,
            _at_once,
            f"{measured('attention-time', 'ratio'):.1f} times as fast",
            "but reading still takes turns",
        ),
        Station(
            7,
            "self-attention",
            60,
            _all_meet,
            f"{times[0] / times[1]:.1f} of a GRU’s time",
            "but it knows of no order",
        ),
        Station(
            8,
            "positions",
            60,
            _clocks,
            f"order known: {order[0]:.0f} → {order[1]:.0f} %",
            "but parts are no model yet",
        ),
        Station(
            9,
            "the Transformer",
            75,
            _stacks,
            f"BLEU {six[0]:.0f}, Bahdanau’s {six[1]:.0f}",
            "are two stacks needed?",
        ),
        Station(10, "three families", 45, _masks, f"one causal stack: BLEU {one_stack:.0f}", ""),
    )


def wide() -> Canvas:
    c = Canvas(WIDE, 498)
    for number, station in enumerate(stations()):
        row, place = divmod(number, 3)
        column = place if row % 2 == 0 else 2 - place
        left, top = 236 * column, 174 * row
        c.frame(left, top, left + 216, top + 150, f"{station.chapter}  {station.name}", "ink")
        c.text(left + 10, top + 38, station.part, kind="small note start")
        c.text(left + 206, top + 38, f"{station.minutes} min", kind="small note end")
        station.picture(c, left + 108, top + 66)
        c.text(left + 108, top + 112, station.measured, kind="small strong")
        if station.wrong:
            c.text(left + 108, top + 134, station.wrong, kind="note")
        if place < 2:
            x, ahead = (left + 216, 20) if row % 2 == 0 else (left, -20)
            c.arrow((x, top + 75), (x + ahead, top + 75), role="ink", gap=2, width=2)
        elif row < 2:
            c.arrow((left + 108, top + 150), (left + 108, top + 174), role="ink", gap=2, width=2)
    return c


def narrow() -> Canvas:
    pitch = 126
    c = Canvas(NARROW, pitch * 9 - 18)
    for number, station in enumerate(stations()):
        top = pitch * number
        c.frame(0, top, 328, top + 108, "", "ink")
        station.picture(c, 64, top + 54)
        c.text(134, top + 92, f"{station.part}, {station.minutes} min", kind="small note start")
        c.text(134, top + 22, f"{station.chapter}  {station.name}", kind="strong start")
        c.text(134, top + 45, station.measured, kind="small strong start")
        if station.wrong:
            c.text(134, top + 67, station.wrong, kind="note start")
            c.arrow((64, top + 108), (64, top + pitch), role="ink", gap=2, width=2)
    return c


def _said() -> str:
    return " ".join(
        f"Chapter {one.chapter} ({one.part}), {one.name}: {one.measured}{one.wrong and ', '}{one.wrong}."
        for one in stations()
    )


DRAWING = Drawing(
    name="whole-way",
    title="The whole way: each step mends what was still wrong with the one before",
    caption=(
        "Nine steps with their chapters, parts of the book and minutes to read. In bold what was measured, "
        "the mean over seeds: steps over which a symbol is recalled; BLEU; time for a training step, or for "
        "a token at 100 tokens on two cores; answers to which of two symbols came first. Below it the flaw "
        "that the next step takes up."
    ),
    description=f"Nine boxes joined by arrows. {_said()}",
    wide=wide,
    narrow=narrow,
)
