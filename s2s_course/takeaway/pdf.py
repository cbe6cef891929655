"""The whole book as one PDF.

Each page of the book is printed by itself, since the time that Chromium takes grows with the square of a
document's length. Where an anchor stands is known after that, so what names a page of paper (contents,
exercises, solutions) is printed a second time, and must take as many pages as before.
"""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser
from pypdf import PdfReader

from s2s_course.atomic import write_atomically
from s2s_course.takeaway.book import Book, read_book
from s2s_course.takeaway.chromium import chromium, print_pdf
from s2s_course.takeaway.contents import Contents
from s2s_course.takeaway.pages import Page
from s2s_course.takeaway.pdf_check import check_pdf
from s2s_course.takeaway.pdf_join import Piece, join
from s2s_course.takeaway.printed_pages import FRONT, front_document, outline_anchors, page_document
from s2s_course.takeaway.problem import TakeawayError


@dataclass(frozen=True)
class Made:
    """What was written, and how much it is."""

    path: Path
    pages: int
    bytes: int


def make_pdf(site: Path, contents: Contents, path: Path) -> Made:
    """Write the book of the built ``site`` to ``path``, after a check of all that it should have.

    Raises TakeawayError where something is missing or wrong; an older file is then left as it was.
    """
    site = site.resolve()
    with chromium() as browser:
        book = read_book(browser, site, contents)
        pieces = _Printer(browser, book, site).print_all()
    content = join(book, pieces)
    check_pdf(book, content)
    write_atomically(path, content)
    return Made(path, sum(piece.length for piece in pieces), len(content))


class _Printer:
    """Prints the documents of a book and remembers where each anchor came to stand."""

    def __init__(self, browser: Browser, book: Book, site: Path):
        self.browser, self.book, self.site = browser, book, site
        self.numbers: dict[str, int] = {}
        self.wanted = _wanted(book)

    def print_all(self) -> list[Piece]:
        front = self._print(FRONT, front_document(self.book, self.site, {}), before=0)
        pieces = [front]
        for page in self.book.pages.values():
            piece = self._page(page, before=sum(piece.length for piece in pieces))
            self.numbers |= {name: place.page for name, place in piece.anchors.items()}
            pieces.append(piece)
        again = [self._print(FRONT, front_document(self.book, self.site, self.numbers), before=0)]
        for page, first in zip(self.book.pages.values(), pieces[1:], strict=True):
            names_paper = page.article.select_one(".take-page") is not None
            again.append(self._page(page, before=first.before) if names_paper else first)
        for first, second in zip(pieces, again, strict=True):
            if first.length != second.length:
                raise TakeawayError(
                    f"{first.name} took {first.length} pages, and {second.length} with numbers filled in: "
                    "change a sentence there and run make pdf again"
                )
        return again

    def _page(self, page: Page, before: int) -> Piece:
        document = page_document(
            self.book, page, self.site, before=before, numbers=self.numbers, wanted=self.wanted
        )
        return self._print(page.name, document, before=before)

    def _print(self, name: str, document: str, before: int) -> Piece:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.xhtml"
            path.write_text(document, encoding="utf-8")
            content = print_pdf(self.browser, path)
        return Piece.of(name, PdfReader(io.BytesIO(content)), before=before)


def _wanted(book: Book) -> set[str]:
    links = {link["href"][1:] for page in book.pages.values() for link in page.article.select('a[href^="#"]')}
    marks = {name for page in book.pages.values() for _, _, name in outline_anchors(page)}
    places = {place["data-to"] for page in book.pages.values() for place in page.article.select(".take-page")}
    return links | marks | places
