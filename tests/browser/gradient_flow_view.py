"""What a GradientFlow on a page says and draws, compared with the arrays that it was made from."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from s2s_course.widgets import GradientFlow

from .static_page import stored, write_page

WORDS = ("the", "black", "cat", "that", "the", "small", "dog", "of", "my", "old", "friend", "chases")
WORDS += ("sleeps", ".", "<eos>")
FLOOR = 1e-12

_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_READ = """root => {
  const all = (selector, read) => Array.from(root.querySelectorAll(selector), read);
  const text = (node) => node.textContent.replaceAll("\\u00a0", " ");
  const box = (node) => node.getBoundingClientRect();
  const plot = box(root.querySelector(".plot")), area = box(root.querySelector(".area"));
  const middle = (node) => (box(node).left + box(node).right) / 2;
  return {
    readout: text(root.querySelector("output")),
    rows: all("tbody tr", (row) => Array.from(row.cells, text)),
    ticks: all(".y span", (tick) => [text(tick), parseFloat(tick.style.top)]),
    lines: all("path.line", (line) => line.getAttribute("d") ?? ""),
    dots: all(".area i", (dot) => dot.hidden ? null : [
      (middle(dot) - area.left) / area.width,
      (100 * ((box(dot).top + box(dot).bottom) / 2 - area.top)) / area.height]),
    cursor: (middle(root.querySelector(".cursor")) - area.left) / area.width,
    frames: all(".frame", (frame) => (middle(frame) - plot.left) / plot.width),
  };
}"""


def gradients(steps: int, rate: float, seed: int, start: float = 0.4) -> np.ndarray:
    """Sizes (S, S) that change by about ``rate`` with each step back, unevenly."""
    rng = np.random.default_rng(seed)
    norms = np.diag(start * rng.uniform(0.5, 2, steps))
    for t in range(steps):
        for s in range(t, 0, -1):
            norms[t, s - 1] = norms[t, s] * rate * rng.uniform(0.6, 1.4)
    return norms


def cells(steps: int) -> dict[str, np.ndarray]:
    """Three cells of different reach and different size at lag 0."""
    return {
        "RNN": gradients(steps, 0.2, 1),
        "LSTM": gradients(steps, 0.97, 2, start=3e-5),
        "GRU": gradients(steps, 0.8, 3, start=200.0),
    }


def number(text: str) -> float:
    """'0.25', '2.5 × 10⁻⁷' and '10⁻¹²' as numbers."""
    scientific = re.fullmatch(r"(?:([\d.]+) × )?10(\D+)", text)
    if scientific is None:
        return float(text)
    return float(scientific[1] or 1) * 10.0 ** int(scientific[2].translate(_DIGITS))


class View:
    """One GradientFlow on a page, and the truth about it."""

    def __init__(self, root: Locator, norms: dict[str, np.ndarray], tokens: tuple[str, ...]):
        self.root, self.norms, self.tokens, self.page = root, norms, tokens, root.page
        self.chart, self.readout = root.get_by_role("application"), root.locator("output")
        expect(self.readout).to_contain_text("loss at step")

    def says(self) -> tuple[int, int]:
        """Step (from 0) and lag of the readout. All that is said and drawn is compared with the truth."""
        seen = self.root.evaluate(_READ)
        places, values = seen["readout"].split(". Relative to lag 0: ")
        step, loss, past, token, lag = re.fullmatch(
            r"loss at step (\d+) “(.*)”, input at step (\d+) “(.*)”, lag (\d+)", places
        ).groups()
        step, past, lag = int(step) - 1, int(past) - 1, int(lag)
        assert past == step - lag and (loss, token) == (self.tokens[step], self.tokens[past])
        assert values == "; ".join(f"{name} {relative}" for name, _, relative, _ in seen["rows"])
        assert [name for name, *_ in seen["rows"]] == list(self.norms)
        for name, *texts in seen["rows"]:
            _compare_numbers(self.norms[name], step, lag, *texts)
        _compare_chart(self.norms, step, lag, seen)
        assert [int(place * len(self.tokens)) for place in seen["frames"]] == [step, past]
        return step, lag

    def rows(self) -> list[list[str]]:
        """The table: name, gradient, relative to lag 0, factor per step."""
        return self.root.evaluate(_READ)["rows"]

    def ticks(self) -> dict[int, float]:
        return _ticks(self.root.evaluate(_READ))

    def place(self, lag: int) -> tuple[float, float]:
        """The middle of a lag's column on the chart, after scrolling the page there."""
        area = self.root.locator(".area")
        area.evaluate("area => area.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box = area.bounding_box()
        return box["x"] + box["width"] * (lag + 0.5) / len(self.tokens), box["y"] + box["height"] / 3

    def strip(self, cell: int) -> list[tuple[str, tuple[int, ...]]]:
        """Class and color of each box of a cell's strip."""
        boxes = self.root.locator(".strip").nth(cell).locator("i")
        read = "boxes => boxes.map((box) => [box.className, getComputedStyle(box).backgroundColor])"
        return [(kind, rgb(color)) for kind, color in boxes.evaluate_all(read)]


def open_view(
    open_page: Callable[..., Page],
    folder: Path,
    norms: dict[str, np.ndarray] | None = None,
    tokens: Sequence[str] = WORDS,
    *,
    view: Mapping | None = None,
    **context_options,
) -> View:
    """Show one GradientFlow on a page, in a browser context with these options."""
    norms = cells(len(tokens)) if norms is None else norms
    widget = GradientFlow.from_norms(norms, tokens=tokens, **view or {})
    address = write_page(folder, {"1": stored(widget)}, ["1"])
    page = open_page(address, **{"viewport": {"width": 900, "height": 900}} | context_options)
    return View(page.locator(".s2s-gradient-flow"), norms, tokens)


def rgb(color: str) -> tuple[int, ...]:
    """The channels of a computed color; four where it is transparent."""
    if color.startswith("color(srgb "):  # what color-mix gives: shares of 1
        return tuple(round(255 * float(share)) for share in re.findall(r"[\d.]+", color)[:3])
    return tuple(int(channel) for channel in re.findall(r"\d+", color))


def contrast(one: Sequence[int], other: Sequence[int]) -> float:
    """The contrast of two colors, as WCAG 2 defines it."""

    def luminance(color):
        share = np.asarray(color) / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def _compare_numbers(norms: np.ndarray, step: int, lag: int, size: str, relative: str, factor: str) -> None:
    """Two digits are printed, of the factor three where it is near 1."""
    truth, start = norms[step, step - lag], norms[step, step]
    if truth == 0:
        assert (size, relative, factor) == ("nothing", "nothing", "–")
    elif truth / start < FLOOR:
        assert relative == "below 10⁻¹²" and size.startswith("below ") and factor.startswith("below ")
        assert number(size[6:]) == pytest.approx(FLOOR * start, rel=0.06)
        assert number(factor[6:]) == pytest.approx(FLOOR ** (1 / lag), rel=0.06)
    else:
        assert number(size) == pytest.approx(truth, rel=0.06)
        assert number(relative) == pytest.approx(truth / start, rel=0.06)
        if lag == 0:
            assert (relative, factor) == ("1.0", "–")
        else:
            expected = (truth / start) ** (1 / lag)
            assert number(factor) == pytest.approx(expected, rel=0.006 if expected > 0.01 else 0.06)


def _ticks(seen: dict) -> dict[int, float]:
    """The height, in percent from the top, of each power of ten."""
    return {round(np.log10(number(text))): height for text, height in seen["ticks"]}


def _compare_chart(norms: dict[str, np.ndarray], step: int, lag: int, seen: dict) -> None:
    """Each line and each dot lies where the ticks say that its value is."""
    ticks, last = _ticks(seen), max(len(matrix) for matrix in norms.values())
    slope, zero = np.polyfit(list(ticks), list(ticks.values()), 1)
    assert seen["cursor"] == pytest.approx((lag + 0.5) / last, abs=0.006)
    for matrix, line, dot in zip(norms.values(), seen["lines"], seen["dots"], strict=True):
        relative = matrix[step, step::-1] / (matrix[step, step] or 1)
        drawn = {float(x) - 0.5: float(y) for x, y in re.findall(r"[ML]([\d.]+) ([\d.-]+)", line)}
        assert list(drawn) == np.flatnonzero(relative).tolist()
        gaps = sum(relative[back] > 0 and (back == 0 or relative[back - 1] == 0) for back in range(step + 1))
        assert line.count("M") == gaps, "a line does not run over what is nothing"
        for back, y in drawn.items():
            if relative[int(back)] < FLOOR:
                assert slope * -12 + zero + 1 < y < 99, "in the band below the floor"
            else:
                assert y == pytest.approx(slope * np.log10(relative[int(back)]) + zero, abs=0.1)
        if relative[lag] == 0:
            assert dot is None
        else:
            assert dot == pytest.approx([(lag + 0.5) / last, drawn[lag]], abs=0.6)
            assert dot[0] == pytest.approx((lag + 0.5) / last, abs=0.006)
