"""What a source of slides says: slides, their titles, their notes and the minutes planned for them.

A line ``---`` separates slides. A slide begins with its title, a Markdown heading: ``#`` on the first,
which is the title slide, ``##`` on all others. A line ``Notes: 3 minutes`` ends what the class sees; what
follows is for whoever speaks, and the minutes are added up. A line ``|||`` begins a column, ``||| 2:1``
says how wide two columns are, and ``===`` ends the columns: what follows stands below them, as wide as
the slide.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"(\d\d)-[a-z0-9-]+")
_HEADING = re.compile(r"#{1,2} +(.+)")
_NOTES = re.compile(r"Notes: *(\d+) minutes?")
_COLUMN = re.compile(r"\|\|\|(?: *(\d+):(\d+))?")


class SlideError(ValueError):
    """One sentence that names file and slide."""


@dataclass(frozen=True)
class Slide:
    """One slide: Markdown, still with its references.

    ``columns`` stand beside each other, ``shares`` wide; ``below`` is what follows them. Where nothing says
    otherwise there is one column.
    """

    title: str
    columns: tuple[str, ...]
    shares: tuple[int, int] | None
    below: str
    notes: str
    minutes: int


@dataclass(frozen=True)
class Deck:
    """The slides of one chapter."""

    name: str  # 05-bahdanau-attention, as of the chapter
    slides: tuple[Slide, ...]

    @property
    def chapter(self) -> int:
        return int(self.name[:2])

    @property
    def title(self) -> str:
        return self.slides[0].title

    @property
    def minutes(self) -> int:
        return sum(slide.minutes for slide in self.slides)


def read_deck(path: Path) -> Deck:
    """The deck in the file ``path``. Raises ``SlideError`` where it is not written as this module says."""
    if not _NAME.fullmatch(path.stem):
        raise SlideError(f"{path.name}: a deck must be named like its chapter, 05-bahdanau-attention.md")
    slides = [
        _slide(text, f"{path.name}, slide {number}", first=number == 1)
        for number, text in enumerate(_split(path.read_text(encoding="utf-8"), "---"), start=1)
    ]
    return Deck(path.stem, tuple(slides))


def _split(text: str, separator: str) -> list[str]:
    """Parts between lines that are ``separator``; within a fence of code it separates nothing."""
    parts: list[list[str]] = [[]]
    fenced = False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if line.rstrip() == separator and not fenced:
            parts.append([])
        else:
            parts[-1].append(line)
    return ["\n".join(part).strip() for part in parts]


def _slide(text: str, place: str, *, first: bool) -> Slide:
    heading, _, rest = text.partition("\n")
    match = _HEADING.fullmatch(heading.strip())
    if match is None or heading.startswith("# ") != first:
        sign = "#" if first else "##"
        raise SlideError(f"{place}: must begin with its title after {sign!r}, got {heading.strip()!r}")
    shown, notes, minutes = _notes(rest, place)
    body, *below = _split(shown, "===")
    columns, shares = _columns(body, place)
    return Slide(match[1], columns, shares, "\n\n".join(below), notes, minutes)


def _notes(text: str, place: str) -> tuple[str, str, int]:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("Notes:"):
            match = _NOTES.fullmatch(line.strip())
            if match is None:
                raise SlideError(f"{place}: notes must begin with a line 'Notes: 3 minutes', got {line!r}")
            return "\n".join(lines[:number]), "\n".join(lines[number + 1 :]).strip(), int(match[1])
    raise SlideError(f"{place}: must have notes, after a line 'Notes: 3 minutes', got none")


def _columns(body: str, place: str) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    columns: list[list[str]] = [[]]
    shares = None
    for line in body.splitlines():
        if match := _COLUMN.fullmatch(line.strip()):
            columns.append([])
            shares = (int(match[1]), int(match[2])) if match[1] else shares
        else:
            columns[-1].append(line)
    if shares and (len(columns) != 2 or 0 in shares):
        raise SlideError(
            f"{place}: '||| 2:1' needs two columns and widths above 0, got {len(columns)} columns"
        )
    return tuple("\n".join(column).strip() for column in columns), shares
