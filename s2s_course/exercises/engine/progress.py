"""What a learner has done, kept in one small file beside the notebook. Nothing is ever sent anywhere.

Only a notebook keeps it: a program or a test that calls ``check`` leaves no file. Nor does a chapter that is
run from top to bottom, since an empty cell is no attempt, and the solution is nobody's answer.
"""

import hashlib
import html
import inspect
import json
import sys
from dataclasses import asdict, dataclass, fields, replace
from itertools import groupby
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import all_exercises

FILE = Path("s2s-progress.json")  # in the current folder: where the notebook is, in Colab too
_ABOUT = "What was tried in the exercises of s2s_course. This file stays here; nothing is sent anywhere."


@dataclass(frozen=True)
class Record:
    """What is known of one exercise, up to the first answer that passed.

    ``hints`` counts those that were seen. ``answer`` is a digest of the last answer: the same code checked
    again, say with a hint, is no new attempt.
    """

    passed: bool = False
    attempts: int = 0
    hints: int = 0
    answer: str = ""


def record(exercise: Exercise, function: object, status: str, hints: int) -> str:
    """Keep what a check has found; a sentence for the learner where that cannot be, and else nothing.

    ``status`` is that of the result, ``hints`` how many were shown.
    """
    if not _in_a_notebook() or getattr(function, "__name__", None) == exercise.solution_name:
        return ""
    try:
        records = load()
        before = records.get(exercise.id, Record())
        after = _after(before, function, status, hints)
        if after != before:
            _save({**records, exercise.id: after})
    except ValueError as error:
        return f"Your progress is not kept: {error}"
    except OSError as error:
        return f"Your progress is not kept: {FILE} cannot be written ({error.strerror or error})."
    return ""


def load() -> dict[str, Record]:
    """The records by the ids of their exercises; none where there is no file.

    Raises ValueError with one sentence for a file that cannot be read or is not ours.
    """
    try:
        entries = json.loads(FILE.read_bytes())["exercises"]
        return {name: _as_record(entry) for name, entry in entries.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = error.strerror or str(error)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        reason = "its content is damaged"
    raise ValueError(f"{FILE} cannot be read ({reason}). Move it away, and a new one is begun.")


def _as_record(entry: dict) -> Record:
    kinds = {field.name: field.type for field in fields(Record)}
    if {name: type(value) for name, value in entry.items()} != kinds:
        raise ValueError("a record needs exactly its fields")
    return Record(**entry)


def _save(records: dict[str, Record]) -> None:
    entries = {name: asdict(records[name]) for name in sorted(records)}
    content = json.dumps({"about": _ABOUT, "exercises": entries}, indent=1)
    write_atomically(FILE, f"{content}\n".encode())


def _after(before: Record, function: object, status: str, hints: int) -> Record:
    if before.passed:
        return before
    seen = replace(before, hints=max(before.hints, hints))
    if status == "unattempted":
        return seen
    answer = _digest(function)
    repeated = bool(answer) and answer == before.answer
    attempts = before.attempts + (0 if repeated else 1)
    return replace(seen, passed=status == "passed", attempts=attempts, answer=answer)


def _digest(function: object) -> str:
    """The same for the same source, whenever it was run; empty where there is no source."""
    try:
        source = inspect.getsource(function)
    except (TypeError, OSError):
        return ""
    return hashlib.sha256(source.encode(errors="replace")).hexdigest()[:16]


def _in_a_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and shell.get_ipython() is not None


@dataclass(frozen=True)
class Row:
    """One line of the table: a chapter, or all of them. Points count for exercises that passed."""

    name: str
    exercises: int
    passed: int
    attempts: int
    hints: int
    points: int
    most_points: int

    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            f"{self.passed} of {self.exercises}",
            str(self.attempts),
            str(self.hints),
            f"{self.points} of {self.most_points}",
        )


@dataclass(frozen=True, repr=False)
class Progress:
    """The table that ``progress`` shows, as text and as HTML; ``note`` says why there is none."""

    rows: tuple[Row, ...] = ()
    note: str = ""

    HEAD = ("chapter", "passed", "attempts", "hints", "points")

    def __repr__(self) -> str:
        if self.note:
            return self.note
        table = [self.HEAD, *(row.cells() for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table
        )

    def _repr_html_(self) -> str:
        if self.note:
            return f"<p>{html.escape(self.note)}</p>"
        head = "".join(f'<th scope="col">{cell}</th>' for cell in self.HEAD)
        body = "".join(
            f'<tr><th scope="row">{row.name}</th>'
            + "".join(f"<td>{cell}</td>" for cell in row.cells()[1:])
            + "</tr>"
            for row in self.rows
        )
        return f'<table class="s2s-progress"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def progress() -> Progress:
    """How far you are in the exercises: a table by chapter, from the file beside the notebook."""
    try:
        records = load()
    except ValueError as error:
        return Progress(note=f"Your progress cannot be shown: {error}")
    exercises = all_exercises()
    chapters = groupby(exercises, key=lambda exercise: exercise.chapter)
    rows = [_row(str(chapter), list(group), records) for chapter, group in chapters]
    return Progress((*rows, _row("all", exercises, records)))


def _row(name: str, exercises: list[Exercise] | tuple[Exercise, ...], records: dict[str, Record]) -> Row:
    known = [(exercise, records.get(exercise.id, Record())) for exercise in exercises]
    return Row(
        name=name,
        exercises=len(known),
        passed=sum(one.passed for _, one in known),
        attempts=sum(one.attempts for _, one in known),
        hints=sum(one.hints for _, one in known),
        points=sum(exercise.points for exercise, one in known if one.passed),
        most_points=sum(exercise.points for exercise, _ in known),
    )
