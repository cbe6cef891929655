"""Descriptions, the card, the 404 page and the sitemap, with and without a published address."""

import re
import xml.etree.ElementTree as ElementTree
from html import unescape

import pytest
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from s2s_course.sphinx_ext.social_card import HEIGHT, WIDTH

LONG = "Words follow words, " * 12 + "and one more."
PAGES = {
    "index": '# A book\n\nToo short.\n\nA sentence of a page that says "what" it is <about>, at length.\n',
    "book/first": (
        "# 1. First & last\n\n**The question:** How long may a sentence be before it is cut at its end? "
        f"{LONG}\n\n**After this chapter you can**\n\n"
        "- do what takes a good many words to be said.\n\n"
        "**Time:** about 45 minutes to read, 20 seconds to run. **You need:** nothing.\n\n"
        "## More\n\nA paragraph that is no description of the page.\n"
    ),
    "book/long": (
        "# Long\n\n```{note}\nA note that is long enough to be taken for a description.\n```\n\n" + LONG
    ),
}


def build(folder, base):
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n  - file: book/long\n  - file: book/first\n"
    )
    overrides = {
        "extensions": ["myst_parser", "sphinx_external_toc", "s2s_course.sphinx_ext"],
        "html_theme": "basic",
        "exclude_patterns": ["_build"],
        "project": "Two & two",
        "html_baseurl": base,
    }
    out = str(folder / "_build")
    with patch_docutils(), docutils_namespace():
        Sphinx(str(folder), None, out, f"{out}/.doctrees", "html", overrides, None, None).build()
    return folder / "_build"


@pytest.fixture(scope="module")
def unpublished(tmp_path_factory):
    return build(tmp_path_factory.mktemp("unpublished"), "")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return build(tmp_path_factory.mktemp("published"), "https://example.org/some/book")


def tags(page):
    found = re.findall(
        r'<meta (?:name|property)="([^"]*)" content="([^"]*)"', page.read_text(encoding="utf-8")
    )
    return {name: unescape(content) for name, content in found}


def test_a_page_is_described_by_its_first_sentence(unpublished):
    expected = "A sentence of a page that says “what” it is <about>, at length."
    assert tags(unpublished / "index.html")["description"] == expected
    first = tags(unpublished / "book" / "first.html")
    assert first["description"].startswith("How long may a sentence be before it is cut at its end? Words")
    assert first["og:description"] == first["description"] and first["og:title"] == "1. First & last"
    assert first["og:site_name"] == "Two & two"


def test_a_long_description_is_cut_between_words(unpublished):
    text = tags(unpublished / "book" / "long.html")["description"]
    assert 100 < len(text) <= 160 and text.endswith(" …")
    assert LONG.startswith(text.removesuffix(" …"))


def test_without_an_address_nothing_absolute_is_said(unpublished):
    named = tags(unpublished / "book" / "first.html")
    assert not {"og:url", "og:image", "twitter:card"} & named.keys()
    assert not (unpublished / "sitemap.xml").exists()
    assert "Sitemap" not in (unpublished / "robots.txt").read_text()


def test_with_an_address_pages_and_card_are_named_absolutely(published):
    named = tags(published / "book" / "first.html")
    assert named["og:url"] == "https://example.org/some/book/book/first.html"
    prefix = "https://example.org/some/book/"
    assert named["og:image"].startswith(prefix) and named["og:image:alt"]
    with Image.open(published / named["og:image"].removeprefix(prefix)) as card:
        assert card.format == "PNG" and card.size == (WIDTH, HEIGHT)
        assert len(card.convert("RGB").getcolors(1 << 20)) > 6  # four boxes, ink and paper


def test_the_sitemap_has_every_page_and_each_exists(published):
    urls = [node.text for node in ElementTree.parse(published / "sitemap.xml").findall(".//{*}loc")]
    prefix = "https://example.org/some/book/"
    assert sorted(urls) == sorted(f"{prefix}{name}.html" for name in PAGES)
    assert all((published / url.removeprefix(prefix)).is_file() for url in urls)
    assert f"Sitemap: {prefix}sitemap.xml" in (published / "robots.txt").read_text()


def test_a_sitemap_of_an_earlier_build_does_not_stay(tmp_path):
    assert (build(tmp_path, "https://example.org/") / "sitemap.xml").is_file()
    assert not (build(tmp_path, "") / "sitemap.xml").exists()


def test_the_404_page_needs_no_file_and_links_the_contents_in_order(published):
    html = (published / "404.html").read_text(encoding="utf-8")
    assert '<base href="/some/book/">' in html and "{{" not in html
    assert not re.search(r"<(script|img|source)[^>]* src=|@import|url\(", html)
    assert re.findall(r"<link [^>]*>", html) == ['<link rel="icon" href="data:,">']
    assert re.findall(r'<li><a href="([^"]*)">', html) == ["index.html", "book/long.html", "book/first.html"]
    assert "1. First &amp; last" in html and 'action="search.html"' in html
