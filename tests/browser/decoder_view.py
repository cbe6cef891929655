"""What a Decoder on a page says and draws, compared with the trace that it was made from."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from s2s_course.trace.attention import AttentionTrace

from .decoder_page import softmax

STAGES = {
    "bahdanau": ["query", "scores", "weights", "context", "state", "concat", "output", "word"],
    "luong": ["state", "query", "scores", "weights", "context", "concat", "output", "word"],
}
HEADS = {"scores": ["", "score"], "weights": ["exp(score)", "weight"], "context": ["weight", "product"]}
HEADS |= {"word": ["", "probability"]}
LIGHT = [(0x0B, 0x3D, 0x75), (0x4A, 0x90, 0xCF), (255, 255, 255), (0xE8, 0x8B, 0x3D), (0x8C, 0x35, 0x03)]

# All that the widget says and draws, read at one time.
READ = """root => {
  const all = (within, selector, read) => Array.from(within.querySelectorAll(selector), read);
  const text = (node) => node.textContent.replaceAll("\\u00a0", " ");
  const span = (node) => [parseFloat(node.style.left) / 100, parseFloat(node.style.width) / 100];
  const part = (entry, name) => entry.querySelector(name).hidden ? null : entry.querySelector(name);
  const pixels = (canvas) =>
    Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
  const place = (entry, name) => part(entry, name) && span(part(entry, name));
  const visible = (node) => getComputedStyle(node).display !== "none";
  return {
    readout: text(root.querySelector("output")),
    step: root.querySelector("input[aria-label=step]").valueAsNumber,
    unit: root.querySelector("input[aria-label=unit]").valueAsNumber,
    rows: all(root, ".entry:not(.head)", (entry) => !visible(entry) ? null : {
      label: text(entry.querySelector(".label")), before: text(entry.querySelector(".before")),
      text: text(entry.querySelector(".text")), value: text(entry.querySelector(".value")),
      chosen: entry.matches(".chosen"), zero: span(entry.querySelector(".zero"))[0],
      bar: place(entry, ".bar"), kind: entry.querySelector(".bar").className,
      strip: part(entry, ".strip") && [place(entry, ".strip"), pixels(entry.querySelector(".strip canvas")),
        place(entry, ".mark"), place(entry, ".split"), pixels(entry.querySelector(".few"))],
    }).filter(Boolean),
    head: all(root, ".head > span", (node) => visible(node) ? text(node) : ""),
    formula: text(root.querySelector(".formula")),
    boxes: all(root, ".box", (box) => [text(box.querySelector("span")), box.matches(".done"),
      box.getAttribute("aria-current") === "step", box.querySelector(".small").childNodes.length]),
    written: text(root.querySelector(".box.word .small")), story: text(root.querySelector(".story")),
    arrows: all(root, ".flow path.now", (path) => path.classList[0]),
    sentences: all(root, ".sentence", (line) => all(line, "div > span", (node) => [
      text(node), getComputedStyle(node.firstChild).visibility === "visible",
      node.matches(".now"), node.lastChild.getBoundingClientRect().height])),
  };
}"""


def parse(text: str) -> float:
    """A printed number: "−0.231", "16.8", "2.50 × 10⁷"."""
    match = re.fullmatch(r"(−?[\d.]+)(?: × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text)
    assert match, text
    exponent = (match[2] or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(match[1].replace("−", "-")) * 10.0 ** int(exponent)


def near(value: float) -> object:
    """What is printed of ``value`` with three digits after the point."""
    return pytest.approx(value, abs=0.00052)


def colors(values: np.ndarray, limit: float) -> np.ndarray:
    """The light theme's colors (…, 3) of values within ±limit."""
    place = (np.clip(values / limit, -1, 1) + 1) * 2
    return np.stack([np.interp(place, range(5), channel) for channel in zip(*LIGHT, strict=True)], axis=-1)


def arranged(vectors: np.ndarray) -> tuple[list[int], list[int]]:
    """The units by the vector where they are highest, highest first; and the eight that differ most."""
    peaks, highest = vectors.argmax(axis=0), vectors.max(axis=0)
    order = np.lexsort((-highest, peaks)).tolist()
    most = np.argsort(-(highest - vectors.min(axis=0)), kind="stable")[:8].tolist()
    return order, sorted(most, key=order.index)


