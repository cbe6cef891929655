"""Stored chapters: what depends on nothing that a chapter computes is renewed without running it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import nbformat

from s2s_course.atomic import write_atomically

BOOK = Path(__file__).parent.parent / "book"


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write the notebook in one step: a reader finds the old one or the new one."""
    write_atomically(path, _text(notebook).encode())


def output_of(made: Any, execution_count: int | None) -> nbformat.NotebookNode:
    """What running a cell gives that ends with ``made``, which shows itself as HTML."""
    data = {"text/html": made._repr_html_(), "text/plain": repr(made)}
    return nbformat.v4.new_output("execute_result", data, execution_count=execution_count)


def renew(path: Path, change: Callable[[nbformat.NotebookNode], None]) -> bool:
    """Let ``change`` bring the chapter at ``path`` up to date; whether anything was to be changed."""
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    if _text(notebook) == path.read_text(encoding="utf-8"):
        return False
    write(notebook, path)
    return True


def renew_all(renewed: Callable[[Path], bool], paths: Iterable[Path] = ()) -> None:
    """``renewed`` for each of ``paths``, or for all chapters, with a line that says what came of it."""
    for path in list(paths) or sorted(BOOK.glob("*.ipynb")):
        print(f"{path.name}: {'renewed' if renewed(path) else 'as it was'}")


def _text(notebook: nbformat.NotebookNode) -> str:
    return f"{nbformat.writes(notebook)}\n"
