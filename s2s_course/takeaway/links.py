"""Addresses within one book: an anchor is named by its page and its own name, a link leads to an anchor.

In a site ``#summary`` is an anchor of its page. In a book it is ``chapter-02--summary``, and each link to a
page of the book leads to such an anchor, whatever file it will stand in. A link to a file that only the site
has loses its address and stays as text.
"""

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from s2s_course.takeaway.pages import Page
from s2s_course.takeaway.problem import TakeawayError

BETWEEN = "--"
_NAMING = ("id", "for", "aria-labelledby", "aria-describedby", "aria-controls", "headers")
_LOCAL = re.compile(r"url\(\s*[\"']?#([^)\"']+)[\"']?\s*\)")


def slug(name: str) -> str:
    """A name of a page as a part of an address: ``book/teaching/guide-01`` gives ``teaching-guide-01``."""
    short = re.sub(r"[^a-z0-9]+", "-", name.lower().removeprefix("book/")).strip("-")
    return f"chapter-{short}" if short[0].isdigit() else short


def anchor(page: str, name: str = "") -> str:
    """The anchor of a name on a page, or of the page itself."""
    return f"{slug(page)}{BETWEEN}{re.sub(r'[^A-Za-z0-9_.-]', '-', name)}" if name else slug(page)


def owner(target: str) -> str:
    """The slug of the page that an anchor belongs to."""
    return target.split(BETWEEN)[0]


def address_pages(pages: Iterable[Page]) -> None:
    """Rename all anchors and turn all links, in place.

    Raises TakeawayError for a link into a page of the book where no anchor of that name is.
    """
    pages = list(pages)
    names = {page.name for page in pages}
    for page in pages:
        _number_pictures(page.article)
        _rename(page.article, page.name)
        page.article["id"] = anchor(page.name)
    anchors = {tag["id"] for page in pages for tag in [page.article, *page.article.select("[id]")]}
    for page in pages:
        for link in page.article.select("a[href]"):
            _turn(link, page.name, names)
            target = link.get("href", "")
            if target.startswith("#") and target[1:] not in anchors:
                raise TakeawayError(
                    f"{page.name}.html links to {target[1:]!r}, which no page of the book has"
                )


def _number_pictures(article: Tag) -> None:
    """Names within a picture may occur in another one too, so they get its number."""
    for number, picture in enumerate(article.find_all("svg")):
        names = {tag["id"] for tag in picture.select("[id]")}
        if picture.get("id"):
            names.add(picture["id"])

        def new(name: str, number: int = number, names: set[str] = names) -> str:
            return f"picture-{number}-{name}" if name in names else name

        for tag in [picture, *picture.find_all(True)]:
            for key, value in list(tag.attrs.items()):
                if key in _NAMING:
                    tag[key] = " ".join(new(one) for one in value.split())
                elif key in ("href", "xlink:href") and value.startswith("#"):
                    tag[key] = "#" + new(value[1:])
                elif "url(" in value:
                    tag[key] = _LOCAL.sub(lambda match: f"url(#{new(match[1])})", value)


def _rename(article: Tag, page: str) -> None:
    seen: set[str] = set()
    for tag in article.find_all(True):
        for key, value in list(tag.attrs.items()):
            if key in _NAMING:
                tag[key] = " ".join(anchor(page, one) for one in value.split())
            elif "url(" in value:
                tag[key] = _LOCAL.sub(lambda match: f"url(#{anchor(page, match[1])})", value)
            elif key in ("href", "xlink:href") and value.startswith("#") and tag.name != "a":
                tag[key] = f"#{anchor(page, value[1:])}"
        if tag.get("id") in seen:
            del tag["id"]  # the first of a name is what a browser goes to
        elif tag.get("id"):
            seen.add(tag["id"])


def _turn(link: Tag, page: str, names: set[str]) -> None:
    parts = urlsplit(link["href"])
    if parts.scheme or parts.netloc:
        return
    path = unquote(parts.path)
    name = (
        posixpath.normpath(posixpath.join(posixpath.dirname(page), path)).removesuffix(".html")
        if path
        else page
    )
    if name in names:
        link["href"] = "#" + anchor(name, unquote(parts.fragment))
    else:
        link.name, link.attrs = "span", {"id": link["id"]} if link.get("id") else {}
