"""What an instructor adds and takes away: late penalties and manual points, from one small CSV.

A row a student, under a header with any of these columns besides the first:

================ ===================================================================================
column           what it holds
================ ===================================================================================
``student``      the key, the name or the id in the learning-management system; ``*`` means all
``late_days``    days late, instead of what is known from the submission; 0 excuses
``penalty``      percent of the points that are taken off; in the row ``*`` percent for each late day
an exercise's id points for that exercise, such as ``5.1``, instead of the computed ones
``points``       points that are added to the total after the penalty; a negative number takes them off
``comment``      a sentence for the student
================ ===================================================================================

**The late rule.** Nothing is taken off by itself. Where the row ``*`` says how many percent a day costs, each
day begun after the due date costs them, up to all; a penalty in a student's own row counts instead.
"""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from s2s_course.grading.submission import Submission
from s2s_course.grading.visible import on_one_line

ALL = "*"
_COLUMNS = ("student", "late_days", "penalty", "points", "comment")
_LARGEST = 10_000_000  # bytes of a file
_MOST = 1_000.0  # points, or days


@dataclass(frozen=True)
class Adjustment:
    """One row: None and nothing where its cells are empty. ``by_hand`` has points by exercise id."""

    late_days: float | None = None
    penalty: float | None = None
    by_hand: Mapping[str, float] = field(default_factory=dict)
    points: float = 0.0
    comment: str = ""


@dataclass(frozen=True)
class Adjustments:
    """``of`` has the row of each student's key; ``percent_a_day`` is what a late day costs."""

    of: Mapping[str, Adjustment] = field(default_factory=dict)
    percent_a_day: float = 0.0

    def for_student(self, key: str, late_days: int | None) -> Adjustment:
        """The row of a student, with days and percent filled in where nothing is said by hand."""
        row = self.of.get(key, Adjustment())
        known = None if late_days is None else float(late_days)
        days = known if row.late_days is None else row.late_days
        late = min(100.0, self.percent_a_day * (days or 0))
        return replace(row, late_days=days, penalty=late if row.penalty is None else row.penalty)


def read_adjustments(
    path: Path, submissions: Sequence[Submission], points: Mapping[str, float]
) -> Adjustments:
    """The file at ``path`` for these students and the exercises of ``points``.

    Raises ValueError, one sentence with the number of the line, for a row that does not fit or a student
    who is unknown or cannot be told from another.
    """
    rows = _rows(path)
    try:
        line, header = next(rows)
    except StopIteration:
        raise ValueError(
            f"{path} is empty: its first line must name columns, such as student,penalty"
        ) from None
    header = [cell.strip() for cell in header]
    allowed = [*_COLUMNS, *points]
    for column in header:
        if column not in allowed or header.count(column) > 1:
            raise ValueError(
                f"{path}, line {line}: each column must be one of {', '.join(allowed)} and stand once, "
                f"got {on_one_line(column, 60)!r}"
            )
    if "student" not in header:
        raise ValueError(f"{path}, line {line}: there must be a column student")
    found: dict[str, Adjustment] = {}
    for line, cells in rows:
        try:
            if len(cells) != len(header):
                raise ValueError(f"there must be {len(header)} cells, got {len(cells)}")
            row = dict(zip(header, map(str.strip, cells), strict=True))
            key = ALL if row["student"] == ALL else _find(row["student"], submissions)
            if key in found:
                raise ValueError(f"{on_one_line(row['student'], 60)!r} has a line already")
            found[key] = _adjustment(row, points)
        except ValueError as error:
            raise ValueError(f"{path}, line {line}: {error}") from None
    everyone = found.pop(ALL, Adjustment())
    if everyone != Adjustment(penalty=everyone.penalty, comment=everyone.comment):
        raise ValueError(f"{path}: the line {ALL} may hold a penalty for each late day, and nothing else")
    return Adjustments(found, everyone.penalty or 0.0)


def _rows(path: Path):
    """Rows that hold something, with the numbers of their lines, whatever separates the cells."""
    content = path.read_bytes()
    if len(content) > _LARGEST:
        raise ValueError(f"{path} must have at most {_LARGEST:,} bytes, got {len(content):,}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} must be UTF-8: in a spreadsheet, save it as CSV UTF-8") from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}") from None


def _find(name: str, submissions: Sequence[Submission]) -> str:
    """The key of the one student who is meant."""
    wanted = on_one_line(name)
    matching = [
        submission.key
        for submission in submissions
        if name in (submission.key, submission.lms_id)
        or on_one_line(submission.student).casefold() == wanted.casefold()
    ]
    if not matching:
        raise ValueError(f"nobody who handed in has the key, the id or the name {wanted[:60]!r}")
    if len(matching) > 1:
        raise ValueError(f"{wanted[:60]!r} may be any of {', '.join(matching[:5])}: write one of these keys")
    return matching[0]


def _adjustment(row: Mapping[str, str], points: Mapping[str, float]) -> Adjustment:
    by_hand = {name: _number(row, name, 0.0, None) for name in points if row.get(name)}
    return Adjustment(
        late_days=_number(row, "late_days", 0.0, None) if row.get("late_days") else None,
        penalty=_number(row, "penalty", 0.0, 100.0) if row.get("penalty") else None,
        by_hand=by_hand,
        points=_number(row, "points", None, None) if row.get("points") else 0.0,
        comment=row.get("comment", ""),
    )


def _number(row: Mapping[str, str], column: str, least: float | None, most: float | None) -> float:
    """The number in a cell, with a point or a comma; a percent sign may follow a penalty."""
    text = row[column].removesuffix("%").strip() if column == "penalty" else row[column]
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    low, high = -_MOST if least is None else least, _MOST if most is None else most
    if not low <= number <= high:
        raise ValueError(f"{column} must be a number from {low:g} to {high:g}, got {on_one_line(text, 40)!r}")
    return number
