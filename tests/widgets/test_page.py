"""The file that write_widget_page writes; tests/browser/test_page.py opens it."""

import html
import json
import os
import re

import pytest

from s2s_course.widgets.shared.base import CourseWidget
from s2s_course.widgets.shared.page import write_widget_page

HOSTILE = "</title><script>alert(1)</script><!--<img src=x onerror='alert(2)'>&\""


class Plain(CourseWidget):
    _esm, _css = "export default { render({ el }) { el.append('here'); } }", ".s2s-x { color: red }"

    def describe(self):
        return self.tooltip


def plain(text: str = "nothing") -> Plain:
    return Plain(tooltip=text)


def scripts(page: str, kind: str) -> list[dict]:
    return [
        json.loads(text) for text in re.findall(rf'<script type="[^"]*{kind}\+json">(.*?)</script>', page)
    ]


def test_the_page_holds_state_views_and_texts(tmp_path):
    path = tmp_path / "page.html"
    write_widget_page(str(path), [plain("one"), plain("two")], title="Two", texts=["la première", " "])
    page = path.read_text(encoding="utf-8")
    assert page.startswith('<!doctype html>\n<html lang="en">') and '<meta charset="utf-8">' in page
    assert "<title>Two</title>" in page and "<h1>Two</h1>" in page and "<p>la première</p>" in page
    assert page.count("<section>\n<p>") == 1, "an empty text is left out"
    (state,) = scripts(page, "widget-state")
    assert [view["model_id"] for view in scripts(page, "widget-view")] == list(state["state"]) == ["0", "1"]
    for entry, text in zip(state["state"].values(), ("one", "two"), strict=True):
        assert (entry["model_name"], entry["model_module"]) == ("AnyModel", "anywidget")
        assert entry["state"]["tooltip"] == text and entry["state"]["_esm"] == Plain._esm
        assert "layout" not in entry["state"]
    figures = re.findall(r'<div class="s2s-place"><figure.*?<p>(.*?)</p>\n<figcaption', page, re.DOTALL)
    assert [text.rpartition("<p>")[2] for text in figures] == ["one", "two"], "in the place of each"


def test_any_text_is_escaped(tmp_path):
    write_widget_page(tmp_path / "page.html", [plain(HOSTILE)], title=HOSTILE, texts=[HOSTILE])
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert HOSTILE not in page and "<script>alert" not in page and "<img" not in page
    assert page.count(html.escape(HOSTILE)) == 4  # the title twice, the text, the description
    (state,) = scripts(page, "widget-state")
    assert state["state"]["0"]["state"]["tooltip"] == HOSTILE


def test_the_page_names_no_address(tmp_path):
    write_widget_page(tmp_path / "page.html", [plain()], title="Page")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert re.findall(r"https?://\S+", page) == ["https://anywidget.dev/en/afm"], "in a comment of the host"
    assert re.findall(r"<(?:script|img|iframe)[^>]* src|@import|url\(", page) == []


def test_a_page_is_replaced_in_one_step_or_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    write_widget_page(path, [plain("old")], title="Old")
    before = path.read_text(encoding="utf-8")
    replaced = []
    replace = os.replace

    def look(source, target):
        replaced.append((path.read_text(encoding="utf-8") == before, source.stat().st_size > 1000))
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    write_widget_page(path, [plain("new")], title="New")
    assert replaced == [(True, True)] and "<p>new</p>" in path.read_text(encoding="utf-8")
    after = path.read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        write_widget_page(path, [plain("newer")], title="Newer")
    assert path.read_bytes() == after
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize(
    ("widgets", "options", "message"),
    [
        (0, {"title": "Page"}, "widgets must hold at least one widget, got none"),
        (1, {"title": " "}, "title must not be empty, got ' '"),
        (2, {"title": "Page", "texts": ["one"]}, "texts must have one text for each of the 2 widgets, got 1"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(tmp_path, widgets, options, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        write_widget_page(tmp_path / "page.html", [plain() for _ in range(widgets)], **options)
    assert list(tmp_path.iterdir()) == []


def test_the_same_widgets_make_the_same_page(tmp_path):
    for name in ("a.html", "b.html"):
        write_widget_page(tmp_path / name, [plain("one")], title="Page")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
