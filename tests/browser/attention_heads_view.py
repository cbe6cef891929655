"""What all heads of an Attention on a page say, compared with the weights that they were made from."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator

from s2s_course.trace.heads import HeadsTrace

from .attention_view import GOLD, SRC, TGT, weights

READ_TOKENS = ("<bos>", *TGT[:-1])
KINDS = {"encoder": (SRC, SRC), "decoder": (READ_TOKENS, READ_TOKENS), "cross": (TGT, SRC)}


def heads(kind: str, layers: int, count: int) -> np.ndarray:
    tgt, src = KINDS[kind]
    links = GOLD if kind == "cross" else ()
    stack = [
        [weights(tgt, src, links, sharp=1.0 + h, seed=100 * j + h) for h in range(count)]
        for j in range(layers)
    ]
    array = np.array(stack)
    if kind == "decoder":
        array = np.tril(array)
        array /= array.sum(axis=-1, keepdims=True)
    return array.astype(np.float32)


ARRAYS = {"encoder": heads("encoder", 3, 4), "decoder": heads("decoder", 2, 4), "cross": heads("cross", 2, 3)}
TRACE = HeadsTrace(SRC, TGT, READ_TOKENS, *ARRAYS.values())
SEEN = """root => {
  const all = (selector, read) => Array.from(root.querySelectorAll(selector), read);
  const cells = all("[role=gridcell]", (cell) => cell);
  return {
    kind: root.querySelector(".heads select")?.value,
    pickers: all("select:not(.heads *, .own-sentence *)", (select) => select.selectedIndex),
    read: all(".control [aria-pressed]", (button) => button.ariaPressed),
    names: all(".control [aria-pressed]", (button) => button.textContent),
    selected: cells.filter((cell) => cell.ariaSelected === "true").map((cell) => cells.indexOf(cell)),
    stops: cells.filter((cell) => cell.tabIndex === 0).map((cell) => cells.indexOf(cell)),
    outlined: cells.filter((cell) => cell.matches(".now")).map((cell) => cells.indexOf(cell)),
    labels: cells.map((cell) => cell.ariaLabel),
    rates: cells.map((cell) => cell.textContent.replace("\\u00a0", " ")),
    best: cells.filter((cell) => cell.querySelector(".best")).map((cell) => cells.indexOf(cell)),
    caption: root.querySelector("figcaption b").textContent,
    score: all(".score b", (node) => node.textContent),
    readout: root.querySelector("output").textContent.trim(),
    table: all("tbody tr", (row) => [row.cells[0].textContent, row.cells[2].textContent]),
    sum: root.querySelector("tfoot").textContent,
  };
}"""


class View:
    """One Attention with heads on a page, and the truth about it."""

    def __init__(self, root: Locator, arrays: dict = ARRAYS):
        self.root, self.page, self.arrays = root, root.page, arrays
        self.select = root.get_by_role("combobox", name="kind of attention")

    def says(self) -> tuple[str, int, int, str, int, int]:
        """Kind, layer, head, side, row and column; every number that is said is compared with the truth."""
        seen = self.root.evaluate(SEEN)
        kind, (row, column) = seen["kind"] or next(iter(self.arrays)), seen["pickers"]
        (tgt, src), stack = KINDS[kind], self.arrays[kind]
        (shown,) = seen["outlined"]
        layer, head = divmod(shown, stack.shape[1])
        side = {("true", "false"): "target", ("false", "true"): "source"}[tuple(seen["read"])]
        sides = ("target", "source") if kind == "cross" else ("query", "key")
        assert seen["names"] == [f"{name} word" for name in sides]
        assert seen["caption"].endswith(f"layer {layer + 1}, head {head + 1}")
        assert seen["selected"] == seen["stops"] and len(seen["stops"]) == 1
        array = stack[layer, head]
        masked = [[kind == "decoder" and i > j for i in range(len(src))] for j in range(len(tgt))]
        if side == "target":
            values, hidden, others, here = array[row], masked[row], src, column
        else:
            values, hidden, others, here = array[:, column], [line[column] for line in masked], tgt, row
        assert [word for word, _ in seen["table"]] == list(others)
        for (_, printed), value, is_hidden in zip(seen["table"], values, hidden, strict=True):
            assert printed == "masked" if is_hidden else float(printed) == pytest.approx(value, abs=0.00075)
        count, other = len(others) - sum(hidden), sides[1 if side == "target" else 0]
        count = f"{count} of {len(others)}" if sum(hidden) else f"{count}"
        assert seen["sum"].startswith(f"sum over {count} {other} tokens")
        assert float(seen["sum"][-4:]) == pytest.approx(values.sum(), abs=0.0075)
        words = (tgt[row], src[column]) if side == "target" else (src[column], tgt[row])
        verb, number = "attends" if side == "target" else "is attended", seen["table"][here][1]
        to, place = ("to", "a later") if side == "target" else ("to by", "an earlier")
        if masked[row][column]:
            verb = "attend to" if side == "target" else "be attended to by"
            assert seen["readout"] == f"“{words[0]}” may not {verb} “{words[1]}”, {place} word: masked"
        else:
            link = f"“{words[0]}” {verb} {to} “{words[1]}” in layer {layer + 1}, head {head + 1}"
            assert seen["readout"] == f"{link}: {number} of {seen['sum'][-4:]}"
        return kind, layer, head, side, row, column

    def cell(self, layer: int, head: int) -> Locator:
        return self.root.get_by_role("gridcell", name=re.compile(f"^layer {layer + 1}, head {head + 1}(,|$)"))

    def press(self, *keys: str) -> tuple[int, int]:
        for key in keys:
            self.page.keyboard.press(key)
        return self.says()[1:3]
