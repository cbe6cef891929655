"""Drawings in the stored chapters: a cell that ends with ``drawing("name")``, and its output.

A drawing depends on nothing that a chapter computes, so its stored output can be renewed without running the
chapter.
"""

import re
from pathlib import Path

import nbformat

from s2s_course import stored_chapters
from s2s_course.drawings.registry import drawing

_CALL = re.compile(r'^drawing\("([\w-]+)"\)\Z', re.MULTILINE)


def shown(notebook: nbformat.NotebookNode) -> list[tuple[str, nbformat.NotebookNode]]:
    """The names of the drawings that a chapter shows, each with its cell, in order."""
    calls = [(_CALL.search(cell.source), cell) for cell in notebook.cells if cell.cell_type == "code"]
    return [(call[1], cell) for call, cell in calls if call]


def output(name: str, execution_count: int | None) -> nbformat.NotebookNode:
    """What running the cell gives."""
    return stored_chapters.output_of(drawing(name), execution_count)


def renew(path: Path) -> bool:
    """Store today's drawings in the chapter at ``path``; whether anything was to be changed."""
    return stored_chapters.renew(path, _renew_drawings)


def _renew_drawings(notebook: nbformat.NotebookNode) -> None:
    for name, cell in shown(notebook):
        cell.outputs = [output(name, cell.execution_count)]
