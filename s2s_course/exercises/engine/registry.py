"""All exercises and quizzes of the course, found by folder.

A file in ``exercises/chapter_05/`` is an exercise of chapter 5 and defines ``EXERCISE``. Only ``quiz.py`` is
none: it defines the ``QUESTIONS`` of the chapter's quiz. What stands in the folder is all that counts.
"""

import functools
import pkgutil
import re
from importlib import import_module

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.widgets.quiz import Question

CONTENT = "s2s_course.exercises"


def all_exercises() -> tuple[Exercise, ...]:
    """In the order of the book: by chapter, then by number."""
    chapters = chapter_folders(CONTENT)
    return tuple(exercise for chapter in chapters for exercise in exercises_of(CONTENT, chapter))


def find_exercise(exercise_id: str) -> Exercise:
    """The exercise of that id; ValueError with all ids where there is none. Imports its chapter alone."""
    for chapter in chapter_folders(CONTENT):
        if str(exercise_id).startswith(f"{chapter}."):
            for exercise in exercises_of(CONTENT, chapter):
                if exercise.id == exercise_id:
                    return exercise
    known = ", ".join(repr(exercise.id) for exercise in all_exercises())
    raise ValueError(f"exercise_id must be one of {known}, got {exercise_id!r}")


def all_quizzes() -> dict[int, tuple[Question, ...]]:
    """The questions of each chapter that has a quiz."""
    return {
        chapter: _defined(f"{folder}.quiz", "QUESTIONS")
        for chapter, folder in chapter_folders(CONTENT).items()
        if "quiz" in _files(folder)
    }


def chapter_folders(package: str) -> dict[int, str]:
    """The folders ``chapter_NN`` of ``package`` by their number, in order: ``{5: "….chapter_05"}``."""
    folders = {}
    for name in _files(package):
        if match := re.fullmatch(r"chapter_(\d+)", name):
            folders[int(match[1])] = f"{package}.{name}"
    return dict(sorted(folders.items()))


@functools.cache
def exercises_of(package: str, chapter: int) -> tuple[Exercise, ...]:
    """The exercises in the folder of ``chapter``, in the order of their numbers.

    Raises ValueError for a file without ``EXERCISE``, an id used twice, and the id of another chapter.
    """
    folder = chapter_folders(package)[chapter]
    found = {}
    for name in _files(folder):
        if name == "quiz":
            continue
        exercise = _defined(f"{folder}.{name}", "EXERCISE")
        if exercise.chapter != chapter:
            raise ValueError(
                f"the id of the exercise in {_path(folder)}/{name}.py must begin with '{chapter}.', "
                f"got {exercise.id!r}"
            )
        if exercise.number in found:
            other, _ = found[exercise.number]
            raise ValueError(
                f"the id {exercise.id!r} must be used once, but is used in {other}.py and {name}.py "
                f"of {_path(folder)}"
            )
        found[exercise.number] = name, exercise
    return tuple(exercise for _, (_, exercise) in sorted(found.items()))


def _files(package: str) -> list[str]:
    """The names of the modules and packages that stand in a package."""
    return [module.name for module in pkgutil.iter_modules(import_module(package).__path__)]


def _defined(module: str, name: str) -> object:
    content = vars(import_module(module))
    if name not in content:
        raise ValueError(f"{_path(module)}.py must define {name}")
    return content[name]


def _path(module: str) -> str:
    return module.replace(".", "/")
