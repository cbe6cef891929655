"""The search of the course's own site: what is found, by whom, where it leads, and when it is loaded.

What must be found is read from sources that the index does not know: the notebooks and pages as they are
written, the exercises, the claims, and the glossary.
"""

import gzip
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from s2s_course.claims.registry import CLAIMS
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.seeds import python_random

from .crawl import pages_of, serve

BOOK = Path(__file__).parents[2] / "book"
CHAPTER = "book/05-bahdanau-attention.html"
OPTION = ".s2s-search-list [role=option]"  # others are those of a widget
LARGEST = 250_000  # bytes of the index, gzipped
FIND = """async (queries) => {
  const search = window.s2sSearch;
  const index = search.engine.readIndex(search.index);
  return queries.map((query) => search.engine.find(index, query).slice(0, 3).map(({ section, passage }) =>
    [section.names.map(({ text }) => text), `${section.page[0]}#${section.anchor}`, passage.text]));
}"""


@pytest.fixture(scope="module")
def address(site):
    with serve(site) as address:
        yield address


@pytest.fixture(scope="module")
def find(browser, address):
    """The first three results of each query, by the scripts of the site."""
    page = browser.new_page()
    page.goto(f"{address}/search.html")
    page.wait_for_function("window.s2sSearch?.index && window.s2sSearch.engine")
    yield lambda queries: page.evaluate(FIND, queries)
    page.close()


