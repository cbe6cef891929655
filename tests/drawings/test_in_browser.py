"""All drawings in a browser: text that lies on nothing, the right composition, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from s2s_course.drawings.gallery import page
from s2s_course.drawings.language.palette import PALETTE
from s2s_course.drawings.registry import drawing, names

from ..browser.conftest import browser  # noqa: F401 - the fixture

CHECKS = Path(__file__).with_name("drawing_checks.js").read_text(encoding="utf-8")
CHECKS = CHECKS[CHECKS.index("() =>") :]


@pytest.fixture(scope="module")
def shown(browser) -> Iterator[Page]:  # noqa: F811
    """A page with every drawing once, which asks for nothing else."""
    opened = browser.new_page()
    requests = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.set_content(page([drawing(name) for name in names()], "light"))
    yield opened
    assert requests == []
    opened.close()


# The book's column on a desktop, between both compositions, and what telephones of 360 and 390 pixels leave.
@pytest.mark.parametrize(
    ("column", "form"), [(688, "wide"), (600, "wide"), (599, "narrow"), (358, "narrow"), (328, "narrow")]
)
def test_the_column_chooses_the_composition_and_nothing_collides(shown, column, form):
    shown.set_viewport_size({"width": column, "height": 800})
    visible = shown.eval_on_selector_all(
        ".s2s-drawing svg",
        "all => all.filter(one => one.checkVisibility()).map(one => one.getAttribute('class'))",
    )
    assert visible == [f"s2s-{form}"] * len(names())
    assert shown.evaluate("document.documentElement.scrollWidth") <= column
    if column not in (600,):  # there words of the wide composition may be a little smaller than 12 pixels
        assert shown.evaluate(CHECKS) == []


def test_the_checks_find_what_is_wrong(shown):
    """Otherwise they could not fail."""
    shown.set_viewport_size({"width": 688, "height": 800})
    wrong = {
        '<text x="60" y="50">one</text><text x="66" y="52">two</text>': "lies on",
        '<text x="2" y="50">outside</text>': "leaves the sheet",
        '<text x="60" y="50" style="font-size:9px">small</text>': "has 9 px",
        '<rect x="60" y="20" width="90" height="90"/><text x="60" y="50">edge</text>': "an edge runs through",
        '<path fill="none" d="M0 50L200 50"/><text x="60" y="50">line</text>': "a line runs through",
    }
    for body, complaint in wrong.items():
        svg = f'<svg class="s2s-wide" viewBox="0 0 688 200">{body}</svg>'
        added = f'<figure class="s2s-drawing" id="x">{svg}</figure>'
        shown.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", added)
        complaints = shown.evaluate(CHECKS)
        shown.evaluate("document.body.lastElementChild.remove()")
        assert len(complaints) == 1 and complaint in complaints[0]


def test_colors_follow_the_theme_of_the_book_and_of_notebooks(shown):
    def ink() -> str:
        return shown.eval_on_selector(".s2s-drawing text", "text => getComputedStyle(text).fill")

    light, dark = (f"rgb({', '.join(str(int(c[i : i + 2], 16)) for i in (1, 3, 5))})" for c in PALETTE["ink"])
    assert ink() == light
    for who, name, value in (
        ("documentElement", "data-theme", "dark"),  # the book
        ("documentElement", "theme", "dark"),  # Colab
        ("body", "data-jp-theme-light", "false"),  # JupyterLab
        ("body", "class", "vscode-dark"),
    ):
        shown.evaluate(f"document.{who}.setAttribute({name!r}, {value!r})")
        assert ink() == dark, name
        shown.evaluate(f"document.{who}.removeAttribute({name!r})")
    shown.evaluate("document.documentElement.setAttribute('data-theme', 'light')")
    assert ink() == light


def test_words_are_selectable_text_in_the_page_s_font(shown):
    shown.evaluate("document.body.style.fontFamily = 'Georgia'")
    fonts = shown.eval_on_selector_all(
        "#drawing-lstm-cell text", "all => all.map(text => getComputedStyle(text).fontFamily)"
    )
    assert set(fonts) == {"Georgia"}
    shown.evaluate("getSelection().selectAllChildren(document.getElementById('drawing-whole-way'))")
    selected = re.sub(r"\s+", " ", shown.evaluate("getSelection().toString()"))
    assert "The whole way" in selected
