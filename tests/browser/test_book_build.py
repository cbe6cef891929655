"""What the Sphinx extension makes of the tiny book's pages."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

from playwright.sync_api import expect
from sphinx.application import Sphinx

from s2s_course.sphinx_ext import widget_scripts
from s2s_course.widgets import WIDGETS, HiddenStates, Quiz
from s2s_course.widgets.shared.stored import scripts, stand_in


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


def test_a_page_loads_the_code_of_the_widgets_that_it_shows_before_the_host(tiny_book):
    written = {path.stem: path for path in (tiny_book / "_static" / "widgets").iterdir()}
    assert {name: path.read_text(encoding="utf-8") for name, path in written.items()} == scripts(WIDGETS)
    for page in tiny_book.rglob("*.html"):
        names = [Path(src.split("?")[0]).name for src in script_names(page) if "/widgets/" in src]
        assert names == (["shared.js", "hidden_states.js"] if page.name == "widgets.html" else []), page
    html = (tiny_book / "chapters" / "widgets.html").read_text(encoding="utf-8")
    deferred = re.findall(r'<script defer="defer" src="\.\./_static/([^"]*)"', html)
    assert [re.sub(r"\?v=\w+$", "?v=", src) for src in deferred] == [
        "widgets/shared.js?v=",
        "widgets/hidden_states.js?v=",
        "static-host.js?v=",
    ], "in this order; and an address changes with the text, so that no browser keeps an old one"


def test_a_page_does_not_carry_the_code_itself(tiny_book):
    html = (tiny_book / "chapters" / "widgets.html").read_text(encoding="utf-8")
    assert html.count("s2s_course widget: hidden_states 1") == 2
    assert "followTheme" not in html and "@container" not in html


def test_a_widget_of_another_version_is_a_warning_of_the_build(monkeypatch):
    states = {"a": Quiz, "b": HiddenStates}
    models = {key: {"state": {"_esm": stand_in(widget)}} for key, widget in states.items()}
    script = (None, {"body": json.dumps({"state": models}), "type": "…"})
    added, warned = [], []
    app = Mock(spec=Sphinx)
    metadata = {"page": {"js_files": {"ipywidgets_state": script}}, "other": {}}
    app.env = SimpleNamespace(nb_metadata=metadata, metadata={})
    app.add_js_file = lambda name, **_: added.append(Path(name).stem)
    monkeypatch.setattr(widget_scripts.logger, "warning", lambda text, *of, **_: warned.append(text % of))
    widget_scripts.add_widget_scripts(app, "other", "page.html", {}, None)
    assert (added, warned) == ([], [])
    widget_scripts.add_widget_scripts(app, "page", "page.html", {}, None)
    assert (added, warned) == (["shared", "quiz", "shared", "hidden_states"], [])
    monkeypatch.setitem(widget_scripts._VERSIONS, "quiz", 2)
    widget_scripts.add_widget_scripts(app, "page", "page.html", {}, None)
    assert added[4:] == ["shared", "hidden_states"]
    assert warned == [
        "the widget 'quiz' with state version 1 was stored by another version of the course: run make execute"
    ]


def test_a_page_with_the_directive_loads_the_code_and_the_host():
    app = Mock(spec=Sphinx)
    app.env = SimpleNamespace(nb_metadata={"first": {}}, metadata={"first": {"s2s_widgets": "translator"}})
    added = []
    app.add_js_file = lambda name, **_: added.append(name)
    widget_scripts.add_widget_scripts(app, "first", "page.html", {}, None)
    assert added == ["widgets/shared.js", "widgets/translator.js", "static-host.js"]


def test_neither_thebe_nor_requirejs_nor_another_server_is_named_in_a_page_s_head(tiny_book):
    for page in tiny_book.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert not re.search(r"unpkg|jsdelivr|cdnjs|thebe_selector|sphinx-thebe|require(\.min)?\.js", html), (
            page
        )
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]* (?:src|href)="(https?:[^"]*)"', html)
        assert loaded == [], page
    assert not list((tiny_book / "_static").rglob("*thebe*"))


def test_mathjax_is_served_from_the_book_and_only_what_it_needs(tiny_book, tiny_address, open_page):
    files = [path for path in (tiny_book / "_static" / "mathjax").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".js", ".woff"}
    assert [path.name for path in files if path.suffix == ".js"] == ["tex-chtml.js"]
    assert sum(path.stat().st_size for path in files) < 2_000_000

    page = open_page(f"{tiny_address}/chapters/mathematics.html")
    formulas = page.locator("mjx-container")
    expect(formulas).to_have_count(2)
    expect(page.locator("mjx-assistive-mml math")).to_have_count(2)  # for screen readers
    assert formulas.first.get_attribute("tabindex") is None, "a formula is no stop of the Tab key"
    fonts = page.evaluate(
        "document.fonts.ready.then("
        "(fonts) => [...fonts].filter((font) => font.status === 'loaded').map((font) => font.family))"
    )
    assert any("MJXTEX" in family for family in fonts)


def test_mathematics_also_in_a_page_opened_as_a_file(tiny_book, open_page):
    page = open_page((tiny_book / "chapters" / "mathematics.html").as_uri())
    expect(page.locator("mjx-container")).to_have_count(2)


def test_the_favicon_is_ours(tiny_book):
    for page in (tiny_book / "index.html", tiny_book / "chapters" / "widgets.html"):
        icon = re.search(r'<link rel="icon" href="([^"]*)"', page.read_text(encoding="utf-8")).group(1)
        assert "Two sequences" in (page.parent / icon).read_text(encoding="utf-8")