def headings() -> list[str]:
    """As the sources have them, those with formulas aside."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(BOOK.rglob("*.md"))]
    for path in sorted(BOOK.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    without_code = [re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE) for text in texts]
    found = [one for text in without_code for one in re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE)]
    return [re.sub(r"[`*]", "", one) for one in found if not re.search(r"[$\[{]", one) and len(one) > 1]


def terms() -> list[str]:
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\{glossary\}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line and not line.startswith(" ")]
    return [line for line in lines if "$" not in line]


def claims() -> list[str]:
    return [claim.statement for claim in CLAIMS.values() if "$" not in claim.statement]


def squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def found(results: list, name: str) -> bool:
    return any(squeezed(name) in map(squeezed, names) for names, *_ in results)


def test_everything_is_found_by_its_name(find):
    names = [*headings(), *terms(), *claims(), *(f"Exercise {one.id}" for one in all_exercises())]
    names += [one.id for one in all_exercises()]
    assert len(names) > 400
    missed = [name for name, results in zip(names, find(names), strict=True) if not found(results, name)]
    assert missed == []


def test_a_typing_error_is_forgiven(find):
    """One error in each name of four letters or more: a letter missing, too many, wrong, or two swapped."""
    random = python_random(0, "typing errors")
    names = list(dict.fromkeys([*headings(), *terms(), *claims()]))
    names = [name for name in names if sum(map(str.isalpha, name)) >= 4]
    typed = [mistyped(name, random) for name in names]
    missed = [
        (wrong, name)
        for wrong, name, results in zip(typed, names, find(typed), strict=True)
        if not found(results, name)
    ]
    assert len(missed) <= 0.05 * len(names), missed


def mistyped(name: str, random) -> str:
    places = [n for n, letter in enumerate(name) if letter.isalpha()]
    place = random.choice(places)
    other = random.choice("abcdefghijklmnopqrstuvwxyz")
    kind = random.choice(["missing", "more", "wrong", "swapped"])
    if kind == "swapped" and place + 1 < len(name) and name[place + 1].isalpha():
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    if kind == "missing":
        return name[:place] + name[place + 1 :]
    return name[:place] + other + name[place + (kind != "more") :]


# Queries, and the address or the text that one of the first three results has.
EXAMPLES = {
    "label smothing": "glossary.html#term-label-smoothing",
    "label smooth": "glossary.html#term-label-smoothing",
    "lable smoothing": "glossary.html#term-label-smoothing",
    "exercise 7.5": "07-self-attention.html#exercise-7-5",
    "claim label smoothing": "claims-ledger.html#claim-label-smoothing",
    "figure 5.2": "05-bahdanau-attention.html#fig-5-2",
    "chapter 5": "05-bahdanau-attention.html#",
    "MultiHeadAttention": "class MultiHeadAttention",
    "letter d_ff": "notation.html#letter-d-ff-9",
    "H": "notation.html#letter-H-",
    "raconte problemes": "problèmes",
    "répète": "répète",
}


def test_what_readers_type(find):
    for (query, wanted), results in zip(EXAMPLES.items(), find(list(EXAMPLES)), strict=True):
        assert any(wanted in address or wanted in text for _, address, text in results), (query, results)


def test_numbers_are_not_guessed(find):
    """7.6 is no typing error for 7.5, and nothing is found for what is nowhere."""
    exercise, nothing, empty = find(["exercise 7.5", "qqqqxqqq zzzzz", "  "])
    assert "Exercise 7.5" in exercise[0][0]
    assert not any("Exercise 7.6" in names for names, *_ in exercise)
    assert nothing == empty == []


def test_it_is_small_and_nothing_of_sphinx_is_left(site):
    index = site / "_static" / "search" / "search-index.js"
    assert len(gzip.compress(index.read_bytes())) <= LARGEST
    assert not (site / "searchindex.js").exists() and not (site / "_static" / "searchtools.js").exists()
    for page in pages_of(site):
        html = (site / page).read_text(encoding="utf-8")
        assert not re.search(
            r"searchtools|searchindex|sphinx_highlight|language_data|pst-search-dialog", html
        ), page
        assert html.count("/search-index.js") == html.count("/search.js") == 0


@pytest.mark.parametrize("place", ["served", "file"])
def test_it_is_loaded_when_asked_for_and_used_by_keyboard(site, address, open_page, place):
    page = open_page(f"{address if place == 'served' else site.as_uri()}/{CHAPTER}")
    assert page.evaluate("window.s2sSearch") is None
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search the course")
    expect(field).to_be_focused()
    assert page.evaluate("typeof window.s2sSearch.engine") == "object"
    field.press_sequentially("label smothing")
    options = page.locator(OPTION)
    expect(options.first).to_contain_text("Label smoothing")
    expect(page.locator(".s2s-search-status")).to_have_text(re.compile(r"^\d+ results$"))
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert page.locator(f"{OPTION}[aria-selected=true]").count() == 1
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    page.locator(".search-button__button:visible").first.click()
    expect(field).to_be_focused()
    field.fill("exercise 7.5")
    expect(options.first).to_contain_text("Exercise 7.5")
    page.keyboard.press("Enter")
    page.wait_for_url("**/07-self-attention.html*")
    expect(page.locator("#exercise-7-5 > h3 mark").last).to_be_in_viewport()


def test_the_passage_is_shown_opened_and_marked_and_the_marks_can_be_cleared(address, open_page):
    page = open_page(f"{address}/search.html?q=whatever it costs")
    field = page.get_by_role("combobox", name="Search the course")
    field.fill("softmax column rows batch source weights sum wrong axis")
    option = page.locator(OPTION).first
    shown = option.locator(".s2s-search-passage").inner_text()
    assert option.locator("mark").count() > 1
    option.click()
    page.wait_for_url("**mark=**")
    passage = page.locator(".s2s-found")
    expect(passage).to_have_count(1)
    expect(passage.locator("mark").first).to_be_in_viewport()
    words = [word for word in re.findall(r"[a-z]{4,}", shown.lower())]
    text = passage.inner_text().lower()
    assert words and all(word in text for word in words[:8])
    page.get_by_role("button", name="Clear the marks").click()
    assert page.locator("mark, .s2s-found, .s2s-marked-bar").count() == 0
    assert "mark=" not in page.url and "#" in page.url


def test_every_passage_is_where_the_index_says(site, address, open_page):
    """Python counts passages in the file, the page counts them when it is drawn: the same text comes out."""
    text = (site / "_static" / "search" / "search-index.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index('{"pages"') :].rstrip(";\n"))
    random = python_random(0, "passages")
    number = [file for file, _ in index["pages"]].index(CHAPTER)
    passages = [(s, at, said) for s in index["sections"] if s[0] == number for at, said in s[5]]
    passages = [one for one in passages if re.match(r"[A-Za-z ,]{20}", one[2])]
    for (_, anchor, *_), at, said in random.sample(passages, 3):
        word = max(re.findall(r"\b[a-z]{3,}", said[:20].rpartition(" ")[0]), key=len)  # in no formula
        page = open_page(f"{address}/{CHAPTER}?mark={word}&at={at}#{anchor}")
        expect(page.locator(".s2s-found")).to_contain_text(said[:20])
        expect(page.locator(".s2s-found mark").first).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_page(address, open_page, scheme):
    page = open_page(
        f"{address}/search.html?q=attention", viewport={"width": 360, "height": 700}, color_scheme=scheme
    )
    expect(page.locator(OPTION).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page = open_page(f"{address}/{CHAPTER}", viewport={"width": 360, "height": 700}, color_scheme=scheme)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search the course").fill("attention")
    expect(page.locator(OPTION).first).to_be_in_viewport()
    box = page.get_by_role("dialog", name="Search").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360 and box["y"] + box["height"] <= 700


def test_without_scripts_the_page_says_so(address, browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/search.html")
    expect(page.get_by_text("The search needs JavaScript")).to_be_visible()
    page.close()
