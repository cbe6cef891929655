"""The command: what it writes, what it refuses before any work, and what remains when it is interrupted."""

import csv
import importlib
import io
import json
import re
import zipfile

import pytest
from typer.testing import CliRunner

from s2s_course.cli import app
from s2s_course.grading import grade as grading
from s2s_course.grading.sandbox import SandboxError

from .answers_here import IDS, NoSandbox, answer_here, assignment_in, body, notebook, solution

NO_V = body("5.1", "return ((query @ W.T).unsqueeze(1) + memory @ U.T).tanh().sum(2)")
EXPORT = (
    "Student,ID,SIS Login ID,Section,Homework 5 (77)\r\n    Points Possible,,,,10\r\n"
    '"Doe, Jane",501,jd,1,\r\n"Poe, Ed",502,ep,1,\r\n"Away, Al",503,aa,1,\r\n'
)


@pytest.fixture
def command():
    return importlib.import_module("s2s_course.cli.grade")


@pytest.fixture
def folder(tmp_path, monkeypatch, command):
    """An assignment in hw5, two submissions as Canvas exports them, and answers that run here."""
    monkeypatch.chdir(tmp_path)
    assignment_in(tmp_path / "hw5").write()
    right = notebook(*map(solution, IDS))
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as zipped:
        zipped.writestr("doejane_501_9001_hw5.ipynb", right)
        zipped.writestr("poeed_LATE_502_9002_hw5.ipynb", notebook(NO_V, solution("5.2")))
    (tmp_path / "gradebook.csv").write_bytes(EXPORT.encode())
    monkeypatch.setattr(command, "ready_sandbox", NoSandbox)
    monkeypatch.setattr(grading, "answer", answer_here)
    return tmp_path


def run(*more, submissions="submissions.zip", out="graded5"):
    given = ["grade", submissions, "--assignment", "hw5", "--out", out, *more]
    return CliRunner().invoke(app, [str(each) for each in given])


def refused(*more, **options):
    result = run(*more, **options)
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and re.fullmatch(r"s2s: [^\n]+\n", result.stderr), result.output
    return result.stderr


