"""Letters of a chapter light up together, by pointer and by key, and say what they mean."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .crawl import serve

NOTATION = (Path(__file__).parents[2] / "book" / "notation.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| \$(\S+)\$ \| (.*) \| ([\d, ]+) \|$", NOTATION, re.MULTILINE)
LIT = """() => [...document.querySelectorAll(".s2s-lit")].map((one) =>
  [one.closest("svg, math, pre").localName, (one.querySelector("mi") ?? one).textContent])"""


def meaning(letter: str, chapter: int) -> str:
    """Of a letter that has one meaning in the chapter, as the page of letters says it, up to a formula."""
    (text,) = (text for name, text, where in ROWS if name == letter and chapter in map(int, where.split(",")))
    return text.split("$")[0].rstrip(", ")


@pytest.fixture
def chapter(site, open_page):
    with serve(site) as address:
        page = open_page(
            f"{address}/book/05-bahdanau-attention.html", viewport={"width": 1280, "height": 1000}
        )
        expect(page.locator("div.math[tabindex]").first).to_be_attached()
        yield page


@pytest.mark.parametrize(
    "place", ['math mi[data-tex="\\\\alpha"]', 'tspan[data-tex="\\\\alpha"]', "pre span.n"]
)
def test_a_letter_lights_up_in_formulas_drawings_and_code(chapter, place):
    found = chapter.locator(place).filter(has_text=re.compile("^(α|𝛼|alpha)$")).locator("visible=true").first
    found.scroll_into_view_if_needed()
    found.hover()
    note = chapter.locator(".s2s-letter-note")
    expect(note).to_contain_text(meaning(r"\alpha", 5))
    lit = chapter.evaluate(LIT)
    assert {where for where, _ in lit} == {"svg", "math", "pre"}
    assert {text for _, text in lit} == {"α", "alpha"}
    every = chapter.locator(r'mi[data-tex="\\alpha"], tspan[data-tex="\\alpha"], span[data-tex="\\alpha"]')
    assert len(lit) == every.count() > 8
    chapter.mouse.move(2, 2)
    expect(chapter.locator(".s2s-lit")).to_have_count(0)
    expect(note).to_be_hidden()


def test_a_click_keeps_it_lit_and_escape_ends_it(chapter):
    letter = chapter.locator('div.math mi[data-tex="h"]').first
    letter.click()
    chapter.mouse.move(2, 2)
    chapter.wait_for_timeout(300)
    assert chapter.locator(".s2s-lit").count() > 8
    chapter.keyboard.press("Escape")
    expect(chapter.locator(".s2s-lit")).to_have_count(0)


def test_arrow_keys_go_through_the_letters_of_a_formula(chapter):
    chapter.locator("div.math[tabindex]").first.focus()
    note = chapter.get_by_role("status").last
    for key, letter in [("ArrowRight", "c"), ("ArrowRight", "t"), ("ArrowLeft", "c")]:
        chapter.keyboard.press(key)
        said = "a position, or a step" if letter == "t" else meaning(letter, 5)
        expect(note).to_contain_text(said)
    chapter.keyboard.press("Tab")
    expect(chapter.locator(".s2s-lit")).to_have_count(0)


def test_every_letter_of_the_page_of_letters_has_its_meaning_in_its_chapters(site):
    assert len(ROWS) > 70
    lit = []
    for number in range(1, 11):
        (path,) = (site / "book").glob(f"{number:02d}-*.html")
        page = path.read_text(encoding="utf-8")
        for letter in [name for name, _, where in ROWS if number in map(int, where.split(","))]:
            name = re.sub(r"_(?:\\text\{(\w+)\}|(\w))$", r"_{\1\2}", letter)
            assert f'"{name}":'.replace("\\", "\\\\") in page, (number, letter)
            lit.append(f'data-tex="{name}"' in page)
    assert sum(lit) > 0.9 * len(lit)  # sizes in the shapes of a docstring are no letters of a formula
