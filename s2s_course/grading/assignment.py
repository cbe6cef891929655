"""An assignment as an instructor keeps it: which exercises, worth how much, and a seed that stays secret."""

import functools
import hashlib
import json
import math
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from s2s_course import __version__
from s2s_course.atomic import write_atomically
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.grading.private import read_exercises

STUDENT, INSTRUCTOR = "student", "instructor"  # the two folders of an assignment
FILE = f"{INSTRUCTOR}/assignment.json"
PRIVATE = f"{INSTRUCTOR}/exercises"
_ABOUT = "For the instructor alone: the seed draws the inputs that answers are graded on."
_FORMAT = 1
_MOST_POINTS = 1000
_DEVICES = r"con|prn|aux|nul|com\d|lpt\d"  # what Windows takes for a device, whatever its ending
_PACKAGE = Path(__file__).parents[1]


def new_seed() -> int:
    """A seed that nobody can guess.

    It is the one place of the course where chance is not seeded: whoever knows the seed can write down the
    right outputs for the inputs that it draws, so it must not follow from anything that is published.
    """
    return secrets.randbits(63)


@dataclass(frozen=True)
class Assignment:
    """What was handed out, and what is needed to grade it.

    ``notebooks`` are the files in ``student/``; ``points`` says what each exercise is worth, by id, in the
    order of the notebooks; ``private`` are the instructor's own files in ``instructor/exercises/``,
    ``version`` is that of the course that made it, and ``due`` knows its offset from UTC. ``seed`` draws the
    inputs and is secret.
    """

    name: str
    title: str
    due: datetime | None
    notebooks: tuple[str, ...]
    points: dict[str, float]
    seed: int
    folder: Path
    private: tuple[str, ...] = ()
    version: str = __version__

    @functools.cached_property
    def private_exercises(self) -> tuple[Exercise, ...]:
        """The instructor's own, by id. Raises ValueError, one sentence, for a file that defines none."""
        return read_exercises([self.folder / PRIVATE / name for name in self.private])

    @functools.cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """All exercises, in the order of ``points``. Raises ValueError for one that does not exist."""
        own = {exercise.id: exercise for exercise in self.private_exercises}
        return tuple(own[name] if name in own else find_exercise(name) for name in self.points)

    @property
    def digest(self) -> str:
        """Changes with all that decides how many points an answer gets: then results are no longer good.

        The due date is not part of it, since it changes no result, only what is taken from it afterwards.
        """
        parts = [__version__, self.seed, list(self.points.items()), *map(_content, self._sources())]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _sources(self) -> list[Path]:
        """The files that decide: engine, grading, seeds, and those of the exercises."""
        chapters = {f"chapter_{exercise.chapter:02d}" for exercise in self.exercises}
        folders = [
            _PACKAGE / "grading",
            *(_PACKAGE / "exercises" / name for name in ("engine", *sorted(chapters))),
        ]
        files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
        return [_PACKAGE / "seeds.py", *files, *(self.folder / PRIVATE / name for name in self.private)]

    def write(self) -> None:
        """Write ``instructor/assignment.json`` into ``folder``. Raises OSError as any write does."""
        content = {
            "about": _ABOUT,
            "format": _FORMAT,
            "version": self.version,
            "name": self.name,
            "title": self.title,
            "due": self.due and self.due.isoformat(),
            "notebooks": self.notebooks,
            "exercises": [{"id": name, "points": points} for name, points in self.points.items()],
            "private": self.private,
            "seed": self.seed,
        }
        path = self.folder / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, f"{json.dumps(content, indent=1, ensure_ascii=False)}\n".encode())

    @classmethod
    def read(cls, folder: Path) -> "Assignment":
        """The assignment in ``folder``. Raises ValueError, one sentence, for whatever is missing or wrong."""
        path = Path(folder) / FILE
        try:
            content = json.loads(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            raise ValueError(
                f"{folder} is no assignment: it has no {FILE}, which `s2s assign` writes"
            ) from None
        except (ValueError, RecursionError) as error:
            raise ValueError(
                f"{path} cannot be read as JSON; `s2s assign --force` makes the assignment anew"
            ) from error
        try:
            assignment = cls._of(content, Path(folder))
            ids = [exercise.id for exercise in assignment.exercises]  # they all exist
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        if unused := {exercise.id for exercise in assignment.private_exercises} - set(ids):
            raise ValueError(f"{path}: exercises must name {min(unused)!r}, whose file is private")
        return assignment

    @classmethod
    def _of(cls, content: Any, folder: Path) -> "Assignment":
        if not isinstance(content, dict):
            raise ValueError(
                f"an object with the fields of an assignment must stand there, got {_short(content)}"
            )
        if content.get("format") != _FORMAT:
            raise ValueError(f"format must be {_FORMAT}, got {_short(content.get('format'))}")
        due = content.get("due")
        seed = content.get("seed")
        if type(seed) is not int or not 0 <= seed < 2**63:
            raise ValueError("seed must be a whole number of at most 63 bits")  # and is not shown
        return cls(
            name=check_name(content.get("name"), "name"),
            title=check_title(content.get("title"), "title"),
            due=None if due is None else check_due(due, "due"),
            notebooks=_names(content, "notebooks", ".ipynb"),
            points=_points(content.get("exercises")),
            seed=seed,
            folder=folder,
            private=_names(content, "private", ".py", least=0),
            version=check_title(content.get("version"), "version"),
        )


def check_name(value: Any, argument: str) -> str:
    """A name that any system takes for a file or a folder; ValueError, naming ``argument``, for others."""
    fits = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9](?:[\w.-]{0,98}\w)?", value, re.ASCII)
    if not fits or re.fullmatch(_DEVICES, value.split(".")[0], re.IGNORECASE):
        raise ValueError(
            f"{argument} must be 1 to 100 letters, digits, '-', '_' and '.', with a letter or a digit first, "
            f"no '.' or '-' last, and no device of Windows, got {_short(value)}"
        )
    return value


