"""The zip file that Gradescope takes as an autograder: it installs the course and calls ``s2s grade``."""

import io
import zipfile
from importlib import resources
from pathlib import Path

from s2s_course.course_address import wheel_address
from s2s_course.grading.assignment import FILE, PRIVATE, Assignment

_TEXTS = ("setup.sh", "run_autograder", "README.md")
_PROGRAMS = ("setup.sh", "run_autograder")
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can name


def autograder_zip(assignment: Assignment) -> bytes:
    """The content of the zip file: what Gradescope runs, and the instructor's part of the assignment.

    The same assignment gives the same bytes. The secret seed is among them, as it must be: the file is for
    the instructor's course on Gradescope and for nobody else.
    """
    files = {name: _text(name).encode() for name in _TEXTS}
    for name in (FILE, *(f"{PRIVATE}/{name}" for name in assignment.private)):
        files[f"assignment/{name}"] = (assignment.folder / Path(name)).read_bytes()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # Unix, whose permissions follow
            entry.external_attr = (0o100755 if name in _PROGRAMS else 0o100644) << 16
            archive.writestr(entry, files[name])  # not compressed: how far that goes depends on the library
    return content.getvalue()


def _text(name: str) -> str:
    text = resources.files("s2s_course.grading").joinpath("gradescope_files", name).read_text("utf-8")
    return text.replace("{{wheel}}", wheel_address())
