"""What each stage of TransformerSteps must say and draw, out of the trace that it was made from."""

import re

import numpy as np
import pytest

from s2s_course.trace.transformer_steps import TransformerTrace

from .decoder_page import softmax
from .decoder_view import colors, near, parse

PARTS = {
    "encoder": ["self-attention", "feed-forward"],
    "decoder": ["self-attention", "cross-attention", "feed-forward"],
}


def size(vector: np.ndarray) -> object:
    """What is printed of the size of ``vector``, with two digits."""
    return pytest.approx(np.sqrt((vector.astype(np.float64) ** 2).sum()), abs=0.0055)


class StageChecks:
    """One method for each kind of stage, named like it, which compares what was ``seen``."""

    truth: TransformerTrace
    tokens: dict[str, tuple[str, ...]]
    limit: float  # at which colors are full
    H: int

    def _p(self, side: str, part: str) -> int:
        return PARTS[side].index(part)

    def _before(self, side: str, layer: int, p: int) -> np.ndarray:
        """(N, D) what part ``p`` is added to."""
        stack = getattr(self.truth, side)
        k = layer * len(PARTS[side]) + p - 1
        left = stack.streams if self.truth.norm_first else stack.norms
        return stack.start if k < 0 else left.reshape(-1, *stack.start.shape)[k]

    # ---- rows -----------------------------------------------------------------------------------

    def _strip(self, row: dict, vector: np.ndarray, unit: int, label: str) -> None:
        """A row of colored cells with its size, the chosen unit marked, and its number."""
        pixels, mark = row["strip"]
        assert row["label"] == label and float(row["before"]) == size(vector)
        shown = np.array(pixels).reshape(-1, 4)[:, :3]
        assert np.abs(shown - colors(vector, self.limit)).max() <= 2
        if unit < len(vector):
            assert mark == pytest.approx([unit / len(vector), 1 / len(vector)], abs=1e-4)
            assert parse(row["value"]) == near(vector[unit])
        else:
            assert mark is None and row["value"] == "–"

    def _strips(self, rows: list, side: str, n: int, vectors: np.ndarray, unit: int) -> None:
        """A row for each position that there is by now."""
        count = len(self.truth.src_tokens) if side == "encoder" else n + 1
        assert len(rows) == count
        for i, row in enumerate(rows):
            self._strip(row, vectors[i], unit, self.tokens[side][i])
            assert row["chosen"] == (i == n)

    def _formula(self, seen: dict, vector: np.ndarray, unit: int, pattern: str, compute) -> None:
        """The arithmetic is that of the printed numbers, "=" only if they give the printed result."""
        if unit >= len(vector):
            assert seen["formula"] == "" and f"has no unit {unit}" in seen["readout"]
            return
        *terms, sign, result = re.fullmatch(pattern + r" ([=≈]) (\S+)", seen["formula"]).groups()
        numbers = [parse(term.strip("()")) for term in terms]
        assert parse(result) == near(vector[unit])
        assert (sign == "=") == (abs(compute(*numbers) - parse(result)) < 0.000501)
        assert result in seen["readout"]

    # ---- stages ---------------------------------------------------------------------------------

    def _words(self, seen, stack, side, layer, part, n, word, head, unit):
        assert seen["head_row"] == ["", "size", "", f"unit {unit}"]
        self._strips(seen["rows"], side, n, stack.words, unit)
        self._formula(seen, stack.words[n], unit, r"(\S+) · (\S+)", lambda a, b: a * b)

    def _positions(self, seen, stack, side, layer, part, n, word, head, unit):
        self._strips(seen["rows"], side, n, stack.start, unit)
        if self.truth.positions == "sinusoidal":
            pattern = r"word \+ position: (\S+) \+ (\S+)"
            self._formula(seen, stack.start[n], unit, pattern, lambda a, b: a + b)
        else:
            assert seen["formula"] == ""

    def _norm(self, seen, stack, side, layer, part, n, word, head, unit):
        if layer is None:
            given, output = stack.streams[-1, -1], stack.outputs
        else:
            p = self._p(side, part)
            given = self._before(side, layer, p) if self.truth.norm_first else stack.streams[layer, p]
            output = stack.norms[layer, p]
        self._strip(seen["rows"][0], given[n], unit, "stream")
        self._strips(seen["rows"][1:], side, n, output, unit)
        pattern = r"\((\S+) − (\(−\S+\)|\S+)\) / (\S+) · (\S+) \+ (\S+)"
        compute = lambda x, mean, deviation, weight, bias: (x - mean) / deviation * weight + bias  # noqa: E731
        self._formula(seen, output[n], unit, pattern, compute)
        mean, deviation = re.search(r"mean (\S+) from .* deviation (\S+), then", seen["readout"]).groups()
        assert parse(mean) == near(given[n].mean()) and parse(deviation) == near(given[n].std())
        before, after = re.search(r"size (\S+) becomes (\d+\.\d\d)", seen["readout"]).groups()
        assert (float(before), float(after)) == (size(given[n]), size(output[n]))

    def _weights(self, seen, stack, side, layer, part, n, word, head, unit):
        scores = stack.scores[part.replace("-", "_")][layer, head, n]
        asked = self.truth.src_tokens if part == "cross-attention" else self.tokens[side]
        scores = scores[np.isfinite(scores)].astype(np.float64)
        weights = softmax(scores)
        assert [row["label"] for row in seen["rows"]] == list(asked[: len(scores)])
        shown = word if part == "cross-attention" else weights.argmax()
        for s, row in enumerate(seen["rows"]):
            assert parse(row["before"]) == near(scores[s]) and parse(row["value"]) == near(weights[s])
            assert row["bar"] == pytest.approx([0, weights[s]], abs=1e-4)
            assert row["chosen"] == (s == shown)
        best = weights.argmax()
        assert f"In head {head + 1} of {self.H}, “{self.tokens[side][n]}” asks " in seen["readout"]
        assert f"“{asked[best]}” has the largest weight, {seen['rows'][best]['value']}." in seen["readout"]
        if side == "decoder" and part == "self-attention":
            assert f"which holds {n + 1} position{'s' * (n > 0)} now" in seen["readout"]
        self._check_softmax(seen["formula"], scores, shown, seen["rows"][shown]["value"])

    def _check_softmax(self, formula: str, scores: np.ndarray, shown: int, result: str) -> None:
        pattern = r"exp\((\S+)\) / Σ exp = (\S+) / \((.+)\) ([=≈]) (\S+) / (\S+) ([=≈]) (\S+)"
        score, own, terms, first, again, below, second, end = re.fullmatch(
            pattern, formula.replace(" × 10", "×10")
        ).groups()
        number = lambda text: parse(text.replace("×", " × "))  # noqa: E731
        numbers = [number(term) for term in terms.split(" + ")]
        assert numbers == pytest.approx(np.exp(scores), rel=0.0051)
        assert parse(score) == near(scores[shown]) and end == result
        assert number(own) == number(again) == numbers[shown]
        assert number(below) == pytest.approx(np.exp(scores).sum(), rel=0.0051)
        assert (first == "=") == (float(f"{sum(numbers):.3g}") == pytest.approx(number(below)))
        assert (second == "=") == (f"{number(own) / number(below):.3f}" == result)

    def _inside(self, seen, stack, side, layer, part, n, word, head, unit):
        inside = stack.inside[layer]
        count = len(self.truth.src_tokens) if side == "encoder" else n + 1
        assert seen["head_row"] == ["", "active", "", f"unit {unit}"] and len(seen["rows"]) == count
        F = inside.shape[1]
        for i, row in enumerate(seen["rows"]):
            assert (row["label"], row["before"]) == (self.tokens[side][i], str((inside[i] > 0).sum()))
            assert parse(row["value"]) == pytest.approx(inside[i, unit], abs=0.0075)
            pixels, _ = row["strip"]
            white = (np.array(pixels).reshape(-1, 4)[:, :3] == 255).all(axis=1)
            assert not white[inside[i] > 0.1].any() and white[inside[i] == 0].all()
        active = (inside[n] > 0).sum()
        assert (
            f"widened to {F}, and {active} of {F} are active (above 0): {round(100 * active / F)}%."
            in seen["readout"]
        )
        assert f"The strongest is unit {inside[n].argmax()} with" in seen["readout"]

    def _sum(self, seen, stack, side, layer, part, n, word, head, unit):
        p = self._p(side, part)
        before, change, after = self._before(side, layer, p), stack.changes[layer, p], stack.streams[layer, p]
        parts = [(before[n], "stream"), (change[n], "change"), (after[n], "sum")]
        for row, (vector, label) in zip(seen["rows"], parts, strict=False):
            self._strip(row, vector, unit, label)
        if side == "encoder":
            self._strips(seen["rows"][3:], side, n, after, unit)
        else:
            assert len(seen["rows"]) == 3
        self._formula(seen, after[n], unit, r"stream \+ change: (\S+) \+ (\S+)", lambda a, b: a + b)
        pattern = r"adds .* of size (\S+) to .* has (\S+): (\d+)% of it. The stream has size (\d+\.\d\d)"
        added, had, share, has = re.search(pattern, seen["readout"]).groups()
        assert (float(added), float(had), float(has)) == (size(change[n]), size(before[n]), size(after[n]))
        assert abs(float(share) - 100 * np.linalg.norm(change[n]) / np.linalg.norm(before[n])) < 0.51

    def _shown_words(self, t: int) -> list[int]:
        order = list(np.argsort(-self.truth.logits[t], kind="stable")[:5])
        written = self.truth.vocabulary.index(self.truth.tgt_tokens[t])
        return order + ([] if written in order else [written])

    def _logits(self, seen, stack, side, layer, part, n, word, head, unit):
        shown = self._shown_words(n)
        logits = self.truth.logits[n, shown]
        assert [row["label"] for row in seen["rows"]] == [self.truth.vocabulary[i] for i in shown]
        assert [parse(row["value"]) for row in seen["rows"]] == near(logits)
        low, high = min(0, logits.min()), max(0, logits.max())
        for row, logit in zip(seen["rows"], logits, strict=True):
            assert row["bar"][1] == pytest.approx(abs(logit) / (high - low), abs=1e-3)
            assert ("negative" in row["kind"]) == (logit < 0)
        assert f"{len(self.truth.vocabulary):,} words of the vocabulary" in seen["readout"]
        assert f"{seen['rows'][0]['value']}, is that of “{seen['rows'][0]['label']}”" in seen["readout"]

    def _softmax(self, seen, stack, side, layer, part, n, word, head, unit):
        shown, written = self._shown_words(n), self.truth.tgt_tokens[n]
        probabilities = np.exp(self.truth.log_probabilities[n].astype(np.float64))
        *rows, others = seen["rows"]
        for index, row in zip(shown, rows, strict=True):
            assert row["label"] == self.truth.vocabulary[index] and row["chosen"] == (row["label"] == written)
            assert parse(row["before"]) == near(self.truth.logits[n, index])
            assert parse(row["value"]) == near(probabilities[index])
            assert row["bar"] == pytest.approx([0, probabilities[index]], abs=1e-4)
        assert (others["label"], others["before"]) == ("others", f"{len(probabilities) - len(shown):,}")
        assert parse(others["value"]) == near(1 - probabilities[shown].sum())
        value = next(row["value"] for row in rows if row["label"] == written)
        assert f"“{written}” is written, with probability {value}" in seen["readout"]
        own, below, sign, result = re.fullmatch(
            r"exp\(\S+\) / Σ exp = (\S+) / (\S+) ([=≈]) (\S+)", seen["formula"].replace(" × 10", "×10")
        ).groups()
        number = lambda text: parse(text.replace("×", " × "))  # noqa: E731
        assert number(below) == pytest.approx(np.exp(self.truth.logits[n].astype(float)).sum(), rel=0.0051)
        assert result == value and (sign == "=") == (f"{number(own) / number(below):.3f}" == value)
