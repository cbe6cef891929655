"""A gradebook that Canvas or Moodle exported, with the grades filled in and no other byte changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.grading.csv_cells import Cell, read_cells, replaced
from s2s_course.grading.grade import Grade
from s2s_course.grading.harmless import number
from s2s_course.grading.matching import match, spellings
from s2s_course.grading.visible import on_one_line

_CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
_MOODLE_IDS = ("Identifier", "ID number", "Email address", "Username")
_NO_GRADES = ("Student", "Section", "Root Account", "Integration ID", *_CANVAS_IDS)  # columns of Canvas


@dataclass(frozen=True)
class Filled:
    """The new gradebook, and who could not be matched.

    ``by_name`` were found by their names alone, ``not_in_gradebook`` handed in and have no row,
    ``not_handed_in`` have a row and handed nothing in; ``remarks`` are full sentences.
    """

    content: bytes
    column: str
    count: int
    by_name: tuple[str, ...]
    not_in_gradebook: tuple[str, ...]
    not_handed_in: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Gradebook:
    """Where things stand in it: the rows of students, the columns of ids, the names, and the most points."""

    students: dict[int, tuple[list[str], str]]
    column: int
    most: dict[int, str]


def fill(
    export: bytes, grades: Sequence[Grade], *, names: Sequence[str], column: str | None = None
) -> Filled:
    """``export`` with the totals of ``grades`` in the column called ``column`` or one of ``names``.

    Where the gradebook's most points differ from ours, totals are scaled to them. Raises ValueError, one
    sentence, for what neither Canvas nor Moodle exports and for a column that is not there once.
    """
    encoding = _encoding(export)
    text = export.decode(encoding)
    rows, first = [], text.partition("\n")[0]
    for separator in sorted(",;\t", key=first.count, reverse=True)[:1]:
        rows = read_cells(text.removeprefix("\ufeff"), separator)
    offset = len(text) - len(text.removeprefix("\ufeff"))
    if encoding == "latin-1":
        rows = [[Cell(_shown(cell.text), cell.start, cell.end) for cell in row] for row in rows]
    header = [cell.text.strip() for cell in rows[0]] if rows else []
    if {"Student", "ID"} <= set(header):
        book = _canvas(rows, header, names, column)
    elif {"Identifier", "Grade"} <= set(header):
        book = _moodle(rows, header, column)
    else:
        raise ValueError(
            "--fill must be a gradebook that Canvas exported (columns Student and ID) or a grading worksheet "
            f"of Moodle (Identifier and Grade), got the columns {on_one_line(', '.join(header), 100)!r}"
        )
    matched, by_name = match(book.students, grades)
    changes, remarks = _changes(rows, book, matched)
    found = {grade.key for grade in matched.values()}
    filled = replaced(text[offset:], changes)
    return Filled(
        content=(text[:offset] + filled).encode(encoding),
        column=header[book.column],
        count=len(changes),
        by_name=tuple(book.students[row][1] for row in by_name),
        not_in_gradebook=tuple(grade.student for grade in grades if grade.key not in found),
        not_handed_in=tuple(name for row, (_, name) in book.students.items() if row not in matched),
        remarks=tuple(remarks),
    )


def write_filled(path: Path, filled: Filled) -> None:
    """Write the new gradebook to ``path`` in one step. Raises OSError as any write does."""
    write_atomically(path, filled.content)


def _changes(
    rows: list[list[Cell]], book: _Gradebook, matched: dict[int, Grade]
) -> tuple[list[tuple[Cell, str]], list[str]]:
    changes, remarks, scaled = [], [], set()
    for row, grade in sorted(matched.items()):
        cell, total, most = rows[row][book.column], grade.total, _positive(book.most[row])
        if cell.text.strip().upper() == "EX":
            remarks.append(f"{on_one_line(book.students[row][1])} is excused there, and stays so.")
            continue
        if most and grade.out_of and most != grade.out_of:
            total = total * most / grade.out_of
            scaled.add(f"Totals out of {number(grade.out_of)} are scaled to the {number(most)} points there.")
        changes.append((cell, number(total)))
    return changes, [*sorted(scaled), *remarks]


def _canvas(
    rows: list[list[Cell]], header: list[str], names: Sequence[str], column: str | None
) -> _Gradebook:
    student, ids = header.index("Student"), [header.index(name) for name in _CANVAS_IDS if name in header]
    fixed = {i for row in rows[1:4] for i, cell in enumerate(row) if cell.text.strip() == "(read only)"}
    candidates = [i for i, name in enumerate(header) if name not in _NO_GRADES and i not in fixed]
    chosen = _choose(header, candidates, names, column)
    possible, students = "", {}
    for number_of_row, row in enumerate(rows[1:], start=1):
        if len(row) <= max(chosen, student, *ids):
            continue
        name = row[student].text.strip()
        if name.casefold() == "points possible":
            possible = row[chosen].text
        elif name and name != "Student, Test" and row[header.index("ID")].text.strip():
            students[number_of_row] = [row[i].text for i in ids], name
    return _Gradebook(students, chosen, dict.fromkeys(students, possible))


def _moodle(rows: list[list[Cell]], header: list[str], column: str | None) -> _Gradebook:
    chosen = _choose(
        header, [i for i, name in enumerate(header) if name == "Grade" or column], ["Grade"], column
    )
    ids = [header.index(name) for name in _MOODLE_IDS if name in header]
    parts = [header.index(name) for name in ("Full name", "First name", "Last name") if name in header]
    most = header.index("Maximum Grade") if "Maximum Grade" in header else None
    students, possible = {}, {}
    for number_of_row, row in enumerate(rows[1:], start=1):
        if len(row) <= max([chosen, *ids, *parts]):
            continue
        name = " ".join(row[i].text.strip() for i in parts) or row[ids[0]].text
        students[number_of_row] = [row[i].text for i in ids], name
        possible[number_of_row] = row[most].text if most is not None and most < len(row) else ""
    return _Gradebook(students, chosen, possible)


def _choose(header: list[str], candidates: list[int], names: Sequence[str], column: str | None) -> int:
    """The number of the one column that is meant, with or without the id that Canvas puts behind its name."""
    wanted = [column] if column is not None else names
    meant = set().union(*map(spellings, wanted))
    for form in (str.strip, lambda name: re.sub(r"\s*\(\d+\)\s*$", "", name)):
        found = [i for i in candidates if spellings(form(header[i])) & meant]
        if len(found) == 1:
            return found[0]
    there = ", ".join(on_one_line(header[i], 60) for i in candidates) or "none"
    if column is not None:
        raise ValueError(
            f"--column must name one column for grades of the gradebook ({there}), got {column!r}"
        )
    raise ValueError(f"no single column of the gradebook is called like the assignment: name one of {there} "
                     "with --column")  # fmt: skip


def _positive(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 < value < 1e9 else None


def _encoding(export: bytes) -> str:
    """UTF-8, or else one in which each byte is a character, so that all go back as they came."""
    try:
        export.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _shown(text: str) -> str:
    """What a program on Windows meant by the bytes of ``text``."""
    return text.encode("latin-1").decode("cp1252", "replace")
