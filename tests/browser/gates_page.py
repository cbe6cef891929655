"""What Gates must show: traces and their equations in numpy, and a reader of the page that compares it."""

import math
import re

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from s2s_course.trace import RecurrenceTrace

READ_PIXELS = """canvas => {
  const { width, height } = canvas;
  return [[height, width], Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data)];
}"""


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def lstm(steps: int = 9, units: int = 24, *, seed: int = 0, scale: float = 1.0) -> RecurrenceTrace:
    rng = np.random.default_rng(seed)
    draw = lambda shift: sigmoid(rng.normal(shift, 2, (steps, units)))  # noqa: E731
    f, i, o, g = draw(1.5), draw(0), draw(0), np.tanh(scale * rng.normal(size=(steps, units)))
    states = [rng.normal(size=units)]
    for t in range(steps):
        states.append(f[t] * states[-1] + i[t] * g[t])
    gates = {"forget": f, "input": i, "candidate": g, "output": o}
    initial = {"hidden": np.zeros(units), "cell": states[0]}
    return RecurrenceTrace("lstm", initial, o * np.tanh(states[1:]), np.array(states[1:]), gates)


def gru(steps: int = 9, units: int = 24, *, seed: int = 1) -> RecurrenceTrace:
    rng = np.random.default_rng(seed)
    r, z = (sigmoid(rng.normal(shift, 2, (steps, units))) for shift in (0, 1))
    a, u = rng.normal(size=(2, steps, units))
    n, states = np.tanh(a + r * u), [rng.uniform(-1, 1, units)]
    for t in range(steps):
        states.append((1 - z[t]) * n[t] + z[t] * states[-1])
    gates = {"reset": r, "update": z, "candidate": n, "candidate_from_input": a, "candidate_from_hidden": u}
    return RecurrenceTrace("gru", {"hidden": states[0]}, np.array(states[1:]), None, gates)


def letters(trace: RecurrenceTrace) -> dict[str, np.ndarray]:
    """All quantities (steps, units) by the letters of the equations."""
    if trace.cell == "lstm":
        f, i, g, o = (trace.gates[name] for name in ("forget", "input", "candidate", "output"))
        c, h = trace.memory_cell, trace.hidden
        before = np.vstack([trace.initial["cell"], c[:-1]])
        return {
            **{"f": f, "i": i, "g": g, "o": o, "c": c, "h": h, "c′": before},
            **{"f · c′": f * before, "i · g": i * g, "tanh(c)": np.tanh(c)},
        }
    r, z, n, a, u = trace.gates.values()
    before = np.vstack([trace.initial["hidden"], trace.hidden[:-1]])
    return {
        **{"r": r, "z": z, "n": n, "a": a, "u": u, "h": trace.hidden, "h′": before},
        **{"r · u": r * u, "a + r · u": a + r * u, "(1 − z)": 1 - z},
        **{"(1 − z) · n": (1 - z) * n, "z · h′": z * before},
    }


def parse(text: str) -> float:
    """A printed number with three digits after the point."""
    assert re.fullmatch(r"−?\d+\.\d{3}", text), text
    return float(text.replace("−", "-"))


EQUATIONS = {
    "lstm": ["c = f · c′ + i · g", "h = o · tanh( c )"],
    "gru": ["n = tanh( a + r · u )", "h = (1 − z) · n + z · h′"],
}
LANES = {"lstm": ["f", "i", "g", "o", "c", "h"], "gru": ["r", "z", "a", "u", "n", "h"]}
READOUT = {
    "lstm": r"c (\S+) \(kept (\S+), written (\S+)\), h (\S+)",
    "gru": r"n (\S+), h (\S+) \(written (\S+), kept (\S+)\)",
}
SAID = {"lstm": ["c", "f · c′", "i · g", "h"], "gru": ["n", "h", "(1 − z) · n", "z · h′"]}
BARS = {
    "lstm": {"f · c′": "", "i · g": "+", "c": "=", "tanh(c)": "", "h": ""},
    "gru": {
        **{"a": "", "r · u": "+", "a + r · u": "=", "n": ""},
        **{"(1 − z) · n": "", "z · h′": "+", "h": "="},
    },
}
# Where a bar begins, and what its gate lets it through of.
AFTER = {"i · g": "f · c′", "r · u": "a", "z · h′": "(1 − z) · n"}
WHOLE = {"f · c′": "c′", "i · g": "g", "r · u": "u", "(1 − z) · n": "n", "z · h′": "h′"}


# All that the arithmetic and the lanes say, read at one time.
READ = """root => {
  const all = (within, selector, read) => Array.from(within.querySelectorAll(selector), read);
  const text = (node) => node.textContent;
  const span = (node) => [parseFloat(node.style.left), parseFloat(node.style.width)];
  return {
    readout: text(root.querySelector("output")),
    lanes: all(root, ".gutter .lane", (lane) => [text(lane.querySelector("b")), text(lane.lastChild)]),
    equations: all(root, ".equation", (equation) => [
      all(equation, "b", text), all(equation, "span", text),
      all(equation, ".gauge", (gauge) => new DOMMatrix(getComputedStyle(gauge, "::after").transform).a)]),
    bars: all(root, ".bar", (bar) => [
      text(bar.querySelector("b")), text(bar.lastChild), bar.querySelector(".fill").matches(".negative"),
      ...[".zero", ".fill", ".outline"].map((part) => span(bar.querySelector(part)))]),
  };
}"""


