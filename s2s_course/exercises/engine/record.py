"""What a learner has done, kept in one small file beside the notebook. Nothing is ever sent anywhere.

Only a notebook keeps it: a program or a test that calls ``check`` leaves no file. Nor does a chapter that is
run from top to bottom, since an empty cell is no attempt, and the solution is nobody's answer.
"""

import hashlib
import inspect
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.exercises.engine.exercise import Exercise

FILE = Path("s2s-progress.json")  # in the current folder: where the notebook is, in Colab too
_ABOUT = "What was tried in the exercises of s2s_course. This file stays here; nothing is sent anywhere."


@dataclass(frozen=True)
class Record:
    """What is known of one exercise or project, up to the first answer that passed.

    ``hints`` counts those that were seen. ``answer`` is a digest of the last answer: the same code checked
    again, say with a hint, is no new attempt.
    """

    passed: bool = False
    attempts: int = 0
    hints: int = 0
    answer: str = ""


def record_answer(exercise: Exercise, function: object, status: str, hints: int) -> str:
    """``record`` for the answer to an exercise. The solution is nobody's answer, and this is said."""
    if getattr(function, "__name__", None) == exercise.solution_name:
        return "This is the solution. It does not count as your answer."
    return record(exercise.id, (function,), status, hints)


def record(name: str, functions: Sequence[object], status: str, hints: int) -> str:
    """Keep what a check has found; a sentence for the learner where that cannot be, and else nothing.

    ``name`` is the id of an exercise or a project; ``functions`` make the answer, ``status`` is that of the
    result, and ``hints`` says how many were shown.
    """
    if not _in_a_notebook():
        return ""
    try:
        records = load()
        before = records.get(name, Record())
        after = _after(before, functions, status, hints)
        if after != before:
            _save({**records, name: after})
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


def _after(before: Record, functions: Sequence[object], status: str, hints: int) -> Record:
    if before.passed:
        return before
    seen = replace(before, hints=max(before.hints, hints))
    if status == "unattempted":
        return seen
    answer = _digest(functions)
    repeated = bool(answer) and answer == before.answer
    attempts = before.attempts + (0 if repeated else 1)
    return replace(seen, passed=status == "passed", attempts=attempts, answer=answer)


def _digest(functions: Sequence[object]) -> str:
    """The same for the same source, whenever it was run; empty where there is no source."""
    try:
        source = "\n".join(map(inspect.getsource, functions))
    except (TypeError, OSError):
        return ""
    return hashlib.sha256(source.encode(errors="replace")).hexdigest()[:16]


def _in_a_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and shell.get_ipython() is not None
