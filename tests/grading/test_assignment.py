"""What an instructor keeps: read as it was written, refused where a field is wrong."""

import json
import shutil
from dataclasses import replace
from datetime import datetime

import pytest

import s2s_course.grading.assignment as module
from s2s_course.grading.assign import assign
from s2s_course.grading.assignment import FILE, Assignment, check_due, check_name, check_title, new_seed
from s2s_course.grading.exercise_template import exercise_file


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    (folder / "own").mkdir()
    text = exercise_file("5.90", title="A mean", function="mean", file="mean.py")
    (folder / "own/mean.py").write_text(text)
    due = datetime.fromisoformat("2027-01-15T23:59+01:00")
    assign([5], folder / "hw", only=["5.1", "5.90"], exercises=folder / "own", due=due)
    return folder / "hw"


@pytest.fixture
def assignment(stored, tmp_path):
    """A copy that a test may change."""
    return Assignment.read(shutil.copytree(stored, tmp_path / "hw"))


def test_what_was_written_is_read_again(assignment):
    assert Assignment.read(assignment.folder) == assignment
    assert [exercise.id for exercise in assignment.exercises] == ["5.1", "5.90"]
    assert assignment.points == {"5.1": 2.0, "5.90": 2.0}
    assert assignment.due.isoformat() == "2027-01-15T23:59:00+01:00"
    assert assignment.exercises[1].reference.__name__ == "mean"
    before = assignment.digest
    moved = assignment.folder.rename(assignment.folder.with_name("elsewhere"))
    assert Assignment.read(moved).digest == before


def test_no_two_seeds_are_alike():
    seeds = {new_seed() for _ in range(200)}
    assert len(seeds) == 200 and all(0 <= seed < 2**63 for seed in seeds)
    assert max(seeds) > 2**61


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("format", 2, "format must be 1, got 2"),
        ("format", None, "format must be 1, got None"),
        ("name", "../x", "name must be 1 to 100 letters"),
        ("name", "", "name must be"),
        ("name", 5, "name must be"),
        ("title", "a\nb", "title must be one line"),
        ("title", None, "title must be one line"),
        ("due", "tomorrow", "due must be date, time and offset"),
        ("due", "2027-01-15T23:59", "due must be date, time and offset"),
        ("due", 5, "due must be date, time and offset"),
        ("notebooks", [], "notebooks must be a list of file names"),
        ("notebooks", ["x.txt"], "each of notebooks must end with .ipynb"),
        ("notebooks", ["../../x.ipynb"], "each of notebooks must be 1 to 100"),
        ("notebooks", "x.ipynb", "notebooks must be a list"),
        ("private", ["../x.py"], "each of private must be 1 to 100"),
        ("private", ["gone.py"], "gone.py: No such file"),
        ("private", [], "exercise_id must be one of"),
        ("version", [], "version must be one line"),
        ("exercises", [], "exercises must be a list of ids with points"),
        ("exercises", {}, "exercises must be a list of ids with points"),
        ("exercises", [5], "each of exercises must have id and points"),
        ("exercises", [{"points": 1}], "each of exercises must have id and points"),
        ("exercises", [{"id": "5.1"}], "points of exercise '5.1' must be more than 0"),
        ("exercises", [{"id": "5.1", "points": True}], "points of exercise '5.1' must be"),
        ("exercises", [{"id": "5.1", "points": "2"}], "points of exercise '5.1' must be"),
        ("exercises", [{"id": "5.1", "points": 0}], "points of exercise '5.1' must be"),
        ("exercises", [{"id": "5.1", "points": float("nan")}], "points of exercise '5.1' must be"),
        ("exercises", [{"id": "5.1", "points": 1e9}], "points of exercise '5.1' must be"),
        ("exercises", [{"id": "5.1", "points": 1}] * 2, "exercise '5.1' must be named once"),
        ("exercises", [{"id": "5.99", "points": 1}], "exercise_id must be one of"),
        ("exercises", [{"id": "5.1", "points": 1}], "exercises must name '5.90', whose file is private"),
        ("seed", -1, "seed must be a whole number"),
        ("seed", 2**63, "seed must be a whole number"),
        ("seed", 1.5, "seed must be a whole number"),
        ("seed", True, "seed must be a whole number"),
        ("seed", None, "seed must be a whole number"),
    ],
)
def test_a_field_that_is_wrong_is_named(assignment, field, value, told):
    path = assignment.folder / FILE
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps({**content, field: value}))
    with pytest.raises(ValueError) as caught:
        Assignment.read(assignment.folder)
    assert str(caught.value).startswith(f"{path}: ") and told in str(caught.value)
    assert "\n" not in str(caught.value) and str(content["seed"]) not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"null", b'"x"', b"[" * 100_000, b"9" * 5000])
