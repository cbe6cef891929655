"""A release as nbgrader takes it (metadata of its schema 3, as of nbgrader 0.9).

nbgrader runs answers where its tests run. So what it can tell is whether an answer that does not cheat is
right; for submissions that nobody vouches for there is ``s2s grade``.
"""

import ast
import copy
import math
from typing import Any

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.notebook import Notebook, cell_of

_SCHEMA = 3
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
_RUN_ON = "raises-exception"  # a check that fails does not keep the cells below it from running


def refuse_private(assignment: Assignment) -> None:
    """ValueError where the assignment has private exercises: what nbgrader needs, an answer could read."""
    if assignment.private:
        raise ValueError(
            "--nbgrader cannot be used with --exercises: nbgrader runs answers beside its tests, where they "
            "could read a private reference"
        )


def mark(notebook: Notebook, assignment: Assignment) -> Notebook:
    """The student's notebook with nbgrader's metadata, and checks that raise where an answer is not right."""
    marked = copy.deepcopy(notebook)
    for name in ("setup", "imports"):
        [cell] = [cell for cell in marked["cells"] if cell["id"] == name]
        _mark(cell, locked=True)
    for exercise in _exercises_in(marked, assignment):
        # What has a bug to be found is given in its cell, which nbgrader would empty if it were marked.
        if not exercise.broken:
            _mark(cell_of(marked, exercise.id, "answer"), solution=True)
        check = cell_of(marked, exercise.id, "check")
        check["source"] = [f'print(check("{exercise.id}", {exercise.function_name}, strict=True))']
        check["metadata"]["tags"] = [_RUN_ON]
        points = assignment.points[exercise.id]
        _mark(check, grade=True, locked=True, points=int(points) if points == math.floor(points) else points)
    return marked


def source_version(notebook: Notebook, assignment: Assignment) -> Notebook:
    """The instructor's notebook, from which ``nbgrader generate_assignment`` makes the student's.

    It holds the solutions, between the marks at which nbgrader cuts them out.
    """
    source = mark(notebook, assignment)
    for exercise in _exercises_in(source, assignment):
        if not exercise.broken:
            cell_of(source, exercise.id, "answer")["source"] = _solved(exercise).splitlines(keepends=True)
    return source


def _exercises_in(notebook: Notebook, assignment: Assignment) -> list[Exercise]:
    here = {cell["metadata"].get("s2s", {}).get("exercise") for cell in notebook["cells"]}
    return [exercise for exercise in assignment.exercises if exercise.id in here]


def _solved(exercise: Exercise) -> str:
    """The cell of the exercise with the solution between nbgrader's marks."""
    solution = exercise.solution.replace(
        f"def {exercise.solution_name}(", f"def {exercise.function_name}(", 1
    )
    lines = solution.rstrip().splitlines()
    head = ast.parse(solution).body[0].body[0].end_lineno  # the docstring ends it
    return "\n".join([*lines[:head], f"    {_BEGIN}", *lines[head:], f"    {_END}"])


def _mark(cell: dict[str, Any], *, grade=False, solution=False, locked=False, points=None) -> None:
    cell["metadata"]["nbgrader"] = {
        "cell_type": cell["cell_type"],
        "grade": grade,
        "grade_id": cell["id"],
        "locked": locked,
        "schema_version": _SCHEMA,
        "solution": solution,
        "task": False,
        **({} if points is None else {"points": points}),
    }
    if locked:
        cell["metadata"] |= {"deletable": False, "editable": False}
