"""What TransformerSteps on a page says and draws, compared with the trace that it was made from."""

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from s2s_course.trace.transformer_steps import TransformerTrace

from .transformer_steps_stage_checks import PARTS, StageChecks

NAMES = {"words": "word vectors", "softmax": "probabilities", "word": "output"}

# All that the widget says and draws, read at one time.
READ = """root => {
  const all = (within, selector, read) => Array.from(within.querySelectorAll(selector), read);
  const text = (node) => node.textContent.replaceAll("\\u00a0", " ");
  const [left, width] = ["left", "width"].map((side) => (node) => parseFloat(node.style[side]) / 100);
  const span = (node) => node.hidden ? null : [left(node), width(node)];
  const pixels = (canvas) =>
    Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
  const input = (name) => root.querySelector(`input[aria-label=${name}]`).valueAsNumber;
  return {
    readout: text(root.querySelector("output")),
    step: input("step"), head: input("head"), unit: input("unit"),
    rows: all(root, ".entry:not(.head)", (entry) => entry.hidden ? null : {
      label: text(entry.querySelector(".label")), before: text(entry.querySelector(".before")),
      value: text(entry.querySelector(".value")), chosen: entry.matches(".chosen"),
      bar: span(entry.querySelector(".bar")), kind: entry.querySelector(".bar").className,
      strip: entry.querySelector(".strip").hidden ? null
        : [pixels(entry.querySelector("canvas")), span(entry.querySelector(".mark"))],
    }).filter(Boolean),
    head_row: all(root, ".head > span", text),
    formula: text(root.querySelector(".formula")), note: text(root.querySelector(".note")),
    tabs: all(root, ".tabs button", (tab) => [text(tab), tab.getAttribute("aria-current") === "step"]),
    boxes: all(root, ".box", (box) => ({
      name: text(box.firstChild), done: box.matches(".done"),
      now: box.getAttribute("aria-current") === "step",
      share: text(box.querySelector("small")),
      sizes: all(box, ".sizes i", width),
    })),
    cache: all(root, ".cache > div", (row) => [
      ...all(row, ".cells", (cells) => cells.querySelectorAll(".held").length), text(row.lastChild)]),
    sentences: all(root, ".sentence", (line) => all(line, "div > span", (node) => ({
      token: text(node), seen: getComputedStyle(node.firstChild).visibility === "visible",
      now: node.matches(".now"), height: node.lastChild.getBoundingClientRect().height }))),
    levels: all(root, "details", (level) => [level.className, level.open, level.hidden]),
  };
}"""


