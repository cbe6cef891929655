"""The pages of the built site, each as a tree of XHTML."""

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
  const links = [...page.querySelectorAll("link[rel=stylesheet]")].map((link) => link.getAttribute("href"));
  const states = [...page.querySelectorAll("script[type='application/vnd.jupyter.widget-state+json']")];
  return {
    article: article && new XMLSerializer().serializeToString(article),
    styles: links,
    states: states.map((script) => script.textContent),
  };
}"""
_SPACES_COUNT = {"pre", "code", "text", "tspan"}
OUR_STYLES = ("pygments", "s2s-")  # the theme's are for screens


@dataclass
class Page:
    """One page: its name in ``_toc.yml``, its title, its text as a tree, and our style sheets that it loads."""

    name: str
    title: str
    article: Tag
    styles: list[Path]
    states: list[str]  # of its widgets, as JSON


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
    read = tab.evaluate(_READ, path.read_text(encoding="utf-8"))
    if read["article"] is None:
        raise TakeawayError(f"the page {name}.html has no article: run make book again")
    article = BeautifulSoup(read["article"], "xml", preserve_whitespace_tags=_SPACES_COUNT).article
    heading = article.find("h1")
    for mark in article.select("a.headerlink"):
        mark.decompose()
    title = " ".join(heading.get_text().split()) if heading else name
    styles = [(path.parent / style.split("?")[0]).resolve() for style in read["styles"]]
    ours = [style for style in styles if style.name.startswith(OUR_STYLES)]
    return Page(name, title, article, ours, read["states"])
