"""What a QueryKeyValue on a page says and draws, compared with numpy and torch on its carried numbers."""

import math
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from playwright.sync_api import Locator, expect

from s2s_course.widgets.query_key_value import QueryKeyValue
from s2s_course.widgets.shared.arrays import decode_array

STAGES = ["Query and keys", "Dot product", "Score", "Mask", "Exponential", "Weight", "Values", "Output"]
STEPS = ["dot product", "score", "mask", "exponential", "weight", "adds to output"]

PAPER = {"light": (255, 255, 255), "dark": (0x16, 0x1A, 0x20)}

# All that the widget says and draws, read at one time.
READ = """root => {
  const all = (within, selector, read) => Array.from(within.querySelectorAll(selector), read);
  const text = (node) => node.textContent.replaceAll("\\u00a0", " ");
  const rgb = (node, name) => getComputedStyle(node)[name].match(/[\\d.]+/g).map(Number);
  const cell = (node) => [text(node), rgb(node, "backgroundColor"), rgb(node, "color")];
  const token = (node) => [text(node), node.querySelector("input").checked, node.matches(".hidden")];
  return {
    readout: text(root.querySelector("output")),
    legend: all(root, ".legend span", text),
    queries: all(root, ".queries .token", token),
    keys: all(root, "thead .token", token),
    owner: text(root.querySelector("thead .own")),
    switches: all(root, ".switch", (node) => [text(node), node.querySelector("input").checked]),
    stages: all(root, "tbody", (body) => ({
      name: text(body.querySelector("th b")), formula: text(body.querySelector("th span")),
      rows: all(body, "tr", (row) => ({
        own: cell(row.querySelector(".own span")), each: all(row, "[data-column]", cell),
      })),
    })),
    bars: all(root, "td i", (bar) => bar.getBoundingClientRect().height),
    cursor: [".cursor", "[data-column]:has(:checked)"].map((name) => {
      const { left, width } = root.querySelector(name).getBoundingClientRect();
      return left + width / 2;
    }),
    heading: text(root.querySelector(".written p")),
    written: Object.fromEntries(all(root, "dt", (node) => [text(node), text(node.nextElementSibling)])),
  };
}"""


