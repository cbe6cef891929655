"""Where the course is published: what a setup cell installs from, and how a link to a chapter begins."""

import re
from importlib import metadata
from pathlib import Path

from s2s_course import __version__

_FILE = "_config.yml"
_CLONE = Path(__file__).parents[1] / _FILE


def course_address() -> str:
    """The address of the repository: from ``_config.yml`` of the clone, or from the copy that a wheel brings.

    That file is the one place that names it, so that a fork changes one line. Raises ValueError where neither
    is there.
    """
    for path in (_CLONE, *_installed()):
        if path.is_file():
            found = re.search(
                r"^repository:\n(?:\s.*\n)*?\s+url:\s*(\S+)", path.read_text("utf-8"), re.MULTILINE
            )
            if found:
                return found[1]
    raise ValueError(f"the address of the course is not known: {_FILE} is missing; install the course again")


def _installed() -> list[Path]:
    try:
        files = metadata.files("s2s-course") or []
    except metadata.PackageNotFoundError:
        return []
    return [Path(file.locate()) for file in files if file.name == _FILE]


def wheel_address() -> str:
    """Where this version of the course is published as a wheel: what the setup cell installs."""
    return f"{course_address()}/releases/download/v{__version__}/s2s_course-{__version__}-py3-none-any.whl"
