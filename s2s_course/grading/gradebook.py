"""``grades.csv``: a row a student, a column an exercise.

It is UTF-8 with a byte-order mark: without it Excel reads names wrongly, and Canvas and Moodle skip it. All
cells are quoted.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.grading.grade import Grade
from s2s_course.grading.harmless import harmless, number

_BOM = b"\xef\xbb\xbf"


def grades_csv(grades: Sequence[Grade], points: Mapping[str, float]) -> bytes:
    """The gradebook of ``grades`` over the exercises of ``points``, as it is written to the file."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    header = ["student", "key", "id", *points, "points", "penalty", "manual", "total", "out of", "late days"]
    writer.writerow([*header, "comment"])
    for grade in grades:
        earned = {exercise.exercise_id: exercise.earned for exercise in grade.exercises}
        numbers = [earned.get(name) for name in points]
        numbers += [grade.points, -grade.taken_off, grade.manual, grade.total, grade.out_of, grade.late_days]
        said = " ".join(filter(None, [grade.problem, grade.comment]))
        names = (grade.student, grade.key, grade.lms_id or "")
        writer.writerow([*map(harmless, names), *map(number, numbers), harmless(said)])
    return _BOM + stream.getvalue().encode()


def write_grades(path: Path, grades: Sequence[Grade], points: Mapping[str, float]) -> None:
    """Write ``grades_csv`` to ``path`` in one step. Raises OSError as any write does."""
    write_atomically(path, grades_csv(grades, points))
