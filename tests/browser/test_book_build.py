"""What the Sphinx extension makes of the tiny book's pages."""

import json
import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from playwright.sync_api import expect
from sphinx.application import Sphinx

from s2s_course.sphinx_ext import widget_scripts
from s2s_course.widgets import WIDGETS, HiddenStates, Quiz
from s2s_course.widgets.shared.stored import scripts, stand_in

from . import tiny_book as tiny
from .crawl import pages_of


def script_names(page) -> list[str]:
    return re.findall(r'<script[^>]* src="([^"]*)"', page.read_text(encoding="utf-8"))


def test_the_host_stands_on_pages_with_widgets_and_nowhere_else(tiny_book):
    pages = {path.stem: path for path in tiny_book.rglob("*.html") if path.parts[-2] != "_static"}
    assert {"index", "mathematics", "widgets", "search", "genindex"} <= set(pages)
    with_host = [
        name for name, page in pages.items() if any("static-host.js" in src for src in script_names(page))
    ]
    assert with_host == ["widgets"]
    assert sum("static-host.js" in src for src in script_names(pages["widgets"])) == 1


def test_a_page_names_the_code_of_the_widgets_that_it_shows(tiny_book):
    written = {path.stem: path for path in (tiny_book / "_static" / "widgets").iterdir()}
    assert {name: path.read_text(encoding="utf-8") for name, path in written.items()} == scripts(WIDGETS)
    for page in tiny_book.rglob("*.html"):
        assert not [src for src in script_names(page) if "/widgets/" in src], "it is loaded when it is near"
        named = re.findall(r'data-code="([^"]*)"', page.read_text(encoding="utf-8"))
        if page.name != "widgets.html":
            assert named == []
            continue
        [code] = [json.loads(unescape(one)) for one in named]
        assert list(code) == ["shared", "hidden_states"]
        for name, place in code.items():
            assert re.fullmatch(rf"widgets/{name}\.js\?v=[0-9a-f]{{8}}", place), "no browser keeps an old one"


def test_a_page_does_not_carry_the_code_itself(tiny_book):
    html = (tiny_book / "chapters" / "widgets.html").read_text(encoding="utf-8")
    assert html.count("s2s_course widget: hidden_states 1") == 2
    assert "followTheme" not in html and "@container" not in html


def test_a_widget_of_another_version_is_a_warning_of_the_build(monkeypatch):
    states = {"a": Quiz, "b": HiddenStates}
    models = {key: {"state": {"_esm": stand_in(widget)}} for key, widget in states.items()}
    script = (None, {"body": json.dumps({"state": models}), "type": "…"})
    warned = []
    app = Mock(spec=Sphinx)
    metadata = {"page": {"js_files": {"ipywidgets_state": script}}, "other": {}}
    app.env = SimpleNamespace(nb_metadata=metadata, metadata={})
    monkeypatch.setattr(widget_scripts.logger, "warning", lambda text, *of, **_: warned.append(text % of))

    def named(page: str) -> list[str]:
        context = {}
        widget_scripts.add_widget_scripts(app, page, "page.html", context, None)
        return list(json.loads(widget_scripts.code_places(context)))

    assert (named("other"), warned) == ([], [])
    assert (named("page"), warned) == (["shared", "quiz", "hidden_states"], [])
    monkeypatch.setitem(widget_scripts._VERSIONS, "quiz", 2)
    assert named("page") == ["shared", "hidden_states"]
    assert warned == [
        "the widget 'quiz' with state version 1 was stored by another version of the course: run make execute"
    ]


def test_a_page_with_the_directive_loads_the_code_and_the_host():
    app = Mock(spec=Sphinx)
    app.env = SimpleNamespace(nb_metadata={"first": {}}, metadata={"first": {"s2s_widgets": "translator"}})
    added, context = [], {}
    app.add_js_file = lambda name, **_: added.append(name)
    widget_scripts.add_widget_scripts(app, "first", "page.html", context, None)
    assert added == ["static-host.js"]
    assert list(json.loads(widget_scripts.code_places(context))) == ["shared", "translator"]


