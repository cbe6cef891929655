"""The pages of the built site, each as a tree of XHTML. Addresses of pictures are relative to the site."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser

from s2s_course.takeaway.problem import TakeawayError

# A parser of HTML as browsers have it, which keeps the capitals of SVG and writes XML.
_READ = """html => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const article = page.querySelector("article.bd-article");
  return article && new XMLSerializer().serializeToString(article);
}"""
_SPACES_COUNT = {"pre", "code", "text", "tspan"}


@dataclass
class Page:
    """One page: its name in ``_toc.yml``, its title, and its text as a tree."""

    name: str
    title: str
    article: Tag


def read_pages(browser: Browser, site: Path, names: Iterable[str]) -> list[Page]:
    """The pages ``names`` of the built ``site``. Raises TakeawayError for the first that is not there."""
    tab = browser.new_page()
    try:
        return [_read(tab, site, name) for name in names]
    finally:
        tab.close()


def _read(tab, site: Path, name: str) -> Page:
    path = site / f"{name}.html"
    if not path.is_file():
        raise TakeawayError(f"the site has no page {name}.html: run make book first")
    xhtml = tab.evaluate(_READ, path.read_text(encoding="utf-8"))
    if xhtml is None:
        raise TakeawayError(f"the page {name}.html has no article: run make book again")
    article = BeautifulSoup(xhtml, "xml", preserve_whitespace_tags=_SPACES_COUNT).article
    for mark in article.select("a.headerlink"):
        mark.decompose()
    for picture in article.select("img[src]"):
        if ":" not in picture["src"]:
            picture["src"] = posixpath.normpath(posixpath.join(posixpath.dirname(name), picture["src"]))
    heading = article.find("h1")
    return Page(name, words_of(heading) if heading else name, article)


def words_of(heading: Tag) -> str:
    """What a heading says on one line; of a formula its signs, not its source."""
    signs = [
        "√" if isinstance(part, Tag) and part.name == "msqrt" else part
        for part in heading.descendants
        if (isinstance(part, Tag) and part.name == "msqrt")
        or (isinstance(part, str) and part.find_parent("annotation") is None)
    ]
    return " ".join("".join(signs).split())
