"""The documents that Chromium prints: one for each page of the book, and one for title and contents."""

import re
from html import escape
from importlib.resources import files
from pathlib import Path

from bs4 import Tag

from s2s_course.sphinx_ext.addresses import SUBTITLE
from s2s_course.sphinx_ext.social_card import DESCRIPTION
from s2s_course.takeaway.book import Book
from s2s_course.takeaway.contents import Part
from s2s_course.takeaway.links import owner
from s2s_course.takeaway.pages import Page, words_of
from s2s_course.takeaway.solutions import NAME as SOLUTIONS

# Stands before an anchor of another document, and becomes a link within the PDF when all are joined.
ELSEWHERE = "http://book.invalid/#"
FRONT = "front"
UNKNOWN = 888  # as wide as a number of a page will be
IN_CONTENTS = "Contents"
_RELATIVE = re.compile(r"""url\(["']?(?!data:|#)""")
_BOXES = zip((0, 46, 92, 138), ("#b5dcff", "#3b86cb", "#cc7426", "#ffc48a"), strict=True)  # as in the favicon
ICON = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 80" role="img" aria-label="{DESCRIPTION}">'
    + "".join(f'<rect x="{x}" width="38" height="62" rx="7" fill="{color}"/>' for x, color in _BOXES)
    + '<path d="M0 74H176" stroke="#1b1f24" stroke-width="3"/></svg>'
)


def static(name: str) -> str:
    """A style sheet of this package."""
    return (files("s2s_course.takeaway") / "static" / name).read_text(encoding="utf-8")


def outline_anchors(page: Page) -> list[tuple[int, str, str]]:
    """Level, title and anchor of what bookmarks name: the page, its sections and theirs."""
    entries = [(1, page.title, page.article["id"])]
    for heading in page.article.select("h2[id], h3[id]"):
        entries.append((int(heading.name[1]), words_of(heading), heading["id"]))
    return entries


def page_document(
    book: Book, page: Page, site: Path, *, before: int, numbers: dict[str, int], wanted: set[str]
) -> str:
    """One page of the book, which comes ``before`` so many pages of paper.

    ``numbers`` says on which page of paper an anchor stands, as far as that is known yet.
    ``wanted`` are the anchors that links and bookmarks lead to.
    """
    caption = next((caption_in_contents(part) for part in book.parts if part.pages[:1] == (page.name,)), "")
    part = f'<p class="take-part">{escape(caption)}</p>' if caption else ""
    own = [name for name in sorted(wanted) if owner(name) == page.article["id"]]
    anchors = "".join(f'<a href="#{escape(name)}"></a>' for name in own)
    body = f'{part}<div class="take-anchors">{anchors}</div>{_text(page.article, site, numbers)}'
    return _document(book, site, page.title, body, before=before)


def caption_in_contents(part: Part) -> str:
    """The caption of a part, unless its one page says the same."""
    return "" if part.pages == (SOLUTIONS,) else part.caption


def front_document(book: Book, site: Path, numbers: dict[str, int]) -> str:
    """Title page and contents."""
    contents = book.contents
    lines = []
    for part in book.parts:
        if caption := caption_in_contents(part):
            lines.append(f"<h2>{escape(caption)}</h2>")
        for name in part.pages:
            page = book.pages[name]
            target = page.article["id"]
            title = f'<a href="{ELSEWHERE}{target}">{escape(page.title)}</a>'
            lines.append(f'<p>{title}<span class="take-page">{numbers.get(target, UNKNOWN)}</span></p>')
    imprint = [f"Version {contents.version}", contents.author, contents.address]
    body = (
        f'<div class="take-title">{ICON}<h1>{escape(contents.title)}</h1>'
        f'<p class="take-subtitle">{escape(SUBTITLE)}</p>'
        f'<p class="take-imprint">{"<br/>".join(escape(line) for line in imprint if line)}<br/>'
        "The code is under the MIT license, text and pictures under CC BY 4.0.</p></div>"
        f'<div class="take-contents"><h1>{IN_CONTENTS}</h1>{"".join(lines)}</div>'
    )
    return _document(book, site, "", body, before=0)


def _text(article: Tag, site: Path, numbers: dict[str, int]) -> str:
    """The article with numbers of pages filled in, and with addresses that hold in a document of its own."""
    own = article["id"]
    changed: list[tuple[Tag, str, str]] = []
    for link in article.select('a[href^="#"]'):
        target = link["href"][1:]
        if owner(target) != own:
            changed.append((link, "href", link["href"]))
            link["href"] = ELSEWHERE + target
    for picture in article.select("img[src]"):
        if ":" not in picture["src"]:
            changed.append((picture, "src", picture["src"]))
            picture["src"] = (site / picture["src"]).as_uri()
    for place in article.select(".take-page"):
        place.string = str(numbers.get(place["data-to"], UNKNOWN))
    text = str(article)
    for tag, name, value in changed:
        tag[name] = value
    return text


def _document(book: Book, site: Path, running_title: str, body: str, *, before: int) -> str:
    fonts = (site / "_static").as_uri()  # what an address in a style sheet begins with
    sheets = [
        static("book.css"),
        *(_RELATIVE.sub(rf'url("{fonts}/', style) for style in book.styles),
        static("pdf.css"),
    ]
    words = running_title.replace("\\", "\\\\").replace('"', '\\"')
    sheets.append(
        f"html {{ counter-reset: page {before}; }}\n"
        f'@page {{ @bottom-center {{ content: counter(page); font: 8.5pt "DejaVu Sans", sans-serif }}'
        f' @top-right {{ content: "{words}"; font: 8pt "DejaVu Sans", sans-serif; color: #57606a; }} }}\n'
        f"@page :first {{ @top-right {{ content: none; }} }}\n"
    )
    if not running_title:
        sheets.append("@page :first { @bottom-center { content: none; } }")
    return (
        '<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en"><head><meta charset="utf-8"/>'
        f"<title>{escape(running_title or book.contents.title)}</title>"
        f"<style>{escape(chr(10).join(sheets), quote=False)}</style></head><body>{body}</body></html>"
    )