class Widget:
    """One Gates on a page, and the truth about it."""

    def __init__(self, root: Locator, trace: RecurrenceTrace, tokens: list[str]):
        self.root, self.tokens, self.page, self.cell = root, tokens, root.page, trace.cell
        self.truth = letters(trace)
        self.map, self.readout = root.get_by_role("application"), root.locator("output")
        self.steps, self.units = trace.hidden.shape
        expect(self.readout).to_contain_text("unit")

    def says(self) -> tuple[int, int]:
        """Step (from 1) and unit of the readout; all that the widget says is compared with the truth."""
        shown = self.root.evaluate(READ)
        pattern = rf"step (\d+) of {self.steps} “(.*)”, unit (\d+): {READOUT[self.cell]}"
        step, token, unit, *numbers = re.fullmatch(pattern, shown["readout"]).groups()
        step, unit = int(step), int(unit)
        assert token == self.tokens[step - 1]
        here = {letter: values[step - 1, unit] for letter, values in self.truth.items()}
        lanes, texts = zip(*shown["lanes"], strict=True)
        assert list(lanes) == LANES[self.cell]
        for letter, text in zip([*SAID[self.cell], *lanes], [*numbers, *texts], strict=True):
            assert parse(text) == pytest.approx(here[letter], abs=0.00051)
        for line, equation in zip(EQUATIONS[self.cell], shown["equations"], strict=True):
            check_equation(line, *equation, here)
        check_bars(BARS[self.cell], shown["bars"], here)
        return step, unit

    def place(self, step: int, unit: int) -> tuple[float, float]:
        """The middle of a cell of the map on the screen, after scrolling it there."""
        canvas = self.root.locator("canvas")
        canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box = canvas.bounding_box()
        return (
            box["x"] + box["width"] * (step - 0.5) / self.steps,
            box["y"] + box["height"] * (unit + 0.5) / self.units,
        )

    def marked(self) -> tuple[int, int]:
        """Step and unit framed by the cursor and by the lines of the row named in the gutter."""
        cursor, row = (self.root.locator(name).bounding_box() for name in (".cursor", ".row"))
        box = self.root.locator("canvas").bounding_box()
        x, y = cursor["x"] + cursor["width"] / 2, row["y"] + row["height"] / 2
        unit = int((y - box["y"]) / box["height"] * self.units)
        assert self.root.locator(".gutter .map b").inner_text() == f"unit {unit}"
        return int((x - box["x"]) / box["width"] * self.steps) + 1, unit

    def pixels(self) -> np.ndarray:
        """The map's colors (steps, units, 3)."""
        size, values = self.root.locator("canvas").evaluate(READ_PIXELS)
        return np.array(values).reshape(*size, 4)[..., :3].swapaxes(0, 1)


def check_equation(line: str, parts: list[str], below: list[str], gauges: list[float], here: dict) -> None:
    """The letters, the numbers below them, and that "=" or "≈" is said where it is so."""
    assert " ".join(parts) == line
    code = ""
    for part, text in zip(parts, below, strict=True):
        if part in here:
            assert parse(text) == pytest.approx(here[part], abs=0.00051)
            code += f"({parse(text)})"
        elif part == "=":
            code = ""  # the left side stands before it
        else:
            assert text == part
            code += {"·": "*", "tanh(": "math.tanh("}.get(part, part)
    off = abs(eval(code, {"math": math}) - parse(below[0]))
    assert off <= 0.0005 * (2 + sum(abs(here[part]) for part in parts if part in here))
    if abs(off - 0.0005) > 1e-9:  # no tie
        assert below[1] == ("=" if off < 0.0005 else "≈")
    gates = [here[part] for part in parts if part in ("f", "i", "o", "r", "z", "(1 − z)")]
    assert gauges == pytest.approx(gates, abs=1e-4)


def check_bars(marks: dict[str, str], bars: list, here: dict) -> None:
    """The numbers are a written sum, and each bar is filled and outlined as long as it should be."""
    assert [name for name, *_ in bars] == list(marks)
    total = 0.0
    for name, text, negative, (zero, _), fill, outline in bars:
        if marks[name] == "+":  # "− 0.046"
            shown = parse(text[2:]) * {"+": 1, "−": -1}[text[0]]
            total += shown
        elif marks[name] == "=":
            shown = parse(text[2:])
            assert text[0] == ("=" if math.isclose(shown, total, abs_tol=1e-9) else "≈")
            assert shown == pytest.approx(total, abs=0.0011)
        else:
            shown = total = parse(text)
        value, start = here[name], here[AFTER[name]] if name in AFTER else 0.0
        assert shown == pytest.approx(value, abs=0.00051)
        if abs(value) < 0.001:
            continue
        assert negative == (value < 0)
        percent = fill[1] / abs(value)
        assert fill[0] == pytest.approx(zero + percent * min(start, start + value), abs=0.2)
        whole = here["tanh(c)" if name == "h" and "tanh(c)" in here else WHOLE.get(name, name)]
        assert outline[1] == pytest.approx(percent * abs(whole), rel=0.01, abs=0.2)
        assert outline[0] == pytest.approx(zero + percent * min(start, start + whole), abs=0.2)