def parse(text: str) -> float:
    """A printed number: "−0.231", "(−0.5)", "2.50 × 10⁷", "2.50·10⁷", "−∞"."""
    text = text.strip("()").replace(" × ", "·")
    if text == "−∞":
        return -math.inf
    match = re.fullmatch(r"(−?[\d.]+)(?:·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text)
    assert match, text
    exponent = (match[2] or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(match[1].replace("−", "-")) * 10.0 ** int(exponent)


def indexed(letter: str, index: int) -> str:
    return letter + str(index + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def luminance(color: list[float]) -> float:
    channels = np.array(color[:3]) / 255
    linear = np.where(channels <= 0.03928, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


class View:
    """One QueryKeyValue on a page, and the truth about it."""

    def __init__(self, root: Locator, widget: QueryKeyValue):
        self.root, self.page, self.widget = root, root.page, widget
        names = ("query", "key", "value")
        self.query, self.key, self.value = (decode_array(widget.vectors[name]) for name in names)
        self.size = self.query.shape[1]
        self.given = decode_array(widget.allowed).astype(bool) if widget.allowed else None
        self.limit = max(np.abs(array).max() for array in (self.query, self.key, self.value))
        self.digits = next(n for most, n in [(0.1, 4), (1, 3), (100, 2), (1e9, 1)] if self.limit < most)
        expect(root.locator("output")).to_contain_text("Query")

    def number(self, value: float) -> object:
        return pytest.approx(value, abs=0.505 * 10**-self.digits) if np.isfinite(value) else value

    def says(self) -> tuple[int, int, set[str]]:
        """The query, the key, and what is switched on. Everything shown is compared with the truth."""
        seen = self.root.evaluate(READ)
        (row,) = (t for t, (_, checked, _) in enumerate(seen["queries"]) if checked)
        (column,) = (s for s, (_, checked, _) in enumerate(seen["keys"]) if checked)
        on = {name for name, checked in seen["switches"] if checked}
        self.compute(row, on)
        assert [token for token, *_ in seen["queries"]] == self.widget.tokens
        assert [token for token, *_ in seen["keys"]] == self.widget.key_tokens
        assert [hidden for *_, hidden in seen["keys"]] == [not allowed for allowed in self.allowed]
        assert seen["owner"] == self.widget.tokens[row]
        assert [self.number(end) for end in (-self.limit, self.limit)] == [*map(parse, seen["legend"])]
        middle, chosen = seen["cursor"]
        assert middle == pytest.approx(chosen, abs=1)
        self._check_readout(seen["readout"], row, column)
        self._check_table(seen, row, column, any("mask" in name for name in on))
        self._check_written(seen, row, column, on)
        return row, column, {name.split()[0] for name in on}

    def compute(self, row: int, on: set[str]) -> None:
        mask = np.ones(len(self.key), dtype=bool)
        if "causal mask" in on:
            mask &= np.arange(len(self.key)) <= row
        if on & {"padding mask", "given mask"}:
            mask &= self.given[row]
        self.allowed = mask
        self.scaled = f"divide by √{self.size}" in on
        self.dots = self.key @ self.query[row]
        self.scores = self.dots / math.sqrt(self.size) if self.scaled else self.dots
        self.kept = np.where(mask, self.scores, -np.inf)
        query, key, value, eye = map(
            torch.tensor, (self.query[row][None], self.key, self.value, np.eye(len(mask)))
        )
        options = {"attn_mask": torch.tensor(mask)[None], "scale": None if self.scaled else 1.0}
        self.weights = F.scaled_dot_product_attention(query, key, eye, **options)[0].numpy()
        self.output = F.scaled_dot_product_attention(query, key, value, **options)[0].numpy()

    def _check_readout(self, text: str, row: int, column: int) -> None:
        tokens, keys, most = self.widget.tokens, self.widget.key_tokens, self.weights.argmax()
        pattern = r"Query (\d+) of (\d+) “(.*)”, key (\d+) of (\d+) “(.*)”: score (\S+), weight (\S+)\. "
        pattern += r"Most weight: (\S+) on “(.*)”\."
        said = re.fullmatch(pattern, text).groups()
        assert said[:3] == (str(row + 1), str(len(tokens)), tokens[row])
        assert said[3:6] == (str(column + 1), str(len(keys)), keys[column])
        assert parse(said[6]) == self.number(self.kept[column])
        assert float(said[7]) == pytest.approx(self.weights[column], abs=0.000501)
        assert float(said[8]) == pytest.approx(self.weights[most], abs=0.000501) and said[9] == keys[most]

    def _check_table(self, seen: dict, row: int, column: int, any_mask: bool) -> None:
        assert [stage["name"] for stage in seen["stages"]] == STAGES
        vectors, dots, scores, masks, exps, weights, values, output = (s["rows"] for s in seen["stages"])
        name = indexed("q", row)
        divided = f"{name} · kₛ / √{self.size}" if self.scaled else f"{name} · kₛ"
        masked = "−∞ where not allowed" if any_mask else "none"
        formulas = [f"{name} and each kₛ", f"{name} · kₛ", divided, masked, "exp(score)", "exp(score) / Σ"]
        assert [s["formula"] for s in seen["stages"]] == [*formulas, "each vₛ", "Σ weight · vₛ"]
        self._check_vectors(vectors, name, "k", self.query[row], self.key)
        self._check_vectors(values, "", "v", None, self.value)
        products = self.weights[:, None] * self.value
        self._check_vectors(output, "output", "v", self.output, products, self.weights)
        texts = [[text for text, *_ in line["each"]] for (line,) in (dots, scores, masks, exps, weights)]
        assert [*map(parse, texts[0])] == [self.number(dot) for dot in self.dots]
        assert [*map(parse, texts[1])] == [self.number(score) for score in self.scores]
        assert texts[2] == ["✓" if allowed else "−∞" for allowed in self.allowed]
        assert [*map(parse, texts[3])] == pytest.approx(np.exp(self.kept), rel=0.0051)
        assert [*map(parse, texts[4])] == pytest.approx(self.weights, abs=0.000501)
        own = [line["own"][0] for (line,) in (dots, scores, masks, exps, weights)]
        assert (own[0], own[2], own[4]) == ("", "", "Σ 1")
        assert float(own[1].removeprefix("÷ ")) == pytest.approx(
            math.sqrt(self.size) if self.scaled else 1, abs=5e-4
        )
        assert parse(own[3].removeprefix("Σ ")) == pytest.approx(np.exp(self.kept).sum(), rel=0.0051)
        assert seen["bars"] == pytest.approx(44 * self.weights, abs=0.6)

    def _check_vectors(self, rows: list, own: str, letter: str, vector, vectors, weights=None) -> None:
        """Letters, then a line of colored cells for each number of the vectors."""
        letters, *lines = rows
        names = [indexed(letter, s) for s in range(len(vectors))]
        if weights is not None:
            names = [f"{weight:.3f} {name}" for weight, name in zip(weights, names, strict=True)]
        assert (letters["own"][0], [text for text, *_ in letters["each"]]) == (own, names)
        assert len(lines) == self.size
        paper = PAPER[self.root.get_attribute("data-theme")]
        for i, line in enumerate(lines):
            cells = list(zip(line["each"], vectors[:, i], strict=True))
            if vector is None:
                assert line["own"][0] == ""
            else:
                cells.append((line["own"], vector[i]))
            for (text, color, ink), value in cells:
                assert parse(text) == self.number(value)
                warmer = color[0] - color[2] - paper[0] + paper[2]
                if abs(value) > 0.1 * self.limit:
                    assert abs(warmer) > 5 and (warmer > 0) == (value > 0)
                light, dark = sorted((luminance(color), luminance(ink)), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5

    def _check_written(self, seen: dict, row: int, column: int, on: set[str]) -> None:
        token, key = self.widget.tokens[row], self.widget.key_tokens[column]
        assert seen["heading"] == f"Written out: query “{token}” and key “{key}”"
        written = seen["written"]
        assert list(written) == STEPS
        start = f"{indexed('q', row)} · {indexed('k', column)} = "
        assert written["dot product"].startswith(start)
        self._check_sum(written["dot product"].removeprefix(start), self.query[row], self.key[column])
        dot = self.dots[column]
        if self.scaled:
            pattern = rf"(\S+) / √{self.size} ([=≈]) \1 / (\S+) ([=≈]) (\S+)"
            above, first, below, second, result = re.fullmatch(pattern, written["score"]).groups()
            assert parse(above) == self.number(dot) and parse(result) == self.number(self.scores[column])
            assert (first == "=") == (float(below) ** 2 == self.size)
            assert float(below) == pytest.approx(math.sqrt(self.size), abs=5e-4)
            self._check_sign(second, parse(above) / float(below), result)
        else:
            result = written["score"].removeprefix(f"not divided by √{self.size}: ")
            assert parse(result) == self.number(dot)
        masks = sorted(name.removesuffix(" mask") for name in on if name.endswith("mask"))
        if not masks:
            assert written["mask"] == "none, every query may attend to every key"
        elif self.allowed[column]:
            assert written["mask"] == f"✓ “{token}” may attend to “{key}”"
        else:
            by = [n for n in masks if (column > row if n == "causal" else not self.given[row, column])]
            assert written["mask"] == f"−∞: “{token}” may not attend to “{key}” ({' and '.join(by)} mask)"
        self._check_softmax(written, column)
        weight, vector, sign, result = re.fullmatch(
            r"(\S+) · \((.*)\) ([=≈]) \((.*)\)", written["adds to output"]
        ).groups()
        assert float(weight) == pytest.approx(self.weights[column], abs=0.000501)
        factors, products = ([*map(parse, each.split(", "))] for each in (vector, result))
        assert factors == [self.number(number) for number in self.value[column]]
        assert products == [self.number(number) for number in self.weights[column] * self.value[column]]
        computed = [f"{float(weight) * factor + 0.0:.{self.digits}f}" for factor in factors]
        exact = [float(a) for a in computed] == products
        assert sign == ("=" if exact else "≈")

    def _check_sign(self, sign: str, value: float, result: str) -> None:
        """ "=" just where the printed numbers give the printed result."""
        if abs(value * 10**self.digits % 1 - 0.5) > 1e-6:  # else rounding may go either way
            assert sign == ("=" if round(value, self.digits) == parse(result) else "≈")

    def _check_sum(self, text: str, left: np.ndarray, right: np.ndarray) -> None:
        if self.size == 1:
            terms, sign, result = re.fullmatch(r"(.*) ([=≈]) (\S+)", text).groups()
        else:
            terms, first, products, sign, result = re.fullmatch(
                r"(.*) ([=≈]) (.*) ([=≈]) (\S+)", text
            ).groups()
        factors = [[*map(parse, term.split(" · "))] for term in terms.split(" + ")]
        assert factors == [[self.number(a), self.number(b)] for a, b in zip(left, right, strict=True)]
        assert parse(result) == self.number(left @ right)
        if self.size == 1:
            self._check_sign(sign, math.prod(factors[0]), result)
            return
        signed = [parse(each) for each in re.sub(r" ([+−]) ", r" \1", products).replace("+", "").split()]
        assert signed == [self.number(number) for number in left * right]
        exact = all(round(a * b, self.digits) == c for (a, b), c in zip(factors, signed, strict=True))
        assert first == ("=" if exact else "≈")
        self._check_sign(sign, sum(signed), result)

    def _check_softmax(self, written: dict, column: int) -> None:
        score, sign, result = re.fullmatch(r"exp\((\S+)\) ([=≈]) (.*)", written["exponential"]).groups()
        assert parse(score) == self.number(self.kept[column])
        assert parse(result) == pytest.approx(np.exp(self.kept[column]), rel=0.0051)
        assert (sign == "=") == (
            float(f"{math.exp(parse(score)):.3g}") == pytest.approx(parse(result), rel=1e-9)
        )
        pattern = r"(.+) / \((.+)\) ([=≈]) \1 / (.+) ([=≈]) (\S+)"
        own, terms, first, total, second, weight = re.fullmatch(pattern, written["weight"]).groups()
        exps = [*map(parse, terms.split(" + "))]
        assert exps == pytest.approx(np.exp(self.kept), rel=0.0051)
        assert own == result and parse(total) == pytest.approx(np.exp(self.kept).sum(), rel=0.0051)
        assert (first == "=") == (float(f"{sum(exps):.3g}") == pytest.approx(parse(total), rel=1e-9))
        assert float(weight) == pytest.approx(self.weights[column], abs=0.000501)
        assert (second == "=") == (f"{parse(own) / parse(total):.3f}" == weight)
