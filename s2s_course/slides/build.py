"""All decks of the course into one folder."""

from collections.abc import Sequence
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.chapters import ROOT
from s2s_course.slides.assets import write_assets
from s2s_course.slides.chapter_parts import ChapterParts
from s2s_course.slides.deck import Deck, SlideError, read_deck
from s2s_course.slides.page import deck_html, index_html

SOURCES = ROOT / "slides"
BUILT = ROOT / "_build" / "slides"


def deck_paths(folder: Path = SOURCES) -> list[Path]:
    """The sources of all decks, in the order of the chapters."""
    return sorted(folder.glob("[0-9][0-9]-*.md"))


def build_decks(paths: Sequence[Path], out: Path = BUILT, *, book: Path = ROOT / "book") -> list[Deck]:
    """Write a page for each deck of ``paths``, an index of these, and what they load.

    Raises ``SlideError`` for the first that is wrong, before anything is written.
    """
    decks = [read_deck(path) for path in paths]
    pages = {deck.name: deck_html(deck, chapter_parts(deck, book)) for deck in decks}
    out.mkdir(parents=True, exist_ok=True)
    write_assets(out / "assets", pages.values())
    for name, html in pages.items():
        write_atomically(out / f"{name}.html", html.encode())
    write_atomically(out / "index.html", index_html(decks).encode())
    return decks


def chapter_parts(deck: Deck, book: Path = ROOT / "book") -> ChapterParts:
    """What the chapter of ``deck`` holds."""
    path = book / f"{deck.name}.ipynb"
    if not path.is_file():
        names = ", ".join(sorted(chapter.stem for chapter in book.glob("*.ipynb")))
        raise SlideError(f"{deck.name}.md: a deck must be named like a chapter, one of {names}")
    return ChapterParts(path)
