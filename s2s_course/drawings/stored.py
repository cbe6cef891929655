"""Drawings in the stored chapters: a cell that ends with ``drawing("name")``, and its output.

A drawing depends on nothing that a chapter computes, so its stored output can be renewed without running the
chapter.
"""

import re
from pathlib import Path

import nbformat

from s2s_course.atomic import write_atomically
from s2s_course.drawings.registry import drawing

_CALL = re.compile(r'^drawing\("([\w-]+)"\)\Z', re.MULTILINE)


def shown(notebook: nbformat.NotebookNode) -> list[tuple[str, nbformat.NotebookNode]]:
    """The names of the drawings that a chapter shows, each with its cell, in order."""
    calls = [(_CALL.search(cell.source), cell) for cell in notebook.cells if cell.cell_type == "code"]
    return [(call[1], cell) for call, cell in calls if call]


def output(name: str, execution_count: int | None) -> nbformat.NotebookNode:
    """What running the cell gives."""
    made = drawing(name)
    return nbformat.v4.new_output(
        "execute_result",
        {"text/html": made._repr_html_(), "text/plain": repr(made)},
        execution_count=execution_count,
    )


def renew(path: Path) -> bool:
    """Store today's drawings in the chapter at ``path``; whether anything was to be changed."""
    notebook = nbformat.read(path, as_version=4)
    for name, cell in shown(notebook):
        cell.outputs = [output(name, cell.execution_count)]
    text = f"{nbformat.writes(notebook)}\n"
    if text == path.read_text(encoding="utf-8"):
        return False
    write_atomically(path, text.encode())
    return True
