"""`s2s assign`: what it makes of its options, what it refuses, and that nothing is left half-written."""

import json
import re

import pytest
from typer.testing import CliRunner

import s2s_course.grading.assign as module
from s2s_course.cli import app
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.exercise_template import exercise_file


def invoke(*arguments):
    return CliRunner().invoke(app, ["assign", *map(str, arguments)])


def made(tmp_path, *arguments) -> Assignment:
    result = invoke(*arguments, "--out", tmp_path / "hw")
    assert result.exit_code == 0, result.output
    return Assignment.read(tmp_path / "hw")


def refused(*arguments) -> str:
    result = invoke(*arguments)
    assert result.exit_code == 2 and result.stdout == "", (result.output, result.exception)
    assert re.fullmatch(r"s2s: [^\n]+\n", result.stderr), result.stderr
    return result.stderr


def files(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "mean.py").write_text(exercise_file("5.90", title="A mean", function="mean", file="mean.py"))
    (folder / "other.py").write_text(exercise_file("90.1", title="Other", function="other", file="other.py"))
    return folder


def test_a_chapter_is_one_command(tmp_path):
    assignment = made(tmp_path, "05")
    assert list(assignment.points.items()) == [
        (f"5.{n}", float(find_exercise(f"5.{n}").points)) for n in range(1, 8)
    ]
    assert assignment.name == "05-bahdanau-attention" and assignment.title == "Chapter 5: Bahdanau attention"
    assert assignment.due is None and assignment.private == ()
    assert set(files(tmp_path)) == {
        "hw/student/05-bahdanau-attention.ipynb",
        "hw/instructor/assignment.json",
    }
    assert (tmp_path / "hw/instructor").stat().st_mode & 0o077 == 0, (
        "others of the machine cannot read the seed"
    )


def test_what_is_said_names_what_to_hand_out_and_what_to_keep(tmp_path):
    out = invoke("5", "--out", tmp_path / "hw").stdout
    assert "5.2       A softmax that does not see padding" in out
    assert f"To hand out: {tmp_path}/hw/student/05-bahdanau-attention.ipynb." in out
    assert "s2s grade SUBMISSIONS --assignment" in out
    assert str(Assignment.read(tmp_path / "hw").seed) not in out


def test_several_chapters_are_several_notebooks(tmp_path):
    assignment = made(tmp_path, "06", "5")
    assert assignment.notebooks == ("05-bahdanau-attention.ipynb", "06-luong-attention.ipynb")
    assert list(assignment.points)[6:8] == ["5.7", "6.1"] and assignment.name == "chapters-05-06"
    assert assignment.title == "Exercises of chapters 5 and 6"
    first = json.loads((tmp_path / "hw/student" / assignment.notebooks[0]).read_bytes())
    assert "`06-luong-attention.ipynb`" in "".join(first["cells"][0]["source"])


def test_all_chapters_together_can_be_read_again(tmp_path):
    assert len(made(tmp_path, *range(1, 11)).notebooks) == 10


def test_some_exercises_in_the_order_of_the_chapter(tmp_path):
    assert list(made(tmp_path, "05", "--only", "5.3, 5.1,").points) == ["5.1", "5.3"]
    text = (tmp_path / "hw/student/05-bahdanau-attention.ipynb").read_text()
    assert "context_vector" in text and "masked_softmax" not in text


def test_a_chapter_of_which_nothing_is_taken_has_no_notebook(tmp_path):
    assert made(tmp_path, "05", "06", "--only", "6.1").notebooks == ("06-luong-attention.ipynb",)


@pytest.mark.parametrize(
    "text", ["exercise,points\n5.1,5\n5.3,2.5\n", "\ufeffExercise; Points\r\n5.1;5\r\n\r\n5.3;2.5"]
)
def test_points_of_a_file(tmp_path, text):
    (tmp_path / "points.csv").write_text(text, encoding="utf-8")
    assignment = made(tmp_path, "05", "--points", tmp_path / "points.csv")
    assert [assignment.points[name] for name in ("5.1", "5.2", "5.3")] == [5.0, 2.0, 2.5]
    notebook = (tmp_path / "hw/student/05-bahdanau-attention.ipynb").read_text()
    assert (
        "*5 points, medium" in notebook
        and "*2.5 points, easy" in notebook
        and "| 5.3 | The context vector | 2.5 |" in notebook
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "the first line must be exercise,points"),
        (b"5.1,2\n", "the first line must be exercise,points"),
        (b"exercise,points\n5.1\n", "line 2: there must be an exercise and its points, got 1 columns"),
        (b"exercise,points\n5.1,1,2\n", "got 3 columns"),
        (b"exercise,points\n\n9.1,2\n", "line 3: exercise must be one of 5.1, 5.2"),
        (b"exercise,points\n5.1,2\n5.1,2\n", "line 3: exercise 5.1 must be named once"),
        (b"exercise,points\n5.1,two\n", "line 2: points must be more than 0 and at most 1000, got 'two'"),
        (b"exercise,points\n5.1,-1\n", "points must be more than 0"),
        (b"exercise,points\n5.1,nan\n", "points must be more than 0"),
        (b"exercise,points\n5.1,1e999\n", "points must be more than 0"),
        (b"exercise,points\n5.1,\xff\n", "must be text in UTF-8"),
    ],
)
def test_a_file_of_points_that_is_wrong_is_refused_by_its_line(tmp_path, text, told):
    path = tmp_path / "points.csv"
    path.write_bytes(text)
    line = refused("05", "--points", path, "--out", tmp_path / "hw")
    assert str(path) in line and told in line
    assert list(tmp_path.iterdir()) == [path]


