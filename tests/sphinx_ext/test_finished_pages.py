"""Pages carry the rules that they can use, in the place of links to style sheets."""

import base64
import io
import re
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from s2s_course.sphinx_ext.finished_pages import finish_pages
from s2s_course.sphinx_ext.icons import icon_fonts, named_icons

PAGE = """<html><head><title>t</title>
<link rel="stylesheet" type="text/css" href="../_static/first.css?v=1" />
<link href="../_static/styles/second.css" rel="stylesheet" />
<link rel="icon" href="../_static/i.svg"></head>
<body class="here"><p>x</p><img alt="" src="a.png"><img loading="eager" alt="" src="b.png"></body></html>"""


@pytest.fixture
def site(tmp_path):
    for name, text in {
        "book/page.html": PAGE,
        "_static/first.css": ":root{--used:red;--unused:blue}.here{color:var(--used)}.missing{top:0}",
        "_static/styles/second.css": "p{background:url(../picture.svg)}.made{left:0}",
        "_static/own.js": "node.classList.add('made')",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def finished(site: Path) -> str:
    app = Mock(spec=Sphinx, outdir=site)
    app.builder = SimpleNamespace(format="html")
    finish_pages(app, None)
    return (site / "book" / "page.html").read_text(encoding="utf-8")


def test_links_become_the_rules_that_the_page_can_use(site):
    page = finished(site)
    [style] = re.findall(r"<style[^>]*>(.*?)</style>", page)
    assert style == (
        ":root{--used:red;}.here{color:var(--used)}"
        'p{background:url("../_static/styles/../picture.svg")}.made{left:0}'
    )
    assert 'rel="stylesheet"' not in page and '<link rel="icon"' in page
    assert page.index("<title>") < page.index("<style") < page.index("<body")
    assert '<img loading="lazy" alt="" src="a.png"><img loading="eager"' in page


def test_a_page_that_is_finished_already_comes_out_the_same_and_follows_its_sheets(site):
    once = finished(site)
    assert finished(site) == once
    (site / "_static" / "first.css").write_text(".here{color:green}", encoding="utf-8")
    assert ".here{color:green}" in finished(site) and "red" not in finished(site)


def test_icons_are_cut_to_those_that_are_named():
    theme = Path(find_spec("pydata_sphinx_theme").submodule_search_locations[0])
    static = theme / "theme" / "pydata_sphinx_theme" / "static"
    icons = named_icons('.fa-bars{--fa:"\\f0c9"}.fa-github{--fa:"\\f09b"}')
    assert icons == {0xF0C9, 0xF09B}
    rules = icon_fonts(static, icons)
    assert len(rules) < 4_000 and icon_fonts(static, frozenset()) == ""
    fonts = [TTFont(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,([^)]*)", rules)]
    assert [set(font.getBestCmap()) for font in fonts] == [{0xF0C9}, {0xF09B}]
