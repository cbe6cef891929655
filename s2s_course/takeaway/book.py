"""The book as pages of one text: what the PDF and the EPUB have in common."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from s2s_course.takeaway.article import drop_labels, ready_pages
from s2s_course.takeaway.contents import Contents, Part
from s2s_course.takeaway.links import address_pages
from s2s_course.takeaway.pages import Page, read_pages
from s2s_course.takeaway.solutions import NAME, TITLE, solutions_page, take_out


@dataclass
class Book:
    """All pages in order, solutions last, the parts that they stand in, and the style sheets of all."""

    contents: Contents
    parts: list[Part]
    pages: dict[str, Page]
    styles: list[str]  # texts, in the order in which they hold


def read_book(browser: Browser, site: Path, contents: Contents) -> Book:
    """Raises TakeawayError where the site lacks a page, or a link leads nowhere."""
    pages = read_pages(browser, site, contents.pages)
    lifted = ready_pages(pages)
    address_pages(pages)
    parts, solutions = list(contents.parts), take_out(pages)
    if solutions:
        for solution in solutions:
            drop_labels(solution.cells)
        pages.append(solutions_page(solutions))
        parts.append(Part(TITLE, (NAME,)))
    static = site / "_static"
    own = [sheet for sheet in sorted(static.glob("s2s-*.css")) if sheet.name != "s2s-print.css"]
    sheets = [static / "pygments.css", static / "formulas.css", *own]  # not the theme's
    texts = [sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.is_file()]
    return Book(contents, parts, {page.name: page for page in pages}, [*texts, *lifted])
