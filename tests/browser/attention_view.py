"""What an Attention on a page says and draws, compared with the weights that it was made from."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from s2s_course.widgets.attention import Attention

from .static_page import stored, write_page

SRC = ("the", "house", "burned", ",", "but", "victor", "did", "not", "look", ".", "<eos>")
TGT = ("la", "maison", "a", "brûlé", ",", "mais", "victor", "n'", "a", "pas", "regardé", ".", "<eos>")
GOLD = [(0, 0), (1, 1), (2, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 8), (7, 7), (7, 9), (8, 10), (9, 11)]

READ = """root => {
  const all = (within, selector, read) => Array.from(within.querySelectorAll(selector), read);
  const seen = (node) => node !== null && node.getClientRects().length > 0;
  const middle = (node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  return {
    readout: root.querySelector("output").textContent.trim(),
    pickers: all(root, "select:not(.own-sentence *)", (select) => select.selectedIndex),
    read: all(root, ".control [aria-pressed]", (button) => button.ariaPressed),
    drawing: all(root, ".switch [aria-pressed=true]", (button) => button.textContent),
    panels: all(root, ".panel", (panel) => {
      const map = panel.querySelector(".map"), box = map.getBoundingClientRect();
      const share = (node) => [
        (middle(node)[0] - box.x) / box.width, (middle(node)[1] - box.y) / box.height];
      return {
        score: all(panel, ".score b", (node) => node.textContent),
        caption: panel.querySelector("caption").textContent,
        rows: all(panel, "tbody tr", (row) => [
          row.cells[0].textContent, row.cells[2].textContent,
          parseFloat(row.querySelector("div i").style.width), seen(row.querySelector(".gold")),
          row.matches(".now")]),
        sum: panel.querySelector("tfoot").textContent,
        row: seen(panel.querySelector(".row")) ? share(panel.querySelector(".row"))[1] : null,
        column: seen(map) ? share(panel.querySelector(".cursor"))[0] : null,
        gold: all(panel, ".map .gold", (node) => seen(node) && share(node)),
        links: all(panel, ".map .link", (node) => seen(node) && share(node)),
        now: all(panel, ".stage .now", (node) => seen(node) && node.textContent).filter(Boolean),
        lines: all(panel, "path", (path) => [path.getAttribute("class"), path.getAttribute("d"),
          parseFloat(path.style.getPropertyValue("--share")), seen(path)]),
        dots: all(panel, ".fan .link", (node) => [parseFloat(node.style.left), parseFloat(node.style.top)]),
      };
    }),
  };
}"""


def weights(tgt, src, links=(), *, sharp=4.0, seed=0) -> np.ndarray:
    scores = np.random.default_rng(seed).normal(size=(len(tgt), len(src)))
    for i, j in links:
        scores[j, i] += sharp
    shares = np.exp(scores)
    return shares / shares.sum(axis=1, keepdims=True)


SHARP, BLUNT = weights(TGT, SRC, GOLD), weights(TGT, SRC, GOLD, sharp=1.5, seed=1)
TWO = {"Bahdanau": (TGT, SHARP), "Luong": (TGT, BLUNT)}


def links_by_hand(tgt, array, src) -> list[tuple[int, int]]:
    most = [max(range(len(src)), key=lambda i: row[i]) for row in array]
    return sorted((i, j) for j, i in enumerate(most) if tgt[j] != "<eos>" and src[i] != "<eos>")


class View:
    """One Attention on a page, and the truth about it."""

    def __init__(self, root: Locator, attentions: dict, src, gold):
        self.root, self.page, self.models, self.src, self.gold = root, root.page, attentions, src, gold
        self.stage = root.get_by_role("application").first
        expect(root.locator("output")).to_contain_text("attend")

    def seen(self) -> dict:
        return self.root.evaluate(READ)

    def says(self) -> tuple[str, int, int]:
        """Side, row and column; every number that is said is compared with the truth."""
        seen = self.seen()
        row, column = seen["pickers"]
        side = {("true", "false"): "target", ("false", "true"): "source"}[tuple(seen["read"])]
        said = []
        for (tgt, array), panel in zip(self.models.values(), seen["panels"], strict=True):
            here = row < len(tgt)
            if seen["drawing"] == ["map"]:
                assert panel["column"] == pytest.approx((column + 0.5) / len(self.src), abs=0.01)
                assert panel["row"] == (pytest.approx((row + 0.5) / len(tgt), abs=0.01) if here else None)
            assert sorted(panel["now"]) == sorted([self.src[column], *tgt[row : row + 1]])
            if not here:
                said.append(f"has no target word {row + 1}")
                if side == "target":
                    assert (panel["caption"], panel["rows"], panel["sum"]) == (said[-1], [], "")
                    continue
            self._compare_numbers(panel, side, row, column, tgt, array)
            if here:
                number = panel["rows"][column if side == "target" else row][1]
                words = (tgt[row], self.src[column])
                link = "“{}” attends to “{}”" if side == "target" else "“{1}” is attended to by “{0}”"
                said.append((link.format(*words), f"{number} of {panel['sum'][-4:]}"))
        names = [f"{name} " if len(self.models) > 1 else "" for name in self.models]
        if len({tgt[row : row + 1] for tgt, _ in self.models.values()}) == 1:
            numbers = [name + number for name, (_, number) in zip(names, said, strict=True)]
            assert seen["readout"] == f"{said[0][0]}: {', '.join(numbers)}"
        else:
            texts = [text if isinstance(text, str) else " ".join(text) for text in said]
            assert seen["readout"] == ", ".join(n + text for n, text in zip(names, texts, strict=True))
        return side, row, column

    def _compare_numbers(self, panel, side, row, column, tgt, array) -> None:
        """The table: words, numbers, bars, gold marks and the sum."""
        if side == "target":
            values, words, chosen, links = (
                array[row],
                self.src,
                column,
                [(i, row) for i in range(len(self.src))],
            )
            assert panel["caption"] == f"“{tgt[row]}” attends to " and panel["sum"].endswith("1.00")
        else:
            values, words, chosen, links = array[:, column], tgt, row, [(column, j) for j in range(len(tgt))]
            assert panel["caption"] == f"“{self.src[column]}” is attended to by "
        others, numbers, widths, gold, now = (list(part) for part in zip(*panel["rows"], strict=True))
        assert others == list(words) and now == [k == chosen for k in range(len(words))]
        assert gold == [link in (self.gold or ()) for link in links]
        assert all(re.fullmatch(r"[01]\.\d{3}", number) for number in numbers)
        # rounded to three digits; float16 is off by 1/4096 at most
        assert [float(number) for number in numbers] == pytest.approx(values.tolist(), abs=0.00075)
        assert widths == pytest.approx((100 * values).tolist(), abs=0.03)
        kind = "source" if side == "target" else "target"
        text, total = re.fullmatch(r"(.*tokens)(\d+\.\d\d)", panel["sum"]).groups()
        assert text == f"sum over {len(words)} {kind} tokens"
        assert float(total) == pytest.approx(values.sum(), abs=0.0075)

    def place(self, row: int, column: int, panel: int = 0) -> tuple[float, float]:
        """The middle of a cell of a map on the screen, after scrolling it there."""
        canvas = self.root.locator("canvas").nth(panel)
        canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box, (rows, columns) = canvas.bounding_box(), [*self.models.values()][panel][1].shape
        return box["x"] + box["width"] * (column + 0.5) / columns, box["y"] + box["height"] * (
            row + 0.5
        ) / rows

    def press(self, *keys: str) -> tuple[str, int, int]:
        for key in keys:
            self.page.keyboard.press(key)
        return self.says()


def open_views(
    open_page: Callable[..., Page],
    folder: Path,
    *all_models: dict,
    src=SRC,
    gold=GOLD,
    linked=(),
    view: Mapping | None = None,
    **options,
) -> list[View]:
    """Show one Attention for each of ``all_models``; ``linked`` traits are those of the first two."""
    made = [Attention.compare(models, src_tokens=src, gold=gold) for models in all_models]
    for widget in made:
        for name, value in (view or {}).items():
            setattr(widget, name, value)
    models = {str(i): stored(widget) for i, widget in enumerate(made)}
    links = {
        name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
        for name in linked
    }
    address = write_page(folder, models | links, list(models))
    page = open_page(address, **{"viewport": {"width": 900, "height": 900}} | options)
    roots = page.locator(".s2s-attention")
    expect(roots).to_have_count(len(made))
    return [View(roots.nth(i), models, src, gold) for i, models in enumerate(all_models)]