class View:
    """One Decoder on a page, and the truth about it."""

    def __init__(self, root: Locator, truth: AttentionTrace, units: int | None = None):
        self.root, self.truth, self.page = root, truth, root.page
        self.region, self.readout = root.get_by_role("application"), root.locator("output")
        self.stages = STAGES[truth.order]
        self.sizes = [array.shape[1] for array in (truth.memory, truth.hidden, truth.outputs)]
        self.memory, self.hidden, self.queries, self.outputs = (
            array[:, :units].astype(np.float64)
            for array in (truth.memory, truth.hidden, truth.queries, truth.outputs)
        )
        first = truth.order == "bahdanau"
        states = np.concatenate([self.queries[:1], self.hidden]) if first else self.hidden
        self.kinds = {
            name: arranged(vectors)
            for name, vectors in (("memory", self.memory), ("states", states), ("outputs", self.outputs))
        }
        self.weights = softmax(truth.scores.astype(np.float64))
        self.contexts = self.weights @ self.memory
        everything = (self.memory, self.hidden, self.queries, self.outputs)
        self.limit = max(np.abs(array).max() for array in everything)
        expect(self.readout).to_contain_text("Word")

    def says(self) -> tuple[int, str, int, int | None]:
        """Word (from 0; of the source while reading), stage, unit, source. All is compared with the truth."""
        seen = self.root.evaluate(READ)
        step, unit, src, tgt = seen["step"], seen["unit"], self.truth.src_tokens, self.truth.tgt_tokens
        t, k = divmod(step - len(src), 8)
        word, stage = (step, "reading") if t < 0 else (t, self.stages[k])
        of = f"{len(src)}: " if t < 0 else f"{len(tgt)}, stage {k + 1} of 8: "
        assert seen["readout"].startswith(f"Word {word + 1} of {of}{stage}, ")
        done = ["memory", *(self.stages[: k + 1] if t >= 0 else [])]
        for name, is_done, is_now, content in seen["boxes"]:
            assert (is_done, content) == (name in done, name in done)
            assert is_now == (name == ("memory" if t < 0 else stage))
        assert seen["written"] == (tgt[t] if stage == "word" else "")
        assert set(seen["arrows"]) == (set() if t < 0 else {stage} - ({"query"} if k == 0 else set()))
        numbers = HEADS.get(stage, ["", f"unit {unit}"])
        assert seen["head"] == ["", *numbers]
        source = self._check_sentences(seen["sentences"], step, t, stage)
        self._check_story(seen["story"], step, t, k)
        getattr(self, f"_{stage}")(seen, t, unit, step if t < 0 else source)
        return word, stage, unit, source

    def _check_sentences(self, sentences: list, step: int, t: int, stage: str) -> int | None:
        reads, writes = sentences
        assert [text for text, *_ in reads] == list(self.truth.src_tokens)
        assert [text for text, *_ in writes] == list(self.truth.tgt_tokens)
        written = t + (stage == "word") if t >= 0 else 0
        assert [shown for _, shown, *_ in writes] == [i < written for i in range(len(writes))]
        assert [now for _, _, now, _ in writes] == [i == t for i in range(len(writes))]
        (now,) = (s for s, (_, _, is_now, _) in enumerate(reads) if is_now)
        known = t >= 0 and self.stages.index(stage) >= self.stages.index("weights")
        heights = [height for *_, height in reads]
        assert heights == pytest.approx(16 * self.weights[t] if known else np.zeros(len(reads)), abs=0.1)
        assert t >= 0 or now == step
        return None if t < 0 else now

    def _check_story(self, story: str, step: int, t: int, k: int) -> None:
        """What was read, what asks, what was looked at, which word came: each as soon as it is so."""
        src, tgt = self.truth.src_tokens, self.truth.tgt_tokens
        if t < 0:
            assert story == f"Reads “{' '.join(src[: step + 1])}”."
            return
        text = f"Has read “{' '.join(src)}”. After “{tgt[t - 1] if t else '<bos>'}” the decoder asks"
        if k >= self.stages.index("weights"):
            most = self.weights[t].argmax()
            text += f", looks most at “{src[most]}” (weight {self.weights[t][most]:.2f})"
        if self.stages[k] == "word":
            chance = np.exp(self.truth.log_probabilities[t][self.truth.vocabulary.index(tgt[t])])
            text += f" and writes “{tgt[t]}” (probability {chance:.2f})"
        assert story == f"{text}."

    def _strip(self, row: dict, kind: str, values: np.ndarray, unit: int | None, place=(0, 1), split=None):
        """A row of colored cells, in the order of its kind, with the chosen unit marked and its number."""
        span, pixels, mark, divider, enlarged = row["strip"]
        assert span == pytest.approx([place[0], place[1] - place[0]], abs=1e-4)
        order, few = self.kinds[kind] if split is None else self._together(split)
        for seen, units in ((pixels, order), (enlarged, few)):
            shown = np.array(seen).reshape(-1, 4)[:, :3]
            assert np.abs(shown - colors(values[units], self.limit)).max() <= 2
        if unit is None:
            assert mark is None and row["value"] == ""
        elif unit >= len(values):
            assert mark is None and row["value"] == "–"
        else:
            assert mark == pytest.approx([order.index(unit) / len(values), 1 / len(values)], abs=1e-4)
            assert parse(row["value"]) == near(values[unit])
        assert (
            divider is None if split is None else divider[0] == pytest.approx(split / len(values), abs=1e-4)
        )

    def _together(self, split: int) -> tuple[list[int], list[int]]:
        """Order and enlarged units of a context with a state behind it."""
        (memory, first), (states, second) = self.kinds["memory"], self.kinds["states"]
        shift = lambda units: [unit + split for unit in units]  # noqa: E731
        return memory + shift(states), first[:4] + shift(second[:4])

    def _named(self, seen: dict, labels: list[str], chosen: int | None = None) -> list[dict]:
        assert [row["label"] for row in seen["rows"]] == labels
        assert [row["chosen"] for row in seen["rows"]] == [i == chosen for i in range(len(labels))]
        return seen["rows"]

    def _in_readout(self, seen: dict, values: np.ndarray, unit: int) -> None:
        numbers = re.findall(rf"unit {unit} of [a-z ]+ is (−?\d\.\d{{3}})", seen["readout"])
        if unit < len(values):
            assert any(parse(text) == near(values[unit]) for text in numbers)
        else:
            assert f"has no unit {unit}" in seen["readout"]

    def _reading(self, seen, t, unit, step):
        rows = self._named(seen, list(self.truth.src_tokens), step)
        for s, row in enumerate(rows):
            if s <= step:
                self._strip(row, "memory", self.memory[s], unit)
            else:
                assert row["strip"] is None and row["value"] == ""
        self._in_readout(seen, self.memory[step], unit)

    def _query(self, seen, t, unit, source):
        first, *rows = self._named(seen, ["query", *self.truth.src_tokens], 0)
        self._strip(first, "states", self.queries[t], unit)
        for row, vector in zip(rows, self.memory, strict=True):
            self._strip(row, "memory", vector, unit)
        self._in_readout(seen, self.queries[t], unit)

    def _scores(self, seen, t, unit, source):
        rows, scores = self._named(seen, list(self.truth.src_tokens), source), self.truth.scores[t]
        finite = self.truth.scores[np.isfinite(self.truth.scores)]
        low, high = min(0, finite.min()), max(0, finite.max())
        for row, score in zip(rows, scores, strict=True):
            assert row["zero"] == pytest.approx(-low / (high - low), abs=1e-3)
            if np.isneginf(score):
                assert row["value"] == "−∞" and row["bar"][1] == 0
                continue
            assert parse(row["value"]) == near(score)
            assert ("negative" in row["kind"]) == (score < 0)
            assert row["bar"][1] == pytest.approx(abs(score) / (high - low), abs=1e-3)
            assert row["bar"][0] == pytest.approx((min(score, 0) - low) / (high - low), abs=1e-3)
        token = self.truth.src_tokens[source]
        assert f"The score of “{token}” is {rows[source]['value']}" in seen["readout"]
        best = scores.argmax()
        rest = seen["readout"].split(rows[source]["value"], 1)[1]
        if np.isfinite(scores[source]):
            best_says = f"; the highest is {rows[best]['value']}, of “{self.truth.src_tokens[best]}”."
            assert rest == (", the highest." if best == source else best_says)
        else:
            assert rest == ": it lies outside the window."

    def _weights(self, seen, t, unit, source):
        *rows, total = self._named(seen, [*self.truth.src_tokens, "sum"], source)
        exps = np.exp(self.truth.scores[t].astype(np.float64))
        for row, exp, weight in zip(rows, exps, self.weights[t], strict=True):
            assert parse(row["before"]) == pytest.approx(exp, rel=0.0051)
            assert parse(row["value"]) == near(weight)
            assert row["bar"] == pytest.approx([0, weight], abs=1e-4)
        assert parse(total["before"]) == pytest.approx(exps.sum(), rel=0.0051)
        pattern = r"(\S+) / \((.+)\) ([=≈]) (\S+) / (\S+) ([=≈]) (\S+)"
        formula = re.sub(r" × 10", "×10", seen["formula"])
        own, terms, first, again, below, second, result = re.fullmatch(pattern, formula).groups()
        number = lambda text: parse(text.replace("×", " × "))  # noqa: E731
        assert [number(term) for term in terms.split(" + ")] == [parse(row["before"]) for row in rows]
        assert number(own) == number(again) == parse(rows[source]["before"])
        assert number(below) == parse(total["before"]) and result == rows[source]["value"]
        added = float(f"{sum(number(term) for term in terms.split(' + ')):.3g}")
        assert (first == "=") == (added == pytest.approx(number(below)))
        assert (second == "=") == (f"{number(own) / number(below):.3f}" == result)

    def _context(self, seen, t, unit, source):
        *rows, total = self._named(seen, [*self.truth.src_tokens, "context"], source)
        products = self.weights[t][:, None] * self.memory
        for row, weight, vector in zip(rows, self.weights[t], products, strict=True):
            assert parse(row["before"].removesuffix(" ·")) == near(weight)
            self._strip(row, "memory", vector, unit)
        self._strip(total, "memory", self.contexts[t], unit)
        self._in_readout(seen, self.contexts[t], unit)
        if unit >= self.memory.shape[1]:
            assert seen["formula"] == ""
            return
        left, sign, right = re.fullmatch(r"(.*) ([=≈]) (\S+)", seen["formula"]).groups()
        terms = re.findall(r"(\d\.\d{3}) · (\(−\d+\.\d{3}\)|\d+\.\d{3})(?: \+ |$)", left)
        assert [parse(weight) for weight, _ in terms] == near(self.weights[t])
        values = [parse(value.strip("()")) for _, value in terms]
        assert values == near(self.memory[:, unit])
        assert right == total["value"]
        added = sum(parse(weight) * value for (weight, _), value in zip(terms, values, strict=True))
        assert (sign == "=") == (abs(added - parse(right)) < 0.0005)
        assert f"adds {rows[source]['before']} " in seen["readout"]
        assert seen["readout"].endswith(f" {rows[source]['value']}.")

    def _state(self, seen, t, unit, source):
        bahdanau = self.truth.order == "bahdanau"
        labels = ["last word", "state before", *(["context"] if bahdanau else []), "new state"]
        word, before, *between, after = self._named(seen, labels)
        last = self.truth.tgt_tokens[t - 1] if t else "<bos>"
        assert word["text"] == f"“{last}”" and f"last word “{last}”" in seen["readout"]
        if bahdanau:
            self._strip(before, "states", self.queries[t], unit)
            self._strip(between[0], "memory", self.contexts[t], unit)
        elif t:
            self._strip(before, "states", self.hidden[t - 1], unit)
        else:
            assert before["strip"] is None and before["text"] == "the initial state"
        self._strip(after, "states", self.hidden[t], unit)
        self._in_readout(seen, self.hidden[t], unit)

    def _concat(self, seen, t, unit, source):
        context, state, both = self._named(seen, ["context", "state", "together"])
        joined = np.concatenate([self.contexts[t], self.hidden[t]])
        share = self.contexts.shape[1] / len(joined)
        self._strip(context, "memory", self.contexts[t], unit, (0, share))
        self._strip(state, "states", self.hidden[t], unit, (share, 1))
        self._strip(both, "", joined, None, split=self.contexts.shape[1])
        memory, hidden, _ = self.sizes
        assert (
            f"{memory} numbers of the context and {hidden} of the state make {memory + hidden}:"
            in seen["readout"]
        )
        self._in_readout(seen, self.contexts[t], unit)
        self._in_readout(seen, self.hidden[t], unit)

    def _output(self, seen, t, unit, source):
        both, output = self._named(seen, ["together", "output"])
        joined = np.concatenate([self.contexts[t], self.hidden[t]])
        self._strip(both, "", joined, None, split=self.contexts.shape[1])
        self._strip(output, "outputs", self.outputs[t], unit)
        self._in_readout(seen, self.outputs[t], unit)

    def _word(self, seen, t, unit, source):
        probabilities = np.exp(self.truth.log_probabilities[t])
        vocabulary, written = self.truth.vocabulary, self.truth.tgt_tokens[t]
        shown = [vocabulary[i] for i in np.argsort(-probabilities, kind="stable")[:5]]
        shown += [] if written in shown else [written]
        left = len(vocabulary) - len(shown)
        labels = [*shown, *([f"{left} other{'s' * (left > 1)}"] if left else [])]
        rows = self._named(seen, labels, shown.index(written))
        for row in rows[: len(shown)]:
            probability = probabilities[vocabulary.index(row["label"])]
            assert parse(row["value"]) == near(probability)
            assert row["bar"] == pytest.approx([0, probability], abs=1e-4)
            assert row["before"] == ("✓ written" if row["label"] == written else "")
        if left:
            rest = 1 - sum(probabilities[vocabulary.index(token)] for token in shown)
            assert parse(rows[-1]["value"]) == near(rest)
        value = rows[shown.index(written)]["value"]
        says = f"“{written}” is written, with probability {value}"
        if shown[0] == written:
            says += f"; next is “{shown[1]}” with {rows[1]['value']}."
        else:
            says += f"; the most probable is “{shown[0]}” with {rows[0]['value']}."
        assert says in seen["readout"]
