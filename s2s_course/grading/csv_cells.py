"""The cells of a CSV and where they stand in it, so that some can be replaced and no other byte moves."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """``text`` is what the cell says; ``start`` and ``end`` are where it stands, its quotes included."""

    text: str
    start: int
    end: int


def read_cells(text: str, separator: str) -> list[list[Cell]]:
    """The rows of ``text`` as the standard library's ``csv.reader`` reads them. Empty lines have no cells."""
    rows: list[list[Cell]] = []
    place = 0
    while place < len(text):
        row: list[Cell] = []
        while True:
            if not row and text[place] in "\r\n":
                break
            cell, place = _read_cell(text, place, separator)
            row.append(cell)
            if place == len(text) or text[place] != separator:
                break
            place += 1
            if place == len(text):  # a separator at the very end: an empty cell follows
                row.append(Cell("", place, place))
                break
        rows.append(row)
        place += 2 if text.startswith("\r\n", place) else 1
    return rows


def replaced(text: str, changes: Iterable[tuple[Cell, str]]) -> str:
    """``text`` with another content in some cells. A cell that was quoted stays so."""
    parts, place = [], 0
    for cell, content in sorted(changes, key=lambda change: change[0].start):
        quoted = text[cell.start : cell.start + 1] == '"'
        parts += [text[place : cell.start], f'"{content}"' if quoted else content]
        place = cell.end
    return "".join([*parts, text[place:]])


def _read_cell(text: str, start: int, separator: str) -> tuple[Cell, int]:
    """The cell that begins at ``start``, and where what ends it stands."""
    place, parts = start, []
    if text[place : place + 1] == '"':
        place += 1
        while True:
            end = text.find('"', place)
            if end < 0:  # a quote that is never closed
                return Cell("".join([*parts, text[place:]]), start, len(text)), len(text)
            parts.append(text[place:end])
            place = end + 1
            if text[place : place + 1] != '"':
                break
            parts.append('"')
            place += 1
    end = place
    while end < len(text) and text[end] not in (separator, "\r", "\n"):
        end += 1
    return Cell("".join([*parts, text[place:end]]), start, end), end
