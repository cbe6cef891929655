"""Printed documents joined to one PDF: links between them, bookmarks, what the file says of itself."""

import io
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    Fit,
    FloatObject,
    NameObject,
    NullObject,
    TextStringObject,
)

from s2s_course.takeaway.book import Book
from s2s_course.takeaway.printed_pages import ELSEWHERE, IN_CONTENTS, SUBTITLE, outline_anchors
from s2s_course.takeaway.problem import TakeawayError


class Place(NamedTuple):
    """A page of paper, counted from 1, and the height on it in points."""

    page: int
    top: float


@dataclass(frozen=True)
class Piece:
    """A printed document: how many pages come before it, and where its anchors stand."""

    name: str
    reader: PdfReader
    before: int
    anchors: dict[str, Place]

    @property
    def length(self) -> int:
        return len(self.reader.pages)

    @classmethod
    def of(cls, name: str, reader: PdfReader, before: int) -> "Piece":
        anchors = {
            unquote(anchor.lstrip("/")): Place(
                before + 1 + reader.get_destination_page_number(place), float(place.top or 0)
            )
            for anchor, place in reader.named_destinations.items()
        }
        return cls(name, reader, before, anchors)


def join(book: Book, pieces: list[Piece]) -> bytes:
    """One PDF; the same pieces give the same bytes. TakeawayError for a link whose anchor was not printed."""
    writer = PdfWriter()
    for piece in pieces:
        for page in piece.reader.pages:
            writer.add_page(page)
    places = {name: place for piece in pieces for name, place in piece.anchors.items()}
    for page in writer.pages:
        for reference in page.get("/Annots", ()):
            _lead(writer, reference.get_object(), places)
    _bookmark(writer, book, places)
    _describe(writer, book)
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def _lead(writer: PdfWriter, link: DictionaryObject, places: dict[str, Place]) -> None:
    """Let a link that names an anchor lead to its place."""
    action = link.get("/A", {}).get_object() if "/A" in link else {}
    name = link.get("/Dest") or (action.get("/D") if action.get("/S") == "/GoTo" else None)
    if str(action.get("/URI", "")).startswith(ELSEWHERE):
        name = str(action["/URI"]).removeprefix(ELSEWHERE)
    if name is None:
        return
    name = unquote(str(name).lstrip("/"))
    if name not in places:
        raise TakeawayError(f"a link leads to {name!r}, which stands on no page of the PDF")
    place = places[name]
    target = [writer.pages[place.page - 1].indirect_reference, NameObject("/XYZ"), FloatObject(0)]
    link[NameObject("/Dest")] = ArrayObject([*target, FloatObject(place.top), NullObject()])
    if "/A" in link:
        del link["/A"]


def _bookmark(writer: PdfWriter, book: Book, places: dict[str, Place]) -> None:
    """Parts, pages, their sections and theirs."""
    writer.add_outline_item(title=IN_CONTENTS, page_number=1)
    for part in book.parts:
        above = None
        if part.caption and len(part.pages) > 1:
            first = places[book.pages[part.pages[0]].article["id"]]
            above = writer.add_outline_item(
                title=part.caption, page_number=first.page - 1, fit=Fit.xyz(0, first.top)
            )
        for page_name in part.pages:
            parents = [above]
            for level, title, anchor in outline_anchors(book.pages[page_name]):
                place = places[anchor]
                del parents[level:]
                item = writer.add_outline_item(
                    title=title,
                    page_number=place.page - 1,
                    parent=parents[-1],
                    fit=Fit.xyz(0, place.top),
                    is_open=False,
                )
                parents.append(item)


def _describe(writer: PdfWriter, book: Book) -> None:
    writer.metadata = None
    writer.add_metadata(
        {"/Title": book.contents.title, "/Author": book.contents.author, "/Subject": SUBTITLE}
    )
    root = writer.root_object
    root[NameObject("/Lang")] = TextStringObject("en")
    root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    root[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    )
