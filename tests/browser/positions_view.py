"""What a Positions on a page draws and says, compared with ``s2s_course.layers.positions``."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from playwright.sync_api import Locator, Page, expect

from s2s_course.layers import positions as ways
from s2s_course.widgets.positions import Positions
from s2s_course.widgets.shared.arrays import decode_array

from .static_page import stored, write_page

RNG = np.random.default_rng(0)
LEARNED, RELATIVE = RNG.normal(size=(20, 12)).astype(np.float16), RNG.normal(size=(32, 5)).astype(np.float16)
COLORS = {  # of color.js
    ("diverging", "light"): ["#0b3d75", "#4a90cf", "#ffffff", "#e88b3d", "#8c3503"],
    ("diverging", "dark"): ["#9fd3ff", "#2f7cc4", "#161a20", "#c46a1c", "#ffc68a"],
    ("sequential", "light"): ["#ffffff", "#b79fd8", "#44207e"],
    ("sequential", "dark"): ["#161a20", "#6d4cab", "#dccdff"],
}

READ = """(root, withPixels) => {
  const seen = (node) => node.getClientRects().length > 0;
  const map = (name) => {
    const stage = root.querySelector(`.stage.${name}`);
    if (!seen(stage)) return null;
    const canvas = stage.querySelector("canvas"), frame = canvas.getBoundingClientRect();
    const [row, column] = ["row", "column"].map((part) =>
      stage.querySelector(`.${part}`).getBoundingClientRect());
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const hex = (byte) => byte.toString(16).padStart(2, "0");
    return {
      shape: [canvas.height, canvas.width, 4], data: withPixels && Array.from(data, hex).join(""),
      row: (row.y + row.height / 2 - frame.y) / frame.height,
      column: (column.x + column.width / 2 - frame.x) / frame.width,
      names: Array.from(stage.querySelectorAll("b"), (node) => node.textContent),
      ends: Array.from(stage.parentElement.querySelectorAll(".legend > span"), (node) => node.textContent),
    };
  };
  const course = root.querySelector(".course");
  return {
    way: root.querySelector("select").value, theme: root.dataset.theme,
    table: map("table"), pairs: map("pairs"),
    course: seen(course) && ["line", "dots", "now"].map((name) =>
      course.querySelector(`.plot .${name}`).getAttribute("d")),
    viewed: course.querySelector("p").textContent,
    lines: Array.from(root.querySelectorAll("output > span"), (node) => node.textContent),
    sliders: Array.from(root.querySelectorAll(".control:has(input)"), (node) =>
      seen(node) && [node.querySelector("span").textContent, node.querySelector("input").ariaValueText])
      .filter(Boolean),
    hands: Array.from(root.querySelectorAll(".dial path[transform]"), (node) =>
      seen(node) && node.getAttribute("transform")).filter(Boolean),
  };
}"""


def sinusoids(count: int, size: int, base: int) -> np.ndarray:
    if base == 10_000:
        return ways.sinusoids(torch.arange(count), size).numpy()
    angles = np.arange(count)[:, None] / base ** (np.arange(0, size, 2) / size)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(count, -1)[:, :size]


def cosines(rows: np.ndarray) -> np.ndarray:
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T


def truth(widget: Positions) -> tuple[np.ndarray | None, np.ndarray | None]:
    """What each position gets, and what each pair of positions gets: (rows, units) and (units or 1, P, P)."""
    way, size, count, base, heads = (getattr(widget, n) for n in ("way", "size", "count", "base", "heads"))
    places = torch.arange(count)
    if way == "sinusoidal":
        rows = sinusoids(count, size, base)
        return rows, cosines(rows)[None]
    if way == "concatenated":
        own = size // 4
        if base == 10_000:
            layer = ways.Concatenated(d_model=size, num_heads=1, max_length=1)
            rows = layer.embed(torch.zeros(1, count, layer.word_size))[0].numpy()
        else:
            rows = np.hstack([np.zeros((count, size - own)), sinusoids(count, own, base)])
        return rows, cosines(rows)[None]
    if way == "learned" and widget.learned:
        rows = decode_array(widget.learned)
        return rows, cosines(rows)[None]
    if way == "relative":
        layer = ways.RelativeBias(d_model=5, num_heads=5, max_length=1)
        if not widget.relative:
            return None, layer._bucket(places[None, :] - places[:, None]).numpy()[None]
        table = decode_array(widget.relative)
        layer.table.weight.data = torch.tensor(table)
        return table, layer.bias(places, places)[0].detach().numpy()
    if way == "alibi":
        bias = ways.ALiBi(d_model=heads, num_heads=heads, max_length=1).bias(places, places)[0].numpy()
        return bias[:, 0, :].T, bias
    if way == "rotary":
        query, key = torch.tensor(decode_array(widget.content))[:, None, None, None, :size]
        layer = ways.Rotary(d_model=size, num_heads=1, max_length=1)
        turn = lambda vector: layer.rotate(vector.expand(1, 1, count, size))[0, 0]  # noqa: E731
        scores = (turn(query) @ turn(key).T / size**0.5).numpy()
        return sinusoids(count, size, base)[:, 1::2], scores[None] if base == 10_000 else None
    return None, None


def painted(share: np.ndarray, kind: str, theme: str) -> np.ndarray:
    """The colors of shares in [0, 1] of a scale."""
    stops = np.array([[int(s[i : i + 2], 16) for i in (1, 3, 5)] for s in COLORS[kind, theme]])
    place = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(share, place, channel) for channel in stops.T], axis=-1)


class View:
    """One Positions on a page, and the truth about it, for the settings that it was made with."""

    def __init__(self, root: Locator, widget: Positions):
        self.root, self.page, self.widget = root, root.page, widget
        self.table, self.pairs = (root.locator(f".stage.{name}") for name in ("table", "pairs"))
        expect(root.locator("output")).not_to_be_empty()

    def seen(self, *, pixels: bool = False) -> dict:
        return self.root.evaluate(READ, pixels)

    def chosen(self) -> tuple[int, int, int]:
        """Position, other and unit, as their sliders say."""
        shown = {re.sub(r" \d+$", "", name): text for name, text in self.seen()["sliders"]}
        place = {name: int(text.split()[-1]) for name, text in shown.items()}
        unit = next((place[name] for name in ("dimension", "pair", "head") if name in place), 0)
        return place.get("position", 0), place.get("other position", 0), unit

    def compare(self) -> tuple[int, int, int]:
        """Compare everything that is drawn with the layers; returns position, other and unit."""
        seen, widget = self.seen(pixels=True), self.widget
        assert seen["way"] == widget.way
        rows, pairs = truth(widget)
        position, other, unit = self.chosen()
        if rows is None:
            assert seen["table"] is None
        else:
            chosen = {"relative": None, "alibi": abs(other - position)}.get(widget.way, position)
            if chosen is None:
                layer = ways.RelativeBias(d_model=1, num_heads=1, max_length=1)
                chosen = int(layer._bucket(torch.tensor([[other - position]])))
            bounded = widget.way in ("sinusoidal", "concatenated", "rotary")
            self._compare_map(seen, "table", rows, 1 if bounded else np.abs(rows).max(), chosen, unit)
        if widget.way == "none" or (widget.way == "learned" and not widget.learned):
            assert seen["pairs"] is None and not seen["course"]
        elif pairs is not None:
            shown = pairs[unit if len(pairs) > 1 else 0]
            similarity = widget.way in ("sinusoidal", "concatenated", "learned")
            buckets = widget.way == "relative" and not widget.relative
            limit = 1 if similarity else 31 if buckets else np.abs(shown).max()
            self._compare_map(seen, "pairs", shown, limit, position, other, "sequential" if buckets else None)
            self._compare_course(seen, shown, limit if similarity or buckets else 0, position, other)
        return position, other, unit

    def _compare_map(self, seen, name, values, limit, row, column, kind=None) -> None:
        drawn = seen[name]
        share = values / limit if kind else (1 + values / limit) / 2
        pixels = np.frombuffer(bytes.fromhex(drawn["data"]), "u1").reshape(drawn["shape"])
        expected = painted(share, kind or "diverging", seen["theme"])
        assert pixels.shape[:2] == values.shape and (pixels[..., 3] == 255).all()
        assert np.abs(pixels[..., :3] - expected).max() <= 2.5, name
        assert abs(drawn["row"] - (row + 0.5) / len(values)) < 0.01
        assert abs(drawn["column"] - (column + 0.5) / values.shape[1]) < 0.01
        assert [int(text.split()[-1]) for text in drawn["names"]] == [row, column]
        low, high = (float(end.replace("−", "-")) for end in drawn["ends"])
        negative = self.widget.way == "alibi"
        bounds = (0, limit) if kind else (-limit, 0) if negative else (-limit, limit)
        np.testing.assert_allclose([low, high], bounds, atol=0.006)

    def _compare_course(self, seen, values, limit, position, other) -> None:
        count = len(values)
        bottom, top = min(0, values.min()), max(limit, values.max())
        top = top if top > bottom else 1
        for path, start in zip(seen["course"][:2], (position, other), strict=True):
            points = np.array(
                [[float(n) for n in point.split()] for point in re.findall(r"[\d.]+ [\d.-]+", path)]
            )
            assert points[:, 0].tolist() == [key - start + count - 1 for key in range(count)]
            heights = 1.04 - (0.08 + (values[start] - bottom) / (top - bottom)) / 1.08
            np.testing.assert_allclose(points[:, 1], heights, atol=2e-3)
        assert seen["course"][2] == f"M{other - position + count - 1} 0V1"
        assert seen["viewed"] == f"seen from position {position} from position {other}"

    def press(self, *keys: str) -> tuple[int, int, int]:
        for key in keys:
            self.page.keyboard.press(key)
        return self.chosen()

    def numbers(self, line: int) -> list[float]:
        """The numbers in a line of the readout; a power of ten is taken apart."""
        text = self.seen()["lines"][line].replace("−", "-").replace("\xa0", " ")
        powers = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
        text = re.sub(r" × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: f"e{found[1].translate(powers)}", text)
        return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]

    def point(self, stage: Locator, row: int, column: int, rows: int, columns: int) -> tuple[float, float]:
        """The middle of a cell of a map on the screen, after scrolling it there."""
        frame = stage.locator(".frame")
        frame.evaluate("frame => frame.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box = frame.bounding_box()
        return (
            box["x"] + box["width"] * (column + 0.5) / columns,
            box["y"] + box["height"] * (row + 0.5) / rows,
        )


def open_views(
    open_page: Callable[..., Page], folder: Path, *widgets: Positions, linked=(), **options
) -> list[View]:
    """Show these widgets on one page; ``linked`` traits are those of the first two."""
    models = {str(i): stored(widget) for i, widget in enumerate(widgets)}
    links = {
        name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
        for name in linked
    }
    address = write_page(folder, models | links, list(models))
    page = open_page(address, **{"viewport": {"width": 1100, "height": 900}} | options)
    roots = page.locator(".s2s-positions")
    expect(roots).to_have_count(len(widgets))
    return [View(roots.nth(i), widget) for i, widget in enumerate(widgets)]
