"""What a LengthCurve draws: both measures, bars, shades and marks, of ordinary and of awkward data."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest

from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.by_length import by_length

from .length_curve_view import Widget, open_widgets, translations, words_of


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., list[Widget]]:
    return partial(open_widgets, open_page, tmp_path)


def test_exact_match_and_back(show):
    models = translations(models=5)
    (widget,) = show(models, view={"bucket": 2, "model": 3})
    switch = widget.root.get_by_role("group", name="measure of quality")
    for name, axis in [
        ("exact match", "sentences translated exactly as the reference, %"),
        ("BLEU", "BLEU, of effective order"),
    ]:
        switch.get_by_role("button", name=name).click()
        assert widget.root.locator(".captions").inner_text() == axis
        assert switch.locator("[aria-pressed=true]").all_inner_texts() == [name]
        assert widget.root.locator(".numbers thead .now").all_inner_texts() == [name]
        assert widget.says()[:2] == (2, 3)


def test_the_lengths_in_training_are_shaded_and_counts_are_bars(show):
    (widget,) = show(translations(), view={"trained": (4, 8)})  # of 3 to 14
    read = """root => Object.fromEntries([".area", ".trained"].map((name) => {
      const { left, width } = root.querySelector(name).getBoundingClientRect();
      return [name, [left, width]];
    }))"""
    boxes = widget.root.evaluate(read)
    (left, width), (start, shaded) = boxes[".area"], boxes[".trained"]
    assert (start - left) / width == pytest.approx(1 / 12, abs=0.003)
    assert shaded / width == pytest.approx(5 / 12, abs=0.003)
    assert widget.root.locator(".top").inner_text() == "lengths in training: 4–8"
    bars = "bars => bars.map((bar) => ['left', 'width', 'height'].map((name) => parseFloat(bar.style[name])))"
    drawn = widget.root.locator(".bars i").evaluate_all(bars)
    counts = [len(bucket.sentences) for bucket in widget.truth[0]]
    for bar, bucket, count in zip(drawn, widget.truth[0], counts, strict=True):
        span = [bucket.shortest - 3, bucket.longest + 1 - bucket.shortest]
        assert bar == pytest.approx(
            [*(100 * part / 12 for part in span), 100 * count / max(counts)], rel=1e-4
        )
    (late,) = show(translations(), view={"trained": (13, 20)})
    ends = [late.root.locator(name).bounding_box() for name in (".top span", ".area")]
    assert ends[0]["x"] + ends[0]["width"] <= ends[1]["x"] + ends[1]["width"] + 1, "its label stays inside"
    for trained, seen in [((20, 30), False), (None, False)]:
        (widget,) = show(translations(), view={"trained": trained})
        assert widget.root.locator(".trained").is_visible() == seen
        assert widget.root.locator(".top span").is_visible() == seen


def awkward(count: int, models: int) -> dict:
    """Texts and names that are no good, and one bucket for each length."""
    texts = ["<b>l'œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 70, "", "  deux  mots "]
    pairs = [SentencePair("w " * (i + 1) + "x" * 70, texts[(i + 2) % 5] or "?") for i in range(count)]
    guesses = [[texts[(i + k) % 5] for i in range(count)] for k in range(models)]
    names = ["<i>GRU</i>", "B" * 40, "an encoder–decoder with a very long name", "D", "E"]
    buckets = [
        by_length(pairs, g, src_language="en", tgt_language="fr", edges=range(1, count + 3)) for g in guesses
    ]
    return dict(zip(names[:models], buckets, strict=True))


@pytest.mark.parametrize(("count", "models"), [(1, 1), (40, 5)])
def test_awkward_texts_and_many_points_on_a_phone(show, count, models):
    (widget,) = show(awkward(count, models), width=344, has_touch=True)  # 328 px for the widget
    boxes = """nodes => nodes.filter((node) => !node.hidden).map((node) => node.getBoundingClientRect())
      .map(({ left, width, height }) => [left, width, height])"""
    for bucket in range(count):
        widget.root.get_by_role("slider").fill(str(bucket))
        labels = widget.root.locator(".x:not(.counts) span").evaluate_all(boxes)
        assert all(left + width < after for (left, width, _), (after, *_) in pairwise(labels))
    for i, name in enumerate(widget.names):
        widget.button(name).tap()
        assert widget.page.evaluate("document.documentElement.scrollWidth") == 344
        for bucket in range(0, count, 9):
            widget.root.get_by_role("slider").fill(str(bucket))
            text = widget.root.locator(".sentences tr").nth(2 + i).locator("td").first.inner_text()
            own = widget.truth[i][bucket].sentences[0].hypothesis
            assert words_of(text) == (words_of(own) or ["nothing"])
    assert widget.root.locator("img, b b, i i").count() == 0
    controls = widget.root.locator("button, input:not([type=checkbox]), select, label").evaluate_all(boxes)
    assert len(controls) == 10 + models and all(min(size) > 43.9 for _, *size in controls)
    if models > 1:
        widget.page.touchscreen.tap(*widget.place(22, 3))
        assert widget.root.locator(".area .marker.now").count() == 1
        assert "Length 24," in widget.root.locator(".numbers output").inner_text()
    assert widget.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


LUMINANCE = """node => {
  const of = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  let paper = node;
  while (/0\\)$|transparent/.test(getComputedStyle(paper).backgroundColor)
    && getComputedStyle(paper).backgroundColor !== "rgb(0, 0, 0)") paper = paper.parentElement;
  return [of(getComputedStyle(node).color), of(getComputedStyle(paper).backgroundColor)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_and_marks_are_more_than_colors(show, scheme):
    (widget,) = show(translations(), view={"bucket": 4}, color_scheme=scheme)
    assert widget.root.get_attribute("data-theme") == scheme
    for name in [
        "mark.wrong",
        "mark.missing",
        "td",
        "th",
        ".key",
        ".note",
        ".y span",
        "tr.now .says",
        "output",
    ]:
        light, dark = sorted(widget.root.locator(name).last.evaluate(LUMINANCE), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name
    style = "(node, name) => getComputedStyle(node)[name]"
    wrong, missing = (
        widget.root.locator(f".sentences tr mark.{name}").first for name in ("wrong", "missing")
    )
    assert wrong.evaluate(style, "textDecorationLine") == "underline"
    assert missing.evaluate(style, "borderBottomStyle") == "dotted"


def test_lines_and_markers_of_five_models_differ(show):
    (five,) = show(translations(models=5))
    shapes = five.root.locator(".numbers .marker path").evaluate_all(
        "all => all.map((n) => n.getAttribute('d'))"
    )
    dashes = five.root.locator(".area path.line").evaluate_all(
        "all => all.map((n) => getComputedStyle(n).strokeDasharray)"
    )
    assert len(set(shapes)) == len(set(dashes)) == 5
