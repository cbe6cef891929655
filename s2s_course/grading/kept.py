"""Results that are kept, so that grading goes on where it was interrupted and repeats only what has changed.

A file ``results/<hash>.json`` holds what grading one submission gave: neither the student's name nor what an
instructor adds or takes away. The hash is of what was handed in and of all that decides what it is worth.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from s2s_course.atomic import write_atomically
from s2s_course.grading.judge import ExerciseGrade

_FORMAT = 1
_STATUSES = ("passed", "partly", "failed", "unattempted", "missing")


@dataclass(frozen=True)
class Outcomes:
    """What a submission is worth, exercise by exercise, and full sentences on what was left out of it."""

    exercises: tuple[ExerciseGrade, ...]
    notes: tuple[str, ...] = ()


def result_path(folder: Path, submission_digest: str, assignment_digest: str) -> Path:
    """Where the result of a submission is kept in ``folder``."""
    text = f"{_FORMAT}/{submission_digest}/{assignment_digest}"
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"


def keep(path: Path, outcomes: Outcomes) -> None:
    """Write ``outcomes`` to ``path`` in one step. Raises OSError as any write does."""
    graded = [{k: v for k, v in asdict(grade).items() if k != "by_hand"} for grade in outcomes.exercises]
    content = json.dumps({"exercises": graded, "notes": outcomes.notes}, indent=1)
    write_atomically(path, f"{content}\n".encode())


def kept(path: Path, points: dict[str, float]) -> Outcomes | None:
    """What is kept at ``path`` of the exercises that are worth ``points``.

    None where there is nothing, or where any field is not what was written: then it has to be graded again.
    """
    try:
        content = json.loads(path.read_bytes())
        outcomes = Outcomes(tuple(map(_grade, content["exercises"])), tuple(content["notes"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    same = [(grade.exercise_id, grade.out_of) for grade in outcomes.exercises] == list(points.items())
    return outcomes if same and all(isinstance(note, str) for note in outcomes.notes) else None


def _grade(entry: dict[str, Any]) -> ExerciseGrade:
    names = {field.name for field in fields(ExerciseGrade)} - {"by_hand"}
    texts = names - {"points", "out_of", "cases", "fault", "misconception"}
    if (
        set(entry) != names
        or not all(isinstance(entry[name], str) for name in texts)
        or not all(isinstance(entry[name], str | None) for name in ("fault", "misconception"))
        or not all(type(entry[name]) is float for name in ("points", "out_of"))
        or not 0 <= entry["points"] <= entry["out_of"]
        or entry["status"] not in _STATUSES
        or not isinstance(entry["cases"], list)
    ):
        raise ValueError("a result needs exactly its fields")
    return ExerciseGrade(**{**entry, "cases": tuple(map(_case, entry["cases"]))})


def _case(entry: list) -> tuple[str, bool]:
    name, right = entry
    if not isinstance(name, str) or not isinstance(right, bool):
        raise ValueError("a case needs a name and whether it is right")
    return name, right