def contents(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_class_is_graded_and_the_gradebook_filled_in(folder):
    (folder / "adjust.csv").write_text("student,penalty,points\n*,10,\npoeed,,1\n")
    result = run("--adjust", "adjust.csv", "--fill", "gradebook.csv")
    assert result.exit_code == 0, result.output
    names = contents(folder / "graded5")
    keys = [path.stem for path in sorted((folder / "graded5" / "feedback").iterdir())]
    assert len(keys) == 2
    assert names == {"grades.csv", "report.html", "filled.csv", *(f"feedback/{key}.html" for key in keys)} | {
        name for name in names if re.fullmatch(r"results/[0-9a-f]{32}\.json", name)
    }
    assert len(names) == 7
    text = (folder / "graded5" / "grades.csv").read_bytes().decode("utf-8-sig")
    jane, ed = csv.DictReader(io.StringIO(text, newline=""))
    assert (jane["id"], jane["total"], jane["out of"]) == ("501", "10", "10")
    assert (ed["5.1"], ed["5.2"], ed["5.3"], ed["late days"], ed["total"]) == ("0", "4", "0", "1", "4.6")
    filled = (folder / "graded5" / "filled.csv").read_bytes().decode()
    assert filled == EXPORT.replace("501,jd,1,", "501,jd,1,10").replace("502,ep,1,", "502,ep,1,4.6")
    assert (folder / "gradebook.csv").read_bytes().decode() == EXPORT
    assert (
        "handed nothing in: Away, Al." in result.stdout
        and "2 filled in under Homework 5 (77)" in result.stdout
    )
    assert re.search(r"4\.6 of 10 +1 d", result.stdout)


def test_one_student_alone_gets_feedback_and_results_for_gradescope(folder):
    run()
    [key] = [path.stem for path in (folder / "graded5" / "feedback").iterdir() if "poe" in path.stem]
    result = run("--only", key, "--gradescope", "results.json", out="one")
    assert result.exit_code == 0, result.output
    assert {name for name in contents(folder / "one") if "results/" not in name} == {f"feedback/{key}.html"}
    document = json.loads((folder / "results.json").read_bytes())
    assert document["score"] == 4 and [test["score"] for test in document["tests"]] == [0, 4, 0]


def test_run_again_nothing_runs_and_all_is_the_same(folder, monkeypatch, command):
    first = run()
    before = {name: (folder / "graded5" / name).read_bytes() for name in contents(folder / "graded5")}

    def fail(*_):
        raise AssertionError("it was graded already")

    monkeypatch.setattr(grading, "answer", fail)
    monkeypatch.setattr(command, "ready_sandbox", fail)
    again = run()
    assert again.exit_code == 0 and again.stdout == first.stdout
    assert {name: (folder / "graded5" / name).read_bytes() for name in contents(folder / "graded5")} == before


def test_an_interrupt_keeps_what_is_graded_and_leaves_nothing_half(folder, monkeypatch):
    asked = []

    def interrupted(*arguments):
        asked.append(1)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return answer_here(*arguments)

    monkeypatch.setattr(grading, "answer", interrupted)
    result = run()
    assert result.exit_code == 130 and result.stdout == ""
    [kept] = contents(folder / "graded5")
    assert re.fullmatch(r"results/[0-9a-f]{32}\.json", kept)
    assert run().exit_code == 0 and len(asked) == 3


def test_where_the_sandbox_does_not_hold_nothing_is_graded(folder, monkeypatch, command):
    def fail():
        raise SandboxError("the sandbox does not hold: nets are open. Install bubblewrap.")

    monkeypatch.setattr(command, "ready_sandbox", fail)
    monkeypatch.setattr(grading, "answer", lambda *_: pytest.fail("something ran"))
    said = refused()
    assert "nothing more is graded, and what is graded is kept: the sandbox does not hold: nets are" in said
    assert contents(folder / "graded5") == set()


def test_a_sandbox_that_fails_on_the_way_is_one_line(folder, monkeypatch):
    def fail(*_):
        raise SandboxError("the sandbox did not start: no space")

    monkeypatch.setattr(grading, "answer", fail)
    assert "what is graded is kept: the sandbox did not start: no space" in refused()


@pytest.mark.parametrize(
    ("more", "options", "said"),
    [
        ((), {"out": "hw5"}, "--out must be a folder of its own"),
        ((), {"submissions": "subs", "out": "subs/out"}, "--out must be a folder of its own"),
        ((), {"submissions": "gone"}, "submissions must be a folder, a notebook"),
        ((), {"submissions": "subs"}, "subs|at least one submission"),
        (("--assignment", "subs"), {}, "subs is no assignment"),
        (("--only", "nobody"), {}, "--only must be one of the keys"),
        (("--gradescope", "r.json"), {}, "--gradescope needs exactly one submission, got 2"),
        (("--fill", "gradebook.csv", "--column", "Homework 6"), {}, "--column must name one column"),
        (("--fill", "adjust.csv"), {}, "--fill must be a gradebook"),
        (("--fill", "gradebook.csv", "--only", "x"), {}, "--fill needs the grades of the whole class"),
        (("--fill", "graded5/filled.csv"), {}, "--fill must not be"),
        (("--adjust", "adjust.csv"), {}, "adjust.csv, line 2: nobody who handed in"),
        (("--adjust", "gone.csv"), {}, "gone.csv: No such file"),
        (("--fill", "gone.csv"), {}, "gone.csv: No such file"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_runs(more, options, said, folder, monkeypatch):
    (folder / "subs").mkdir()
    (folder / "adjust.csv").write_text("student,points\nnobody,1\n")
    monkeypatch.setattr(grading, "answer", lambda *_: pytest.fail("something ran"))
    assert re.search(said, refused(*more, **options))
    assert not (folder / "graded5").exists()


def test_what_only_graders_install_is_named(folder, monkeypatch, command):
    monkeypatch.setitem(__import__("sys").modules, "s2s_course.grading.report", None)
    monkeypatch.delattr("s2s_course.grading.report", raising=False)
    assert 'which `pip install "s2s-course[grade]"` installs' in refused()