def check_title(value: Any, argument: str) -> str:
    """One line of text; ValueError, which names ``argument``, for anything else."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 200:
        raise ValueError(f"{argument} must be one line of 1 to 200 characters, got {_short(value)}")
    return value.strip()


def check_due(value: Any, argument: str) -> datetime:
    """Date, time and offset as ISO 8601 writes them; ValueError, naming ``argument``, for anything else."""
    try:
        due = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        due = None
    if due is None or due.tzinfo is None:
        raise ValueError(
            f"{argument} must be date, time and offset from UTC, such as 2027-01-15T23:59+01:00, "
            f"got {_short(value)}"
        )
    return due


def check_points(value: Any, argument: str) -> float:
    """A number above 0; ValueError, which names ``argument``, for anything else."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 < value <= _MOST_POINTS:
        raise ValueError(f"{argument} must be more than 0 and at most {_MOST_POINTS}, got {_short(value)}")
    return float(value)


def _points(entries: Any) -> dict[str, float]:
    if not isinstance(entries, list) or not entries:
        raise ValueError(f"exercises must be a list of ids with points, got {_short(entries)}")
    points: dict[str, float] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise ValueError(f"each of exercises must have id and points, got {_short(entry)}")
        if entry["id"] in points:
            raise ValueError(f"exercise {entry['id']!r} must be named once")
        points[entry["id"]] = check_points(entry.get("points"), f"points of exercise {entry['id']!r}")
    return points


def _names(content: dict, field: str, ending: str, least: int = 1) -> tuple[str, ...]:
    names = content.get(field)
    if not isinstance(names, list) or len(names) < least:
        raise ValueError(f"{field} must be a list of file names, got {_short(names)}")
    for name in names:
        check_name(name, f"each of {field}")
        if not name.endswith(ending):
            raise ValueError(f"each of {field} must end with {ending}, got {_short(name)}")
    return tuple(names)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
