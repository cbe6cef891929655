"""Running a notebook's code cells in this process, and answering the exercises in them."""

import ast
import copy
from typing import Any

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.grading.notebook import Notebook, cell_of


def run_cells(notebook: Notebook) -> list[Any]:
    """What each code cell shows: its last expression's value, or None. An error ends it, as in Jupyter."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    return [run_cell("".join(c["source"]), namespace) for c in notebook["cells"] if c["cell_type"] == "code"]


def run_cell(source: str, namespace: dict[str, Any]) -> Any:
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), namespace)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)


def solved(notebook: Notebook, exercises: tuple[Exercise, ...]) -> Notebook:
    """The notebook of a student who has all right."""
    filled = copy.deepcopy(notebook)
    for exercise in exercises:
        solution = exercise.solution.replace(
            f"def {exercise.solution_name}(", f"def {exercise.function_name}("
        )
        cell_of(filled, exercise.id, "answer")["source"] = solution.splitlines(keepends=True)
    return filled


def as_colab_saves(notebook: Notebook) -> Notebook:
    """The same without our ids and marks, and with Colab's own."""
    saved = copy.deepcopy(notebook)
    saved["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    saved["nbformat_minor"] = 0
    for number, cell in enumerate(saved["cells"]):
        del cell["id"]
        cell["metadata"] = {"id": f"aB{number:010d}", "colab": {"base_uri": "https://localhost:8080/"}}
    return saved
