"""Points that an instructor gives in a file, in place of those that the exercises have."""

import csv
from collections.abc import Collection
from pathlib import Path

from s2s_course.grading.assignment import check_points

_COLUMNS = ["exercise", "points"]


def read_points(path: Path, exercises: Collection[str]) -> dict[str, float]:
    """Points by the id of the exercise, from a CSV file with the columns ``exercise,points``.

    A file that a spreadsheet wrote with semicolons is read too. Raises ValueError, one sentence with file and
    line, for anything else and for an exercise that is not among ``exercises``; OSError for a file that
    cannot be read.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path}: the file must be text in UTF-8") from None
    rows = csv.reader(lines, delimiter=";" if lines and ";" in lines[0] else ",")
    points: dict[str, float] = {}
    if [cell.strip().lower() for cell in next(rows, [])] != _COLUMNS:
        raise ValueError(f"{path}: the first line must be {','.join(_COLUMNS)}")
    for row in rows:
        place = f"{path}, line {rows.line_num}"
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != 2:
            raise ValueError(f"{place}: there must be an exercise and its points, got {len(cells)} columns")
        if cells[0] not in exercises:
            raise ValueError(
                f"{place}: exercise must be one of {', '.join(exercises)}, got {cells[0][:40]!r}"
            )
        if cells[0] in points:
            raise ValueError(f"{place}: exercise {cells[0]} must be named once")
        try:
            value = float(cells[1])
        except ValueError:
            value = cells[1]
        points[cells[0]] = check_points(value, f"{place}: points")
    return points
