"""What a LengthCurve on a page says and draws, compared with the buckets that it was made from."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.by_length import by_length
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.widgets.length_curve import LengthCurve

from .static_page import stored, write_page

WORDS = ["le", "chat", "noir", "n'", "dort", "L'", "ami", "de", "est-ce", "vert", ",", "été"]
NAMES = ["GRU", "LSTM", "Bahdanau"]
words_of = WordTokenizer("fr").tokenize

# All that the widget shows, read at one time.
READ = """root => {
  const all = (selector, read, within = root) => Array.from(within.querySelectorAll(selector), read);
  const text = (node) => node.textContent.replaceAll("\\u00a0", " ").trim();
  const area = root.querySelector(".area").getBoundingClientRect();
  const middle = (node) => {
    const box = node.getBoundingClientRect();
    return [(box.left + box.right - 2 * area.left) / 2 / area.width,
      100 - (100 * ((box.top + box.bottom) / 2 - area.top)) / area.height];
  };
  const label = (node) => node.hidden ? null : [text(node), node.matches(".now")];
  const words = (cell) => Array.from(cell.childNodes, (node) => [node.textContent, node.nodeName === "MARK"]);
  return {
    readout: text(root.querySelector(".numbers output")),
    scores: all(".numbers tbody tr", (row) => [...Array.from(row.cells, text), row.matches(".now"),
      row.querySelector("button").ariaPressed]),
    markers: all(".area .marker", (node) => [...middle(node), node.matches(".now")]),
    lines: all(".area path.line", (line) => line.getAttribute("d")),
    lengths: all(".x:not(.counts) span", label), counts: all(".counts span", label),
    cursor: middle(root.querySelector(".cursor"))[0],
    axis: text(root.querySelector(".captions")),
    heading: text(root.querySelector(".heading")),
    place: text(root.querySelector(".pages output")),
    rows: all(".sentences tr", (row) => ({ head: text(row.cells[0]), text: row.cells[1].textContent,
      words: words(row.cells[1]), says: text(row.cells[2]), now: row.matches(".now") })),
    hidden: root.querySelector(".sentences table").hidden,
  };
}"""


def translations(*, models=3, longest=14, count=90, edges=(3, 5, 7, 9, 10, 15), seed=0):
    """Buckets by model; the first model fails on long sentences, the last one is always right."""
    rng = random.Random(seed)
    pairs = []
    for i in range(count):
        length = 3 + i % (longest - 2)
        target = WordTokenizer("fr").detokenize(rng.choices(WORDS, k=length))
        pairs.append(SentencePair(" ".join(["word"] * (length - 1) + [str(i)]), target))
    made = {}
    for k in range(models):
        own = lambda word, length: (  # noqa: E731
            [] if rng.random() < length / 60 else [rng.choice(WORDS) if rng.random() < length / 30 else word]
        )
        guesses = []
        for pair in pairs:
            words = WordTokenizer("fr", lowercase=False).tokenize(pair.tgt)
            wrong = k < models - 1 and (len(words) > 5 + 4 * k)
            words = [w for word in words for w in own(word, len(words))] if wrong else words
            guess = WordTokenizer("fr").detokenize(words)
            guesses.append(guess.upper() if k == 1 else guess)  # case does not count
        name = NAMES[k] if k < len(NAMES) else f"model {k}"
        made[name] = by_length(pairs, guesses, src_language="en", tgt_language="fr", edges=edges)
    return made


class Widget:
    """One LengthCurve on a page, and the truth about it."""

    def __init__(self, root, models, examples=12):
        self.root, self.page, self.examples = root, root.page, examples
        self.names, self.truth = list(models), list(models.values())
        self.chart = root.get_by_role("application")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def says(self):
        """Bucket, model and source of the sentence that are shown; all else is compared with the truth."""
        shown = self.root.evaluate(READ)
        ((k, i),) = [
            divmod(place, len(self.names)) for place, (_, _, now) in enumerate(shown["markers"]) if now
        ]
        bucket = self.truth[i][k]
        self.check_chart(shown, k)
        _, score, exact, *_ = shown["scores"][i]
        count = len(bucket.sentences)
        assert shown["readout"] == (
            f"Length {label(bucket)}, {count} sentence{'' if count == 1 else 's'}. {self.names[i]}: "
            f"BLEU {score}, exact match {exact}"
        )
        for j, row in enumerate(shown["scores"]):
            own = self.truth[j][k]
            name, score, exact, *marks = row
            assert [name, *marks] == [self.names[j], j == i, str(j == i).lower()]
            assert re.fullmatch(r"\d+\.\d", score) and re.fullmatch(r"\d+\.\d%", exact)
            assert float(score) == pytest.approx(own.bleu, abs=0.0501)
            assert float(exact[:-1]) == pytest.approx(100 * own.exact_match, abs=0.0501)
        return k, i, None if shown["hidden"] else self.check_sentence(shown, k, i)

    def check_chart(self, shown, k):
        exact = shown["axis"] != "BLEU, of effective order"
        low = self.truth[0][0].shortest - 0.5
        width = self.truth[0][-1].longest + 0.5 - low
        points = []
        for b in range(len(self.truth[0])):
            for own in self.truth:
                x = ((own[b].shortest + own[b].longest) / 2 - low) / width
                points.append((x, 100 * own[b].exact_match if exact else own[b].bleu))
        drawn = [(100 * x, y) for x, y, _ in shown["markers"]]
        assert drawn == [pytest.approx((100 * x, y), abs=0.5) for x, y in points]
        for i, line in enumerate(shown["lines"]):
            on_line = [tuple(map(float, point.split())) for point in line[1:].split("L")]
            want = points[i :: len(self.truth)]
            assert [(x / 100, 100 - y) for x, y in on_line] == [pytest.approx(p, abs=1e-6) for p in want]
        assert shown["cursor"] == pytest.approx(points[k * len(self.truth)][0], abs=0.005)
        for b, own in enumerate(self.truth[0]):
            for text, node in [(label(own), shown["lengths"][b]), (len(own.sentences), shown["counts"][b])]:
                assert (node is None and b != k) or tuple(node) == (str(text), b == k)

    def check_sentence(self, shown, k, i):
        total = len(self.truth[0][k].sentences)
        note = f"{min(total, self.examples)} of {total} sentence{'' if total == 1 else 's'} shown"
        assert shown["heading"].startswith(f"Length {label(self.truth[0][k])}, as {self.names[i]} translates")
        assert note in shown["heading"]
        src, reference, *rows = shown["rows"]
        (index,) = [n for n, s in enumerate(self.truth[0][k].sentences) if s.src == src["text"]]
        sentences = [own[k].sentences[index] for own in self.truth]
        assert src["says"] == f"{sentences[0].length} words" and reference["text"] == sentences[0].reference
        assert [row["head"] for row in rows] == self.names
        for j, (row, truth) in enumerate(zip(rows, sentences, strict=True)):
            assert row["text"] == (truth.hypothesis or "nothing") and row["now"] == (j == i)
            hypothesis, goal = words_of(truth.hypothesis), words_of(truth.reference)
            common = longest_common(hypothesis, goal)
            wrong, missing = len(hypothesis) - common, len(goal) - common
            parts = [f"{wrong} wrong"] * (wrong > 0) + [f"{missing} missing"] * (missing > 0)
            assert row["says"] == (f"✗ {', '.join(parts)}" if parts else "✓ right")
            assert (not parts) == (hypothesis == goal)
            if truth.hypothesis:
                kept = unmarked(row["words"])
                assert len(kept) == common and is_subsequence(kept, goal) and is_subsequence(kept, hypothesis)
            if j == i:
                found = unmarked(reference["words"])
                assert len(found) == common and is_subsequence(found, hypothesis)
        return src["text"]

    def place(self, k, i):
        """Where a point is on the screen."""
        area = self.root.locator(".area")
        area.evaluate("area => area.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box = self.root.locator(".area .marker").nth(k * len(self.names) + i).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def label(bucket) -> str:
    one = bucket.shortest == bucket.longest
    return str(bucket.shortest) if one else f"{bucket.shortest}–{bucket.longest}"


def longest_common(a: list[str], b: list[str]) -> int:
    """Row by row, unlike the widget."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = row
        row = [0]
        for j, y in enumerate(b):
            row.append(before[j] + 1 if x == y else max(before[j + 1], row[j]))
    return row[-1]


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(word in rest for word in part)


def unmarked(pieces: list) -> list[str]:
    return [word for text, marked in pieces if not marked for word in words_of(text)]


def open_widgets(
    open_page: Callable[..., Page], folder: Path, *models: dict, width=900, view=None, linked=(), **options
) -> list[Widget]:
    """Show these models on one page and return the widgets; ``linked`` traits are those of the first two."""
    made = [LengthCurve.from_buckets(each, **{"trained": (3, 6), **(view or {})}) for each in models]
    stores = {str(i): stored(widget) for i, widget in enumerate(made)}
    links = {
        name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
        for name in linked
    }
    address = write_page(folder, stores | links, list(stores))
    page = open_page(address, viewport={"width": width, "height": 900}, **options)
    roots = page.locator(".s2s-length-curve")
    expect(roots).to_have_count(len(made))
    return [Widget(roots.nth(i), each) for i, each in enumerate(models)]
