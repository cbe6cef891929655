"""An instructor's own exercises: files like those of the course, whose answers are published nowhere.

They are imported where they lie, on the instructor's machine: it is the instructor's own code.
"""

import ast
import hashlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

import torch

from s2s_course.exercises.engine.checker import diagnose
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import all_exercises

_SEEDS = range(5)


def private_files(folder: Path) -> tuple[Path, ...]:
    """The exercises' files in ``folder``, by name; ValueError where it is no folder or has none."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder with exercises")
    files = sorted(path for path in folder.glob("*.py") if not path.name.startswith(("_", ".")))
    if not files:
        raise ValueError(f"{folder} has no exercise: `s2s exercises new` writes a first one")
    return tuple(files)


def read_exercises(files: Iterable[Path]) -> tuple[Exercise, ...]:
    """The exercises that ``files`` define, by id, each told apart from all others and from the course's.

    Raises ValueError with one sentence that begins with the file.
    """
    ours = all_exercises()
    ids = {exercise.id: f"exercise {exercise.id} of the course" for exercise in ours}
    names = {exercise.function_name: f"exercise {exercise.id} of the course" for exercise in ours}
    found = []
    for path in files:
        exercise = read_exercise(path)
        for kind, value, used in (("id", exercise.id, ids), ("name", exercise.function_name, names)):
            if value in used:
                what = "id" if kind == "id" else "name of the function"
                raise ValueError(f"{path}: the {what} {value!r} is that of {used[value]}; choose another one")
            used[value] = path.name
        found.append(exercise)
    return tuple(sorted(found, key=lambda exercise: (exercise.chapter, exercise.number)))


def read_exercise(path: Path) -> Exercise:
    """The ``EXERCISE`` of the file at ``path``; ValueError with one sentence that begins with the file."""
    if not re.fullmatch(r"[A-Za-z]\w*\.py", path.name, re.ASCII):
        raise ValueError(f"{path}: the file must be named like a module, such as masked_mean.py")
    exercise = vars(_imported(path)).get("EXERCISE")
    if exercise is None:
        raise ValueError(f"{path}: the file must define EXERCISE, as the exercises of the course do")
    if not isinstance(exercise, Exercise):
        raise ValueError(f"{path}: EXERCISE must be an Exercise, got {type(exercise).__name__}")
    if exercise.id.startswith("P"):
        raise ValueError(f"{path}: the id must be chapter and number, such as '5.90', got {exercise.id!r}")
    return exercise


def check_exercise(exercise: Exercise, path: Path) -> None:
    """What holds for every exercise of the course: ValueError with one sentence that begins with the file.

    The cell as it is handed out is unattempted; the solution needs nothing but torch and is right on any
    seed; each mistake is wrong and is named, with the message that belongs to it.
    """
    try:
        problem = _problem(exercise)
    except Exception as error:
        raise ValueError(f"{path}: {_told(error, path)}") from error
    if problem:
        raise ValueError(f"{path}: {problem}")


def _problem(exercise: Exercise) -> str:
    if not exercise.cases:
        return "the exercise needs at least one case"
    if len({case.name for case in exercise.cases}) < len(exercise.cases):
        return "each case needs a name of its own, since it decides which inputs are drawn"
    if len(exercise.hints) != 3:
        return f"the exercise needs three hints, got {len(exercise.hints)}"
    if not _hides_its_body(exercise):
        return "the reference needs a docstring, and its code below it: all above is handed out"
    empty = _run(exercise.template, exercise.function_name)
    if (status := diagnose(exercise, empty).status) != "unattempted":
        return f"the cell that is handed out must be unattempted, but it is {status}"
    solution = _run(exercise.solution, exercise.solution_name)
    for seed in _SEEDS:
        result = diagnose(exercise, solution, seed=seed)
        if not result.passed:
            return (
                f"the reference, where only torch is imported, does not pass (seed {seed}): {result.message}"
            )
    for right in exercise.also_right:
        if not (result := diagnose(exercise, right)).passed:
            return f"{right.__name__}, which is also right, does not pass: {result.message}"
    for misconception in exercise.misconceptions:
        for wrong in (misconception.wrong, *misconception.variants):
            result = diagnose(exercise, wrong)
            if result.misconception != misconception.name:
                told = result.misconception or result.message
                return f"{wrong.__name__} must be told as {misconception.name!r}, but is told as {told!r}"
    return ""


def _hides_its_body(exercise: Exercise) -> bool:
    """Whether the cell can end with the docstring: nothing of the answer stands in a line before its end."""
    [definition] = ast.parse(exercise.solution).body
    first, *body = definition.body
    return ast.get_docstring(definition) is not None and bool(body) and body[0].lineno > first.end_lineno


def _run(source: str, name: str) -> object:
    """The function that a cell defines where torch is imported and nothing else."""
    namespace = {"torch": torch}
    exec(source, namespace)
    return namespace[name]


def _imported(path: Path) -> object:
    """The module at ``path``, under a name that no other content of any file has."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    name = f"s2s_private_{hashlib.sha256(bytes(path.absolute()) + content).hexdigest()[:16]}_{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    # No folder of compiled files beside the instructor's own.
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, Exception | SystemExit):
            raise ValueError(f"{path}: {_told(error, path)}") from error
        raise
    finally:
        sys.dont_write_bytecode = written
    return module


def _told(error: BaseException, path: Path) -> str:
    """What went wrong, and in which line of the file."""
    if isinstance(error, SyntaxError):
        return f"line {error.lineno} cannot be read as Python ({error.msg})"
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == str(path)
    ]
    place = f"line {lines[-1]}: " if lines else ""
    return f"{place}{type(error).__name__}: {error}"
