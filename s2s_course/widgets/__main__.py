"""``python -m s2s_course.widgets store``: renew the figures of stored widgets, without running a chapter."""

import sys
from pathlib import Path

from s2s_course.stored_chapters import renew, renew_all
from s2s_course.widgets import WIDGETS
from s2s_course.widgets.shared.stored import renew_figures


def store(path: Path) -> bool:
    """Store today's figures in the chapter at ``path``; whether anything was to be changed."""
    return renew(path, lambda notebook: renew_figures(notebook, WIDGETS))


if __name__ == "__main__":
    if sys.argv[1:] != ["store"]:
        sys.exit("usage: python -m s2s_course.widgets store")
    renew_all(store)
