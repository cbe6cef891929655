"""Gradescope's autograder: what is in it, and what it says when nothing can be graded."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from s2s_course.course_address import wheel_address
from s2s_course.grading.assign import assign
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.exercise_template import exercise_file
from s2s_course.grading.gradescope import autograder_zip


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gradescope")
    (folder / "own").mkdir()
    text = exercise_file("5.90", title="A mean", function="mean", file="mean.py")
    (folder / "own/mean.py").write_text(text)
    return assign([5], folder / "hw", exercises=folder / "own", gradescope=True)


@pytest.fixture
def unpacked(assignment, tmp_path):
    """The files as Gradescope lays them out, below ``tmp_path`` in place of the root."""
    source = tmp_path / "autograder/source"
    with zipfile.ZipFile(assignment.folder / "instructor/gradescope.zip") as archive:
        archive.extractall(source)
    for name in ("submission", "results"):
        (tmp_path / "autograder" / name).mkdir()
    for name in ("setup.sh", "run_autograder"):
        script = source / name
        script.write_text(script.read_text().replace("/autograder/", f"{tmp_path}/autograder/"))
    return tmp_path / "autograder"


def test_it_has_what_gradescope_asks_for_and_the_instructor_s_part(assignment):
    with zipfile.ZipFile(assignment.folder / "instructor/gradescope.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
        setup = archive.read("setup.sh").decode()
        readme = archive.read("README.md").decode()
    assert modes == {
        "setup.sh": 0o755,
        "run_autograder": 0o755,
        "README.md": 0o644,
        "assignment/instructor/assignment.json": 0o644,
        "assignment/instructor/exercises/mean.py": 0o644,
    }
    assert f'course="{wheel_address()}"' in setup and "{{" not in setup
    assert "may not let this grade" in readme and "has not been tried on Gradescope" in readme


def test_the_same_assignment_gives_the_same_bytes(assignment):
    stored = (assignment.folder / "instructor/gradescope.zip").read_bytes()
    assert autograder_zip(Assignment.read(assignment.folder)) == stored


def test_what_is_in_it_is_an_assignment(assignment, unpacked):
    read = Assignment.read(unpacked / "source/assignment")
    assert read.digest == assignment.digest and read.exercises[-1].id == "5.90"


def put_s2s(unpacked, script: str) -> None:
    program = unpacked / "venv/bin/s2s"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    (program.parent / "python").symlink_to(sys.executable)


def run(unpacked):
    command = ["bash", unpacked / "source/run_autograder"]
    subprocess.run(command, check=True, timeout=60, env={**os.environ, "TMPDIR": str(unpacked)})
    return json.loads((unpacked / "results/results.json").read_bytes())


def test_what_is_graded_is_what_gradescope_gets(unpacked):
    put_s2s(unpacked, 'echo "$@" >"$0.said"; eval "last=\\${$#}"; echo "{\\"score\\": 3}" >"$last"')
    assert run(unpacked) == {"score": 3}
    said = (unpacked / "venv/bin/s2s.said").read_text()
    assert said.startswith(f"grade {unpacked}/submission --assignment {unpacked}/source/assignment --out ")
    assert said.endswith(f" --gradescope {unpacked}/results/results.json\n")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 's2s: no \"sandbox\" here' >&2; exit 2", 'no "sandbox" here'),
        ("echo 'Traceback: seed 5' >&2; exit 1", "the autograder stopped with an error; its log has more"),
        ("kill -9 $$", "the autograder stopped with an error; its log has more"),
    ],
)
def test_what_is_not_graded_is_said_in_one_sentence(unpacked, script, why):
    put_s2s(unpacked, script)
    (unpacked / "results/results.json").write_text('{"score": 99}')  # of a run before
    assert run(unpacked) == {"score": 0, "output": f"Nothing was graded, so this 0 is no grade: {why}"}


def test_the_scripts_can_be_read_by_a_shell(unpacked):
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", unpacked / "source" / name], check=True)
