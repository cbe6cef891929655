"""Grading a class of entries with the command, as an instructor does, and what it leaves behind."""

import functools
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from grading.regression.entry import EXERCISES, Entry
from typer.testing import CliRunner

from s2s_course.cli.app import app
from s2s_course.grading import grade
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.collect import collect
from s2s_course.grading.sandbox import Sandbox

PORT = 47809  # where two of the attacks knock
SECONDS = 1.0  # of computing for each answer, in place of ten


def grade_entries(entries: Sequence[Entry], folder: Path) -> Mapping[str, grade.Grade]:
    """The grades of ``entries`` by their names.

    ``folder`` is filled with hw/, submissions/, graded/, and temporary/ for what would lie elsewhere.
    """
    (folder / "temporary").mkdir()
    _run("assign", "05", "07", "--only", ",".join(EXERCISES), "--out", folder / "hw")
    for entry in entries:
        (folder / "submissions" / entry.name).mkdir(parents=True)
        for name, content in entry.files.items():
            (folder / "submissions" / entry.name / name).write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grade, "answer", functools.partial(grade.answer, seconds=SECONDS))
        patch.setattr(tempfile, "tempdir", str(folder / "temporary"))
        patch.setenv("S2S_SECRET", "nobody inside must see this")
        _run("grade", folder / "submissions", "--assignment", folder / "hw", "--out", folder / "graded")
    made, handed_in = Assignment.read(folder / "hw"), collect(folder / "submissions")
    grades = grade.grade_class(handed_in, made, _no_sandbox, folder / "graded" / "results")
    return {each.student: each for each in grades}


def check_grade(entry: Entry, found: grade.Grade) -> None:
    """Whether ``found`` is what ``entry`` must get, in each exercise."""
    for each in found.exercises:
        status, *told = entry.expected.get(each.exercise_id, ("passed",))
        seen = (each.exercise_id, each.status, each.fault, each.misconception, each.message)
        assert status in (each.status, "any"), seen
        assert not told or told[0] in (each.fault, each.misconception), seen
        assert "SEEN" not in each.message, seen
    assert entry.note is None or any(entry.note in note for note in found.notes), found.notes


@contextmanager
def nobody_knocks() -> Iterator[None]:
    """A port of this machine that must not be reached meanwhile, by a connection or a datagram."""
    with socket.socket() as stream, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        for listening in (stream, datagrams):
            listening.bind(("127.0.0.1", PORT))
            listening.setblocking(False)
        stream.listen()
        yield
        with pytest.raises(BlockingIOError):
            stream.accept()
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)


def processes(folder: Path) -> list[str]:
    """The processes that see the temporary files of ``folder``, or say that an answer has left them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
            told = line + (process / "mountinfo").read_bytes()  # what is bound into a sandbox
        except OSError:  # it has ended, or is another user's
            continue
        if str(folder).encode() in told or b"s2s-left-over" in told:
            found.append(line.replace(b"\0", b" ").decode(errors="replace"))
    return found


def files_in(*folders: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of change of every file in ``folders``."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if "__pycache__" not in path.parts and not path.is_symlink():
                about = path.stat()
                found[path] = (about.st_size, about.st_mtime_ns) if path.is_file() else (0, 0)
    return found


def _no_sandbox() -> Sandbox:
    raise AssertionError("all has been kept, so nothing runs again")


def _run(*arguments: object) -> None:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, (result.output, result.exception)
