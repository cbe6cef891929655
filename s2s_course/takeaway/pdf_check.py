"""What a PDF of the book must have, read from the finished file by another way than it was made.

Text is compared without white space, since paper has other lines than code.
"""

import io
import re
import unicodedata
from collections.abc import Iterator

from pypdf import PageObject, PdfReader

from s2s_course.takeaway.book import Book
from s2s_course.takeaway.printed_pages import caption_in_contents
from s2s_course.takeaway.problem import TakeawayError


def check_pdf(book: Book, content: bytes) -> None:
    """Raise TakeawayError with the first thing that is wrong."""
    reader = PdfReader(io.BytesIO(content))
    texts = [squeezed(page.extract_text()) for page in reader.pages]
    for check in (
        _no_page_is_empty,
        _contents_are_true,
        _bookmarks_are_true,
        _no_code_is_cut,
        _fonts_are_inside,
    ):
        if wrong := next(check(book, reader, texts), None):
            raise TakeawayError(f"the PDF was not written: {wrong}")


def squeezed(text: str) -> str:
    """A text without white space, and with two letters where a font has one sign for both."""
    return re.sub(r"[\s\u00ad]+", "", unicodedata.normalize("NFKC", text))


def letters(text: str) -> str:
    """The letters and digits of a text: a root sign, for one, is a line in a PDF and not text."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))


def _no_page_is_empty(book: Book, reader: PdfReader, texts: list[str]) -> Iterator[str]:
    titles = [squeezed(page.title) for page in book.pages.values()]  # of pages that are running on
    for number, text in enumerate(texts, start=1):
        for title in titles:
            text = text.removeprefix(title)
        if not text.removeprefix(str(number)) and not _draws(reader.pages[number - 1]):
            yield f"page {number} is empty"


def _draws(page: PageObject) -> bool:
    """Does it draw more than the frame of an empty page does?"""
    contents = page.get_contents()
    return contents is not None and len(contents.get_data()) > 3000


def _contents_are_true(book: Book, reader: PdfReader, texts: list[str]) -> Iterator[str]:
    """The contents list all titles with a number; the page of that number has the title, and the number."""
    listed = "".join(
        re.escape(squeezed(caption_in_contents(part)))
        + "".join(re.escape(squeezed(book.pages[name].title)) + r"(\d+)" for name in part.pages)
        for part in book.parts
    )
    first = next((number for _, number, _ in bookmarks(reader)[1:]), len(texts) + 1)
    found = re.search(listed, _without_feet(texts[1 : first - 1]))
    if found is None:
        yield "its contents do not list all pages of the book in their order"
        return
    for page, number in zip(book.pages.values(), map(int, found.groups()), strict=True):
        if number > len(texts) or squeezed(page.title) not in texts[number - 1]:
            yield f"{page.title!r} is not on page {number}, as its contents say"
        elif not texts[number - 1].startswith(str(number)):
            yield f"page {number} does not have its number in its foot"


def _without_feet(texts: list[str]) -> str:
    """The contents as one text, which the numbers of its own pages do not interrupt."""
    return "".join(text.removeprefix(str(number)) for number, text in enumerate(texts, start=2))


def bookmarks(reader: PdfReader) -> list[tuple[str, int, int]]:
    """Title, page counted from 1 and level of each bookmark, in the file's order."""

    def walk(items: list, level: int) -> Iterator[tuple[str, int, int]]:
        for item in items:
            if isinstance(item, list):
                yield from walk(item, level + 1)
            else:
                yield item.title, reader.get_destination_page_number(item) + 1, level

    return list(walk(reader.outline, 0))


def _bookmarks_are_true(book: Book, reader: PdfReader, texts: list[str]) -> Iterator[str]:
    marks = bookmarks(reader)
    for page in book.pages.values():
        if not any(title == page.title for title, _, _ in marks):
            yield f"no bookmark leads to {page.title!r}"
    for title, number, _ in marks:
        if letters(title) not in letters(texts[number - 1]):
            yield f"the bookmark {title!r} leads to page {number}, where it does not stand"


def _no_code_is_cut(book: Book, reader: PdfReader, texts: list[str]) -> Iterator[str]:
    """Every line of code is found; it may go on in the next line of paper, and on the next page."""
    whole = "".join(texts)
    for page in book.pages.values():
        for code in page.article.find_all("pre"):
            for line in code.get_text().splitlines():
                if squeezed(line) not in whole:
                    yield f"a line of code of {page.title!r} is cut: {line.strip()!r}"


def _fonts_are_inside(book: Book, reader: PdfReader, texts: list[str]) -> Iterator[str]:
    for number, page in enumerate(reader.pages, start=1):
        resources = page.get("/Resources", {}).get_object()
        for name, reference in resources.get("/Font", {}).get_object().items():
            if not is_embedded(reference.get_object()):
                yield f"a font of page {number} is not in the file: {name}"


def is_embedded(font) -> bool:
    """Is the shape of its letters in the file?"""
    if font["/Subtype"] == "/Type3":
        return True
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    descriptor = inner.get("/FontDescriptor")
    return descriptor is not None and any(
        f"/FontFile{kind}" in descriptor.get_object() for kind in ("", "2", "3")
    )
