"""What is expensive and needed by several workers is made by the first of them."""

from collections.abc import Callable
from pathlib import Path

from s2s_course.locks import lock


def made_once(folder: Path, make: Callable[[], None]) -> Path:
    """``folder``, after one caller has run ``make``, which fills it; others wait for its end.

    Where ``make`` fails, the next one tries again.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.with_name(f"{folder.name}.made")
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        lock(file)
        if not done.exists():
            make()
            done.touch()
    return folder