def test_a_file_that_is_none_of_ours_is_refused(assignment, content):
    (assignment.folder / FILE).write_bytes(content)
    with pytest.raises(ValueError, match=r"assignment\.json"):
        Assignment.read(assignment.folder)


def test_a_folder_without_it_is_no_assignment(tmp_path):
    with pytest.raises(ValueError, match=r"is no assignment: it has no instructor/assignment\.json"):
        Assignment.read(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="is no assignment"):
        Assignment.read(tmp_path / "file")


def test_the_digest_changes_with_what_decides_a_grade_and_with_nothing_else(
    assignment, monkeypatch, tmp_path
):
    before = assignment.digest
    assert replace(assignment, due=None, title="Another", name="another").digest == before
    assert replace(assignment, seed=assignment.seed ^ 1).digest != before
    assert replace(assignment, points={**assignment.points, "5.1": 3.0}).digest != before
    assert replace(assignment, points=dict(reversed(assignment.points.items()))).digest != before
    monkeypatch.setattr(module, "__version__", "9.9.9")
    assert assignment.digest != before
    monkeypatch.undo()
    own = assignment.folder / "instructor/exercises/mean.py"
    own.write_text(own.read_text() + "\n# an edit\n")
    assert assignment.digest != before


@pytest.mark.parametrize(
    "part", ["seeds.py", "exercises/engine/compare.py", "exercises/chapter_05/additive_score.py"]
)
def test_the_digest_changes_with_the_course(assignment, part, monkeypatch, tmp_path):
    before, package = assignment.digest, module._PACKAGE
    for path in package.rglob("*.py"):
        if path.relative_to(package).parts[0] in ("exercises", "grading", "seeds.py"):
            copy = tmp_path / "package" / path.relative_to(package)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(module, "_PACKAGE", tmp_path / "package")
    assert assignment.digest == before
    with (tmp_path / "package" / part).open("a") as file:
        file.write("# an edit\n")
    assert assignment.digest != before


@pytest.mark.parametrize("name", ["a", "hw5", "05-x_y.z", "A" * 100])
def test_a_name_that_is_taken(name):
    assert check_name(name, "name") == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "a\\b", "-x", ".x", "x.", "x-", "é", "a b", "A" * 101, "con", "NUL.x", "a\n"],
)
def test_a_name_that_a_system_would_not_take_is_refused(name):
    with pytest.raises(ValueError, match=r"^--name must be 1 to 100 letters"):
        check_name(name, "--name")


def test_titles_and_dates():
    assert check_title(" Übung 5 ", "title") == "Übung 5"
    for title in ("", " ", "x" * 201, "a\x1b[31m", "a\u202eb"):
        with pytest.raises(ValueError, match=r"^title must be one line"):
            check_title(title, "title")
    assert check_due("2027-01-15T23:59Z", "due").utcoffset().total_seconds() == 0
    for due in ("", "2027-01-15", "2027-13-01T00:00+01:00", "x" * 10_000):
        with pytest.raises(ValueError, match=r"^due must be date, time and offset"):
            check_due(due, "due")
