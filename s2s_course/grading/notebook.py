"""Notebooks that we write: cells with lasting ids, and marks that say which exercise a cell belongs to."""

import json
from typing import Any

Cell = dict[str, Any]
Notebook = dict[str, Any]


def markdown(name: str, source: str) -> Cell:
    """A text cell with the id ``name``."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source.splitlines(keepends=True)}


def code(name: str, source: str, **metadata: Any) -> Cell:
    """A code cell with the id ``name`` that has not been run."""
    cell = {"cell_type": "code", "id": name, "metadata": metadata, "source": source.splitlines(keepends=True)}
    return {**cell, "execution_count": None, "outputs": []}


def notebook(cells: list[Cell], **about: str) -> Notebook:
    """A notebook for Python, with what is said ``about`` it in its metadata."""
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "s2s": about,
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def belonging_to(exercise_id: str, **cells: Cell) -> list[Cell]:
    """The cells of an exercise by their part, ``task``, ``answer`` and ``check``, with ids and marks.

    Both are hints: Colab, for one, keeps neither.
    """
    for part, cell in cells.items():
        cell["id"] = f"{part}-{exercise_id.replace('.', '-')}"
        cell["metadata"]["s2s"] = {"exercise": exercise_id, "part": part}
    return list(cells.values())


def cell_of(notebook: Notebook, exercise_id: str, part: str) -> Cell:
    """The cell that is this part of the exercise."""
    marks = {"exercise": exercise_id, "part": part}
    [found] = [cell for cell in notebook["cells"] if cell["metadata"].get("s2s") == marks]
    return found


def as_bytes(notebook: Notebook) -> bytes:
    """The content of the file, as Jupyter writes it."""
    return f"{json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)}\n".encode()
