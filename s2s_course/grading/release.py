"""The notebook that a student gets: what to do, empty cells, and a check below each of them.

It is made from the exercises alone, which say all that is needed; what is explained stands in the chapter, to
which the notebook links. It holds no reference, no solution, no known mistake and no seed.
"""

from collections.abc import Sequence
from datetime import datetime

from s2s_course import __version__
from s2s_course.course_address import course_address
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.chapter_names import CHAPTERS, file_name, heading
from s2s_course.grading.example import example_of
from s2s_course.grading.harmless import number
from s2s_course.grading.notebook import Cell, Notebook, belonging_to, code, markdown, notebook
from s2s_course.notebook import setup_cell

_IMPORTS = "import torch\n\nfrom s2s_course.exercises import {names}"
_HOW_TO_WORK = (
    "**How to work.** Run the setup cell, then write your code in the cell of an exercise. Leave the name"
    " of the function and its arguments as they are. Run the cell, then the check below it, as often as "
    "you like."
)
_CHECKED = (
    " It compares your function with ours on random inputs, and says which mistake a wrong answer looks "
    "like; `hint=1` in a check gives a hint, `hint=2` and `hint=3` stronger ones."
)
_HOW_TO_HAND_IN = (
    "**How to hand in.** Save the notebook with the name `{file}` and hand in that file; it needs no "
    "outputs. Your functions are then called without the rest of the notebook, on other random inputs of "
    "the same kinds. Beside them your imports, the functions and classes that you define, and constants "
    "are kept, and nothing else. They can use Python and torch, and have no network and no files."
)


def release(assignment: Assignment) -> dict[str, Notebook]:
    """The notebooks by the names of their files, one for each chapter that the exercises come from."""
    private = {exercise.id for exercise in assignment.private_exercises}
    return {
        f"{file_name(chapter)}.ipynb": _notebook(assignment, chapter, exercises, private)
        for chapter, exercises in by_chapter(assignment.exercises).items()
    }


def by_chapter(exercises: Sequence[Exercise]) -> dict[int, list[Exercise]]:
    """The exercises of each chapter, both in the order of their numbers."""
    chapters: dict[int, list[Exercise]] = {}
    for exercise in sorted(exercises, key=lambda exercise: (exercise.chapter, exercise.number)):
        chapters.setdefault(exercise.chapter, []).append(exercise)
    return chapters


def _notebook(
    assignment: Assignment, chapter: int, exercises: Sequence[Exercise], private: set[str]
) -> Notebook:
    names = ["check"] if any(exercise.id not in private for exercise in exercises) else []
    names += ["try_example"] if any(exercise.id in private for exercise in exercises) else []
    cells = [
        markdown("title", _title(assignment, chapter, exercises, private)),
        code("setup", setup_cell(course_address()), cellView="form", tags=["setup", "hide-input"]),
        code("imports", _IMPORTS.format(names=", ".join(names))),
    ]
    for exercise in exercises:
        cells += _exercise(exercise, assignment.points[exercise.id], exercise.id in private)
    return notebook(cells, assignment=assignment.name, version=__version__)


def _title(assignment: Assignment, chapter: int, exercises: Sequence[Exercise], private: set[str]) -> str:
    file = f"{file_name(chapter)}.ipynb"
    total = sum(assignment.points[exercise.id] for exercise in exercises)
    columns = [
        (
            exercise.id,
            exercise.title.replace("|", "\\|"),
            number(assignment.points[exercise.id]),
            str(exercise.minutes),
        )
        for exercise in exercises
    ]
    sums = "", "together", number(total), str(sum(exercise.minutes for exercise in exercises))
    rows = [("exercise", "what", "points", "minutes"), ("---",) * 4, *columns, sums]
    parts = [
        f"# {assignment.title}",
        f"**Due:** {_date(assignment.due)}." if assignment.due else "",
        "\n".join(f"| {' | '.join(row)} |" for row in rows),
        _where_it_is_explained(chapter),
        _HOW_TO_WORK + (_CHECKED if any(exercise.id not in private for exercise in exercises) else ""),
        _HOW_TO_HAND_IN.format(file=file),
    ]
    if len(assignment.notebooks) > 1:
        others = [f"`{name}`" for name in assignment.notebooks if name != file]
        parts.append(
            f"The assignment has more notebooks, which are handed in with this one: {', '.join(others)}."
        )
    return "\n\n".join(filter(None, parts))


def _where_it_is_explained(chapter: int) -> str:
    if chapter not in CHAPTERS:
        return ""
    page = f"{course_address()}/blob/v{__version__}/book/{file_name(chapter)}.ipynb"
    return (
        f"What is asked for here is explained in [{heading(chapter)}]({page}), with its formulas and letters."
    )


def _exercise(exercise: Exercise, points: float, is_private: bool) -> list[Cell]:
    worth = "1 point" if points == 1 else f"{number(points)} points"
    task = [
        f"## Exercise {exercise.id}: {exercise.title}",
        f"*{worth}, {exercise.difficulty}, about {exercise.minutes} minutes.*",
        exercise.goal,
        "The cell holds the code with the bug: mend it there." if exercise.broken else "",
    ]
    check = example_of(exercise) if is_private else f'check("{exercise.id}", {exercise.function_name})'
    return belonging_to(
        exercise.id,
        task=markdown("task", "\n\n".join(filter(None, task))),
        answer=code("answer", exercise.template.strip()),
        check=code("check", check),
    )


def _date(due: datetime) -> str:
    offset = due.isoformat(timespec="minutes")[16:].replace("Z", "+00:00")
    return f"{due:%A}, {due.day} {due:%B %Y, %H:%M} (UTC{'' if offset == '+00:00' else offset})"