class View(StageChecks):
    """One TransformerSteps on a page, and the truth about it."""

    def __init__(self, root: Locator, truth: TransformerTrace):
        self.root, self.truth, self.page = root, truth, root.page
        self.region, self.readout = root.get_by_role("application"), root.locator("output")
        self.L, self.H = truth.encoder.weights["self_attention"].shape[:2]
        self.tokens = {"encoder": truth.src_tokens, "decoder": truth.read_tokens}
        self.places = [(-1, *stage) for stage in self._stages("encoder")]
        for t in range(len(truth.tgt_tokens)):
            self.places += [(t, *stage) for stage in self._stages("decoder")]
        streams = [truth.encoder.start, truth.encoder.streams, truth.decoder.start, truth.decoder.streams]
        sizes = np.sort(np.abs(np.concatenate([each.reshape(-1) for each in streams])))
        self.limit = sizes[int(0.95 * (len(sizes) - 1))]
        expect(self.readout).to_contain_text("coder")

    def _stages(self, side: str) -> list[tuple[str, int | None, str, str]]:
        stages = [(side, None, "embedding", "words"), (side, None, "embedding", "positions")]
        for n in range(self.L):
            for part in PARTS[side]:
                kinds = ["inside" if part == "feed-forward" else "weights", "sum"]
                kinds = ["norm", *kinds] if self.truth.norm_first else [*kinds, "norm"]
                stages += [(side, n, part, kind) for kind in kinds]
        if self.truth.norm_first:
            stages.append((side, None, "last norm", "norm"))
        of_word = ("logits", "softmax") if side == "decoder" else ()
        return stages + [(side, None, "word", kind) for kind in of_word]

    def says(self) -> tuple:
        """t (-1 in the encoder), layer, part, stage, word, head, unit. All is compared with the truth."""
        seen = self.root.evaluate(READ)
        t, side, layer, part, kind = self.places[seen["step"]]
        of_layer = "" if layer is None else f"layer {layer + 1} of {self.L}, "
        where = f"{side}, {of_layer}{NAMES.get(part, part)}"
        where = f"Word {t + 1} of {len(self.truth.tgt_tokens)}, {where}" if t >= 0 else where.capitalize()
        assert seen["readout"].startswith(f"{where}: {NAMES.get(kind, kind)} ")
        assert [name for name, now in seen["tabs"] if now] == [NAMES.get(kind, kind)]
        word = self._check_sentences(seen["sentences"], t, side, layer, part, kind, seen["head"])
        self._check_boxes(seen["boxes"], seen["step"], word, t)
        self._check_cache(seen["cache"], seen["step"], t)
        n = word if t < 0 else t
        stack = getattr(self.truth, side)
        getattr(self, f"_{kind}")(seen, stack, side, layer, part, n, word, seen["head"], seen["unit"])
        return t, layer, part, kind, word, seen["head"], seen["unit"]

    def _check_sentences(self, sentences, t, side, layer, part, kind, head) -> int:
        reads, writes = sentences
        assert [each["token"] for each in reads] == list(self.truth.src_tokens)
        assert [each["token"] for each in writes] == list(self.truth.tgt_tokens)
        assert [each["seen"] for each in writes] == [i < t + (kind == "softmax") for i in range(len(writes))]
        assert [each["now"] for each in writes] == [i == t for i in range(len(writes))]
        (word,) = (i for i, each in enumerate(reads) if each["now"])
        heights = np.zeros(len(reads))
        if kind == "weights" and (side == "encoder" or part == "cross-attention"):
            weights = getattr(self.truth, side).weights[part.replace("-", "_")]
            heights = 16 * weights[layer, head, word if side == "encoder" else t]
        assert [each["height"] for each in reads] == pytest.approx(heights, abs=0.1)
        return word

    def _check_boxes(self, boxes: list[dict], step: int, word: int, t: int) -> None:
        stages = [("encoder", *s[1:]) for s in self._stages("encoder")] + self._stages("decoder")
        here = (
            step
            if t < 0
            else len(self._stages("encoder"))
            + (step - len(self._stages("encoder"))) % len(self._stages("decoder"))
        )
        order = list(dict.fromkeys((side, layer, part) for side, layer, part, _ in stages))
        assert [box["name"] for box in boxes] == [NAMES.get(part, part) for _, _, part in order]
        now = stages[here][:3]
        for (side, layer, part), box in zip(order, boxes, strict=True):
            own = [i for i, stage in enumerate(stages) if stage[:3] == (side, layer, part)]
            assert box["now"] == ((side, layer, part) == now)
            assert box["done"] == (here >= own[0])
            if layer is None:
                assert box["share"] == ""
                continue
            known = here >= next(i for i in own if stages[i][3] == "sum")
            n, p = (word if side == "encoder" else t), self._p(side, part)
            if not known:
                assert box["share"] == "" and box["sizes"] == [0, 0]
                continue
            change = np.linalg.norm(getattr(self.truth, side).changes[layer, p, n])
            before = np.linalg.norm(self._before(side, layer, p)[n])
            assert abs(float(box["share"].rstrip("%")) - 100 * change / before) < 0.51
            stack = getattr(self.truth, side)
            after = np.linalg.norm((stack.streams if self.truth.norm_first else stack.norms)[layer, p, n])
            assert box["sizes"][1] / box["sizes"][0] == pytest.approx(change / after, rel=1e-3)

    def _check_cache(self, cache: list, step: int, t: int) -> None:
        S = len(self.truth.src_tokens) if t >= 0 else 0
        for layer, (own, source, text) in enumerate(cache):
            held = 0
            for u in range(t + 1):  # a word is in a layer's cache once its weights have been made
                made = self.places.index((u, "decoder", layer, "self-attention", "weights"))
                held += step >= made
            assert (own, source, text) == (held, S, f"{held} + {S}")
            if t >= 0 and step == len(self.places) - 1:
                assert held == self.truth.cached[t, layer]
