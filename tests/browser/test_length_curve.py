"""LengthCurve on a page, driven as a reader drives it; what it shows is compared with the buckets."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import expect

from s2s_course.widgets.length_curve import LengthCurve

from .length_curve_view import NAMES, Widget, longest_common, open_widgets, translations, words_of
from .lifetime import check_lifetime

TRAITS = ["bucket", "measure", "model", "sentence"]


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., list[Widget]]:
    return partial(open_widgets, open_page, tmp_path)


def test_every_point_by_keyboard(show):
    (widget,) = show(translations(), view={"bucket": 1, "model": 2})
    assert widget.says()[:2] == (1, 2)
    widget.chart.focus()
    walked = []
    for key in [
        "Home",
        "ArrowLeft",
        *["ArrowUp"] * 3,
        *["ArrowRight"] * 5,
        "ArrowDown",
        "ArrowDown",
        "ArrowDown",
    ]:
        widget.press(key)
        walked.append(widget.says()[:2])
    left = [(0, 2), (0, 2), (0, 1), (0, 0), (0, 0)]
    assert walked == [*left, (1, 0), (2, 0), (3, 0), (4, 0), (4, 0), (4, 1), (4, 2), (4, 2)]
    widget.press("Home", "End")
    assert widget.says()[:2] == (4, 2)


def test_a_click_takes_the_nearest_point_and_a_hover_shows_only_its_numbers(show):
    (widget,) = show(translations(), view={"bucket": 0})
    first = widget.says()[2]
    for k, i in [(4, 0), (3, 1), (4, 2), (2, 0)]:
        x, y = widget.place(k, i)
        widget.page.mouse.click(x + 4, y)
        assert widget.says()[:2] == (k, i)
    src = widget.says()[2]
    assert src != first
    widget.page.mouse.move(*widget.place(4, 1))
    expect(widget.root.locator(".numbers output")).to_contain_text("Length 10–14")
    assert widget.root.locator(".sentences tr td").first.inner_text() == src, "the page does not turn"
    widget.page.mouse.move(2, 2)
    assert widget.says() == (2, 0, src)


def test_turning_pages_in_order_worst_first_and_only_wrong_ones(show):
    models = translations(count=150)
    (widget,) = show(models, view={"bucket": 1, "model": 0})
    carried = LengthCurve.from_buckets(models).buckets[1]["sentences"]
    own = {s.src: s for s in models["GRU"][1].sentences}

    def distance(src: str) -> float:
        a, b = words_of(own[src].hypothesis), words_of(own[src].reference)
        return 1 - 2 * longest_common(a, b) / (len(a) + len(b))

    def walk() -> list[str]:
        seen = [widget.says()[2]]
        expect(widget.button("previous sentence")).to_be_disabled()
        while widget.button("next sentence").is_enabled():
            widget.button("next sentence").press("Enter")
            seen.append(widget.says()[2])
        place = widget.root.locator(".pages output").inner_text()
        assert place.startswith(f"{len(seen)} of {len(seen)}")
        return seen

    given = [sentence["src"] for sentence in carried]
    assert walk() == given and len(given) == 12
    widget.button("previous sentence").click()
    assert widget.says()[2] == given[-2]
    order, wrong = widget.root.get_by_role("combobox"), widget.root.get_by_role("checkbox")
    order.select_option("worst first")
    assert walk() == sorted(given, key=distance, reverse=True)
    wrong.check()
    bad = [src for src in given if distance(src) > 0]
    assert 1 < len(bad) < 12
    assert walk() == sorted(bad, key=distance, reverse=True)
    order.select_option("in order")
    assert walk() == bad


def test_models_are_compared_on_the_same_sentence(show):
    (widget,) = show(translations(), view={"bucket": 4, "sentence": 3})
    src = LengthCurve.from_buckets(translations()).buckets[4]["sentences"][3]["src"]
    assert widget.says() == (4, 0, src)
    for i in (1, 2, 0):
        widget.button(NAMES[i]).click()
        assert widget.says() == (4, i, src)
    for i in (2, 0):
        widget.page.mouse.click(*widget.place(4, i))
        assert widget.says() == (4, i, src)
    widget.chart.focus()
    widget.press("ArrowDown")
    assert widget.says() == (4, 1, src)
    widget.press("ArrowLeft")
    first = LengthCurve.from_buckets(translations()).buckets[3]["sentences"][0]["src"]
    assert widget.says() == (3, 1, first), "another length starts with its first sentence"


def test_a_model_without_mistakes_has_no_wrong_ones(show):
    (widget,) = show(translations(), view={"bucket": 4, "model": 2})
    widget.root.get_by_role("checkbox").check()
    assert widget.says() == (4, 2, None)
    assert widget.root.locator(".pages output").inner_text() == "no wrong ones"
    for name in ("previous sentence", "next sentence"):
        expect(widget.button(name)).to_be_disabled()
    widget.button("GRU").click()
    assert widget.says()[:2] == (4, 0) and widget.says()[2]


def test_native_controls_and_tab_order_with_a_visible_focus(show):
    (widget,) = show(translations(), view={"bucket": 1, "model": 1})
    expect(widget.button("previous sentence")).to_be_disabled()
    widget.button("longer sentences").click()
    assert widget.says()[:2] == (2, 1)
    slider = widget.root.get_by_role("slider")
    slider.fill("4")
    assert widget.says()[:2] == (4, 1) and slider.get_attribute("aria-valuetext") == "10–14 words"
    expect(widget.button("longer sentences")).to_be_disabled()
    widget.button("shorter sentences").click()
    assert widget.says()[:2] == (3, 1)
    widget.root.locator("header p").click()  # start from here, without a focus
    visited = []
    for _ in range(12):
        widget.press("Tab")
        name, outline = widget.page.evaluate("""() => {
          const { ariaLabel, textContent, type, parentElement } = document.activeElement;
          return [type === "checkbox" ? parentElement.textContent : ariaLabel ?? textContent,
            getComputedStyle(document.activeElement).outline];
        }""")
        visited.append(name.split(".")[0])
        assert "solid 2px" in outline
    assert visited == [
        *["BLEU", "exact match", "Quality against the length of the source", *NAMES],
        *["shorter sentences", "length", "longer sentences"],
        *["next sentence", "order of the sentences", "only wrong ones"],
    ]


def test_keys_move_the_point_and_not_the_page(show):
    (widget,) = show(translations(), width=360, view={"bucket": 1})
    widget.chart.focus()
    before = widget.page.evaluate("[scrollX, scrollY]")
    widget.press("ArrowDown", "ArrowRight", "End", "Home", "ArrowUp", "Control+ArrowRight")
    assert widget.page.evaluate("[scrollX, scrollY]") == before
    assert widget.says()[:2] == (0, 0), "shortcuts of the browser are left alone"


def test_a_change_of_theme_keeps_the_choice(show):
    (widget,) = show(translations(), view={"bucket": 3, "model": 1}, color_scheme="light")
    widget.root.get_by_role("checkbox").check()
    before = widget.says()
    widget.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(widget.root).to_have_attribute("data-theme", "dark")
    assert widget.says() == before and widget.root.get_by_role("checkbox").is_checked()


def test_linked_widgets_of_different_length_move_together(show):
    short = translations(models=2, longest=8, edges=(3, 5, 9))
    long, short = show(translations(), short, linked=TRAITS)
    long.chart.focus()
    long.press("ArrowRight", "ArrowDown")
    assert long.says()[:2] == short.says()[:2] == (1, 1)
    long.press("End", "ArrowDown")
    assert long.says()[:2] == (4, 2) and short.says()[:2] == (1, 1)
    long.root.get_by_role("button", name="exact match").click()
    assert re.match("sentences translated", short.root.locator(".captions").inner_text())
    short.chart.focus()
    short.press("ArrowLeft")
    assert long.says()[:2] == short.says()[:2] == (0, 1)


USE = """(root, own) => {
  root.querySelector("[aria-label='longer sentences']").click();
  root.querySelector("[role=application]").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
  root.querySelector("[aria-label='next sentence']").click();
  root.querySelector(".switch button:last-child").click();
  return [own.bucket, own.model, own.measure];
}"""


def test_after_its_life_it_listens_to_nothing(show):
    (widget,) = show(translations(), view={"bucket": 3, "model": 1})
    check_lifetime(widget.page, USE, [4, 2, "exact_match"], [f"change:{name}" for name in TRAITS])