def test_private_exercises_go_with_their_chapter_or_into_a_notebook_of_their_own(tmp_path, own):
    assignment = made(tmp_path, "05", "--exercises", own)
    assert assignment.notebooks == ("05-bahdanau-attention.ipynb", "90-exercises.ipynb")
    assert list(assignment.points)[-3:] == ["5.7", "5.90", "90.1"] and assignment.private == (
        "mean.py",
        "other.py",
    )
    copies = files(tmp_path / "hw/instructor/exercises")
    assert copies == {name: (own / name).read_bytes() for name in ("mean.py", "other.py")}
    assert set(files(own)) == {"mean.py", "other.py"}, "nothing is left beside the instructor's files"


def test_private_exercises_alone(tmp_path, own):
    assignment = made(tmp_path, "--exercises", own, "--only", "5.90", "--name", "quiz-1", "--title", "A quiz")
    assert assignment.private == ("mean.py",) and (assignment.name, assignment.title) == ("quiz-1", "A quiz")
    text = (tmp_path / "hw/student/05-bahdanau-attention.ipynb").read_text()
    assert "# A quiz" in text and "import try_example" in text and "hint=1" not in text


def test_a_private_exercise_that_is_not_in_order_is_refused(tmp_path, own):
    text = (own / "mean.py").read_text()
    (own / "mean.py").write_text(text.replace("return vectors.mean(dim=1)", "return vectors.sum(dim=1)"))
    line = refused("05", "--exercises", own, "--out", tmp_path / "hw")
    assert "mean.py: _sum_with_padding must be told as 'a sum', but is told as 'padding counted'" in line
    assert not (tmp_path / "hw").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["99"], "chapters must be among 1 to 10, got 99"),
        (["0"], "chapters must be among 1 to 10"),
        (["five"], "CHAPTERS must be numbers of chapters, such as 05, got 'five'"),
        (["-1"], "-1"),
        (["5.1"], "CHAPTERS must be numbers"),
        (["²"], "CHAPTERS must be numbers"),
        (["9" * 5000], "CHAPTERS must be numbers"),
        ([], "name a chapter, such as 05, or a folder"),
        (["05", "--only", "6.1"], "--only must name exercises among 5.1, 5.2"),
        (["05", "--only", ","], "--only must name exercises"),
        (["05", "--only", "5.01"], "--only must name exercises among"),
        (["05", "--name", "../x"], "--name must be 1 to 100 letters"),
        (["05", "--name", ""], "--name must be"),
        (["05", "--title", "a\nb"], "--title must be one line"),
        (["05", "--title", ""], "--title must be one line"),
        (["05", "--due", "tomorrow"], "--due must be date, time and offset"),
        (["05", "--due", "2027-01-15T23:59"], "--due must be date, time and offset"),
        (["05", "--points", "{tmp}"], "{tmp}"),
        (["05", "--points", "{tmp}/no.csv"], "no.csv"),
        (["05", "--exercises", "{tmp}/no"], "is no folder with exercises"),
        (["05", "--exercises", "{tmp}"], "has no exercise: `s2s exercises new` writes a first one"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(tmp_path, arguments, told):
    arguments = [each.format(tmp=tmp_path) for each in arguments]
    assert told.format(tmp=tmp_path) in refused(*arguments, "--out", tmp_path / "hw")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", ["{tmp}/file", "{tmp}/gone", "{tmp}/file/x", "/proc/x", "{tmp}/" + "x" * 300])
def test_a_place_where_nothing_can_be_is_refused(tmp_path, out):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    for force in ([], ["--force"]):
        refused("05", "--out", out.format(tmp=tmp_path), *force)
    assert (tmp_path / "file").read_text() == "mine" and not (tmp_path / "nowhere").exists()


def test_a_release_is_not_overwritten_without_force(tmp_path):
    first = made(tmp_path, "05")
    before = files(tmp_path)
    assert "holds an assignment; --force replaces it" in refused("06", "--out", tmp_path / "hw")
    assert files(tmp_path) == before
    (tmp_path / "hw/graded.csv").write_text("mine")
    second = made(tmp_path, "06", "--force")
    assert second.notebooks == ("06-luong-attention.ipynb",) and second.seed != first.seed
    assert set(files(tmp_path / "hw")) == {
        "graded.csv",
        "student/06-luong-attention.ipynb",
        "instructor/assignment.json",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["hw"]


def test_force_does_not_replace_what_is_no_assignment(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/1.jpg").write_text("mine")
    for force in ([], ["--force"]):
        assert "exists and is no assignment" in refused("05", "--out", tmp_path / "photos", *force)
    assert files(tmp_path) == {"photos/1.jpg": b"mine"}
    (tmp_path / "hw").mkdir()
    made(tmp_path, "05")  # an empty folder holds nothing that could be lost


@pytest.mark.parametrize("number", range(4))
def test_when_the_exchange_fails_the_old_one_is_there(tmp_path, monkeypatch, number):
    made(tmp_path, "05")
    before, done = files(tmp_path), []
    rename = module.Path.rename

    def fails_once(path, target):
        done.append(path)
        if len(done) == number + 1:
            raise OSError(28, "No space left on device", str(path))
        return rename(path, target)

    monkeypatch.setattr(module.Path, "rename", fails_once)
    assert "No space left on device" in refused("06", "--out", tmp_path / "hw", "--force")
    assert files(tmp_path) == before and [path.name for path in tmp_path.iterdir()] == ["hw"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_when_writing_is_cut_short_nothing_is_left(tmp_path, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(module, "_write_notebooks", fail)
    result = invoke("05", "--out", tmp_path / "hw")
    assert result.exit_code == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert list(tmp_path.iterdir()) == []
