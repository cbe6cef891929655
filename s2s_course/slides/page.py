"""A deck as one HTML file, and the index of all decks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from s2s_course.slides.chapter_parts import ChapterParts
from s2s_course.slides.deck import Deck, Slide, SlideError
from s2s_course.slides.markup import markup_html
from s2s_course.widgets.shared.page import script_json
from s2s_course.widgets.shared.stored import named_front_ends

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class DrawnSlide:
    """A slide as HTML: what templates/deck.html puts in its place."""

    title: str
    columns: tuple[str, ...]
    shares: str  # of the columns, as CSS has them
    below: str
    notes: str
    minutes: int


def deck_html(deck: Deck, parts: ChapterParts) -> str:
    """The page of ``deck``. Raises ``SlideError`` for a reference that finds nothing, and names the slide."""
    slides = [drawn(deck, number, slide, parts) for number, slide in enumerate(deck.slides, start=1)]
    state = (
        script_json(parts.widget_state)
        if any("widget-view" in part for s in slides for part in s.columns)
        else ""
    )
    return _environment().get_template("deck.html").render(
        deck=deck,
        slides=slides,
        state=state,
        scripts=["shared", *(name for name, _ in named_front_ends(state))] if state else [],
    )  # fmt: skip


def drawn(deck: Deck, number: int, slide: Slide, parts: ChapterParts) -> DrawnSlide:
    try:
        return DrawnSlide(
            title=slide.title,
            columns=tuple(markup_html(column, parts) for column in slide.columns),
            shares=" ".join(f"minmax(0, {share}fr)" for share in slide.shares or [1] * len(slide.columns)),
            below=markup_html(slide.below, parts),
            notes=markup_html(slide.notes, parts),
            minutes=slide.minutes,
        )
    except ValueError as error:
        raise SlideError(f"{deck.name}.md, slide {number}: {error}") from None


def index_html(decks: Sequence[Deck]) -> str:
    """The page that lists the decks."""
    return _environment().get_template("index.html").render(decks=decks)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
