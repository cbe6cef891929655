"""What a Masks on a page says and draws, compared with its mask and with matrix powers in numpy."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, expect

from s2s_course.widgets.masks import Masks

from .static_page import stored, write_page

SRC = ("the", "black", "cat", "sleeps", ".")
TGT = ("<bos>", "le", "chat", "noir", "dort", "!")

NAN = "softmax over nothing is NaN."
WARNINGS = [
    # preset, layers, cells to turn, what is said
    ("causal", 1, [(1, 0), (1, 1)], [f"⚠ “le” may attend to nothing: {NAN}"]),
    ("causal", 1, [(1, 2)], ["⚠ “le” sees its own answer, “chat”: it would learn to copy it."]),
    ("causal", 1, [(1, 3)], ["⚠ “le” sees a word that is written later."]),
    (
        "causal",
        1,
        [(0, 1), (1, 2), (2, 3), (3, 4), (3, 5), (2, 5)],
        ["⚠ “<bos>”, “le”, “chat” and 1 more see their own answers: they would learn to copy them."],
    ),
    ("cross", 1, [(2, 5)], ["⚠ “chat” attends to padding, which says nothing."]),
    ("cross", 1, [(0, j) for j in range(5)], [f"⚠ “<bos>” may attend to nothing: {NAN}"]),
    ("padding", 1, [(0, 5), (1, 6), (5, 6)], ["⚠ “the”, “black” attend to padding, which says nothing."]),
    ("padding", 1, [(0, 6)], ["⚠ “the” attends to padding, which says nothing."]),
    ("prefix", 1, [(0, 9)], []),
    (
        "prefix",
        2,
        [(0, 9)],
        [
            "⚠ “noir” sees its own answer, “dort”, after 2 layers, by way of others.",
            "⚠ “<bos>”, “le”, “chat” see words that are written later, after 2 layers, by way of others.",
        ],
    ),
    ("encoder_decoder", 1, [(0, j) for j in range(5)], [f"⚠ “the” may attend to nothing: {NAN}"]),
    (
        "encoder_decoder",
        1,
        [(5, j) for j in range(6)],
        [f"⚠ “<bos>” may attend to nothing in the {part}: {NAN}" for part in ("source", "target")],
    ),
    ("encoder_decoder", 6, [(8, 9)], ["⚠ “noir” sees its own answer, “dort”: it would learn to copy it."]),
    ("encoder_only", 1, [(0, 0)], []),
]

# Of all text of a widget with what is behind it.
CONTRASTS = """root => {
  const read = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    const color = read(getComputedStyle(node).backgroundColor);
    return color.length === 4 && color[3] === 0 ? behind(node.parentElement) : color;
  };
  return Array.from(root.querySelectorAll("p, span, b, li, small, option, button:enabled"))
    .filter((node) => node.textContent)
    .map((node) => [light(read(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a))
    .map(([more, less]) => (more + 0.05) / (less + 0.05));
}"""

READ = """root => {
  const all = (selector, read) => Array.from(root.querySelectorAll(selector), read);
  const box = (node) => node.getBoundingClientRect();
  const map = box(root.querySelector(".map"));
  const cells = all(".map > i", (cell) => ({
    on: cell.matches(".on"), later: cell.matches(".later"), bad: cell.matches(".bad"),
    locked: cell.matches(".locked"),
    x: (box(cell).x + box(cell).width / 2 - map.x) / map.width,
    y: (box(cell).y + box(cell).height / 2 - map.y) / map.height,
  }));
  return {
    cells,
    columns: all(".tokens span", (node) => node.textContent),
    rows: all(".names > :last-child span", (node) => node.textContent),
    bad_rows: all(".names .bad", (node) => node.textContent),
    now: all(".now", (node) => node.textContent),
    row: (box(root.querySelector(".row")).y - map.y) / map.height,
    column: (box(root.querySelector(".cursor")).x - map.x) / map.width,
    lines: all("output > span", (node) => node.textContent),
    warnings: all("li", (node) => node.textContent),
    chosen: all("select", (select) => [select.ariaLabel, select.value]),
    layers: Number(root.querySelector("input").value),
    buttons: all("button", (button) => [button.textContent, button.disabled]),
  };
}"""


def known_after(kind: str, first: int, mask: np.ndarray, layers: int) -> np.ndarray:
    """Whose information a row may hold: paths of at most ``layers`` steps, counted with matrix powers."""
    if kind == "cross":
        return mask
    size = len(mask)
    power = lambda square: np.linalg.matrix_power(np.eye(len(square)) + square, layers) > 0  # noqa: E731
    if kind == "self":
        return power(mask)
    encoder = power(mask[:first, :first])
    # Each layer looks at the target so far, then at the encoder's outputs.
    known = np.eye(size, dtype=bool)[first:]
    for _ in range(layers):
        known = (np.eye(size - first) + mask[first:, first:]) @ known > 0
        known[:, :first] |= mask[first:, :first].astype(int) @ encoder > 0
    return np.vstack([np.pad(encoder, ((0, 0), (0, size - first))), known])


def counted(values: np.ndarray) -> str:
    count, total = int(values.sum()), len(values)
    return "nothing" if not count else f"all {total}" if count == total else f"{count} of {total}"


class View:
    """One Masks on a page, and the truth about it."""

    def __init__(self, root: Locator, widget: Masks):
        self.root, self.page = root, root.page
        self.presets = {each["key"]: each for each in widget.presets}
        self.stage = root.get_by_role("application")
        expect(root.locator("output")).to_contain_text("attend")

    def seen(self) -> dict:
        return self.root.evaluate(READ)

    def mask(self) -> np.ndarray:
        seen = self.seen()
        cells = np.array([cell["on"] for cell in seen["cells"]])
        return cells.reshape(len(seen["rows"]), len(seen["columns"]))

    def says(self, mask: np.ndarray) -> tuple[str, int, int, int]:
        """Preset, row, column and layers; everything shown is compared with ``mask``."""
        seen = self.seen()
        values = dict(seen["chosen"])
        key = values.get("mask", "own")
        preset = self.presets[key]
        row, column, layers = int(values["asks"]), int(values["looks at"]), seen["layers"]
        kind, first = preset["kind"], preset["first_target"]
        (rows, columns), at = mask.shape, np.indices(mask.shape)
        assert seen["rows"] == preset["rows"] and seen["columns"] == preset["columns"]
        assert seen["now"] == [preset["rows"][row], preset["columns"][column]] or seen["now"] == [
            preset["columns"][column],
            preset["rows"][row],
        ]
        known = known_after(kind, first, mask, layers)
        ahead = known & (at[0] >= first) & (at[1] > at[0]) & (kind != "cross")
        locked = (at[0] < first) & (at[1] >= first) & (kind == "towers")
        shown = {name: np.array([cell[name] for cell in seen["cells"]]) for name in seen["cells"][0]}
        for name, truth in {"on": mask, "later": known & ~mask, "bad": ahead, "locked": locked}.items():
            assert (shown[name].reshape(mask.shape) == truth).all(), name
        np.testing.assert_allclose(shown["x"].reshape(mask.shape), (at[1] + 0.5) / columns, atol=0.01)
        np.testing.assert_allclose(shown["y"].reshape(mask.shape), (at[0] + 0.5) / rows, atol=0.01)
        assert abs(seen["row"] - row / rows) < 0.01 and abs(seen["column"] - column / columns) < 0.01
        self._compare_words(seen, preset, mask, known, locked, row, column, layers)
        return key, row, column, layers

    def _compare_words(self, seen, preset, mask, known, locked, row, column, layers) -> None:
        words = lambda line: " · ".join(np.array(preset["columns"])[line])  # noqa: E731
        cell = "may attend" if mask[row, column] else "may not attend"
        cell = "there is no such attention" if locked[row, column] else cell
        named, direct, after = seen["lines"]
        assert named == f"“{preset['rows'][row]}” → “{preset['columns'][column]}”: {cell}"
        some = 0 < mask[row].sum() < mask.shape[1]
        listed = f": {words(mask[row])}" if some else ""
        assert direct == f"In one layer it attends to {counted(mask[row])}{listed}"
        if preset["kind"] == "cross":
            assert after.startswith("More layers change nothing")
        else:
            others = known[row] & ~mask[row]
            others[row] = False
            plural = "s" if layers > 1 else ""
            said = f"After {layers} layer{plural} it may know of {counted(known[row])}"
            said += f", by way of others also {words(others)}" if others.any() else ""
            said += ", the same" if mask[row, row] and not others.any() else ""
            said += "" if mask[row, row] else ". Of itself it knows, too: a layer adds to what was there"
            assert after == said
        buttons = dict(seen["buttons"])
        assert buttons["forbid this cell" if mask[row, column] else "allow this cell"] == locked[row, column]
        bits = "".join("1" if cell else "0" for cell in mask.flatten())
        assert buttons["reset the mask"] == (bits == preset["bits"])
        assert buttons["−"] == (layers == 1) and buttons["+"] == (layers == 6)

    def choose(self, name: str, value: str) -> None:
        self.root.get_by_label(name, exact=True).select_option(value)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def place(self, row: int, column: int) -> tuple[float, float]:
        """The middle of a cell on the screen, after scrolling it there."""
        cell = self.root.locator(".map > i").nth(row * len(self.seen()["columns"]) + column)
        cell.scroll_into_view_if_needed()
        box = cell.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def examples(**options) -> Masks:
    return Masks.examples(**{"src_tokens": SRC, "tgt_tokens": TGT} | options)


def open_views(
    open_page: Callable[..., Page],
    folder: Path,
    *widgets: Masks,
    linked=(),
    view: Mapping | None = None,
    **options,
) -> list[View]:
    """Show these widgets on one page; ``linked`` traits are those of the first two."""
    for widget in widgets:
        for name, value in (view or {}).items():
            setattr(widget, name, value)
    models = {str(i): stored(widget) for i, widget in enumerate(widgets)}
    links = {
        name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
        for name in linked
    }
    address = write_page(folder, models | links, list(models))
    page = open_page(address, **{"viewport": {"width": 1000, "height": 900}} | options)
    roots = page.locator(".s2s-masks")
    expect(roots).to_have_count(len(widgets))
    return [View(roots.nth(i), widget) for i, widget in enumerate(widgets)]
