"""``python -m s2s_course.widgets store``: renew the figures of stored widgets, without running a chapter."""

import sys
from pathlib import Path

import nbformat

from s2s_course.atomic import write_atomically
from s2s_course.widgets import WIDGETS
from s2s_course.widgets.shared.stored import renew_figures

BOOK = Path(__file__).parents[2] / "book"


def store(path: Path) -> bool:
    """Store today's figures in the chapter at ``path``; whether anything was to be changed."""
    notebook = nbformat.read(path, as_version=4)
    renew_figures(notebook, WIDGETS)
    text = f"{nbformat.writes(notebook)}\n"
    if text == path.read_text(encoding="utf-8"):
        return False
    write_atomically(path, text.encode())
    return True


if __name__ == "__main__":
    if sys.argv[1:] != ["store"]:
        sys.exit("usage: python -m s2s_course.widgets store")
    for chapter in sorted(BOOK.glob("*.ipynb")):
        print(f"{chapter.name}: {'renewed' if store(chapter) else 'as it was'}")