def test_neither_thebe_nor_requirejs_nor_another_server_is_named_in_a_page_s_head(tiny_book):
    for page in tiny_book.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert not re.search(r"unpkg|jsdelivr|cdnjs|thebe_selector|sphinx-thebe|require(\.min)?\.js", html), (
            page
        )
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]* (?:src|href)="(https?:[^"]*)"', html)
        assert loaded == [], page
    assert not list((tiny_book / "_static").rglob("*thebe*"))


@pytest.mark.parametrize("scripts", [True, False])
def test_formulas_are_in_the_page_with_their_source_and_a_font(tiny_book, tiny_address, open_page, scripts):
    page = open_page(f"{tiny_address}/chapters/mathematics.html", java_script_enabled=scripts)
    expect(page.locator("article math")).to_have_count(2)
    expect(page.locator("div.math mi[data-tex=h]").first).to_be_visible()
    source = page.locator("div.math annotation").text_content()
    assert source in tiny.MATHEMATICS and "\\tanh(W h_{t-1}" in source
    if scripts:
        loaded = "document.fonts.load('16px \"s2s math\"').then((fonts) => fonts.map((font) => font.status))"
        assert page.evaluate(loaded) == ["loaded"]
    assert (tiny_book / "_static" / "math.woff2").stat().st_size < 40_000
    assert not re.search("MathJax|tex-chtml", page.content())


def test_what_is_copied_holds_tex(tiny_address, open_page):
    page = open_page(f"{tiny_address}/chapters/mathematics.html")
    copied = page.evaluate(
        """() => {
          const [paragraph] = document.querySelectorAll("article p:has(math)");
          getSelection().selectAllChildren(paragraph);
          const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true });
          document.dispatchEvent(event);
          return event.clipboardData.getData("text/plain");
        }"""
    )
    assert copied == "The state $h_t$ follows from the state before it:"


def test_a_wide_formula_scrolls_in_a_box_that_keys_reach(tiny_address, open_page):
    page = open_page(f"{tiny_address}/chapters/mathematics.html")
    box = page.locator("div.math")
    expect(box).not_to_have_attribute("tabindex", "0")
    box.evaluate("box => { box.style.width = '8em'; }")
    expect(box).to_have_attribute("tabindex", "0")
    assert box.evaluate("box => { box.scrollLeft = 50; return box.scrollLeft; }") == 50


def test_no_page_loads_what_the_theme_would(tiny_book):
    for page in (tiny_book / name for name in pages_of(tiny_book)):
        html = page.read_text(encoding="utf-8")
        assert 'rel="stylesheet"' not in html, page
        named = [Path(src.split("?")[0]).name for src in script_names(page)]
        assert not {"bootstrap.js", "fontawesome.js", "pydata-sphinx-theme.js"} & set(named), page
        if page.name != "search.html":
            assert not {"searchtools.js", "searchindex.js", "language_data.js"} & set(named), page
            assert all("defer" in script for script in re.findall(r"<script[^>]* src=[^>]*>", html)), page
    assert not list((tiny_book / "_static").rglob("*fontawesome*"))


def test_every_icon_has_its_shape(tiny_address, open_page):
    """The width of a letter that a font has not is that of another font's box."""
    page = open_page(f"{tiny_address}/chapters/widgets.html")
    icons = page.evaluate(
        """() => [...document.querySelectorAll("i, span")].filter((node) => /\\bfa-/.test(node.className))
          .map((node) => [node.className, getComputedStyle(node, "::before")])
          .map(([name, { content, fontFamily: family, fontWeight }]) =>
            [name, content, family.split(",")[0], fontWeight])"""
    )
    assert len(icons) > 5
    for name, content, family, _ in icons:
        assert re.fullmatch(r'"[\ue000-\uf8ff]"', content), name
        assert family.startswith('"Font Awesome 6'), name
    drawn = page.evaluate(
        "(icons) => document.fonts.ready.then(() => icons.map(([, text, family, weight]) =>"
        " document.fonts.check(`${weight} 16px ${family}`, text)))",
        icons,
    )
    assert all(drawn)


def test_the_favicon_is_ours(tiny_book):
    for page in (tiny_book / "index.html", tiny_book / "chapters" / "widgets.html"):
        icon = re.search(r'<link rel="icon" href="([^"]*)"', page.read_text(encoding="utf-8")).group(1)
        assert "Two sequences" in (page.parent / icon).read_text(encoding="utf-8")
