"""The release for nbgrader: metadata by its schema, nothing that it would lose, and checks that do raise.

nbgrader is not needed here; its version 0.9.6 was tried by hand.
"""

import ast
import json

import nbclient
import nbformat
import pytest
from typer.testing import CliRunner

from s2s_course.chapters import ROOT
from s2s_course.cli import app
from s2s_course.exercises import NotRight
from s2s_course.grading.assign import assign
from s2s_course.grading.exercise_template import exercise_file
from s2s_course.grading.notebook import cell_of

from .run_cells import run_cells

FILE = "05-bahdanau-attention.ipynb"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("nbgrader") / "hw"
    assignment = assign([5], out, nbgrader=True)
    return assignment, out / "student" / FILE, out / f"instructor/nbgrader/source/{assignment.name}" / FILE


def marked(path):
    notebook = json.loads(path.read_bytes())
    return {c["id"]: c["metadata"]["nbgrader"] for c in notebook["cells"] if "nbgrader" in c["metadata"]}


def test_both_versions_have_the_metadata_of_schema_3(made):
    assignment, *paths = made
    student, source = map(marked, paths)
    assert student == source
    for name, marks in student.items():
        assert marks["schema_version"] == 3 and marks["grade_id"] == name and marks["task"] is False
        assert marks["cell_type"] == "code"
        assert ("points" in marks) == marks["grade"] and not (marks["grade"] and marks["solution"])
    graded = {name: marks["points"] for name, marks in student.items() if marks["grade"]}
    assert graded == {f"check-{e.replace('.', '-')}": points for e, points in assignment.points.items()}
    solutions = {name for name, marks in student.items() if marks["solution"]}
    assert solutions == {f"answer-5-{n}" for n in (1, 2, 3, 7)}, "code to be mended is left as it is"


def test_cutting_the_source_as_nbgrader_does_leaves_the_student_s_cells(made):
    """nbgrader puts a line that raises in the place of what stands between the marks."""
    assignment, student, source = made
    student, source = json.loads(student.read_bytes()), json.loads(source.read_bytes())
    for exercise in assignment.exercises:
        text = "".join(cell_of(source, exercise.id, "answer")["source"])
        ours = "".join(cell_of(student, exercise.id, "answer")["source"])
        if exercise.broken:
            assert text == ours
            continue
        before, _, rest = text.partition("    ### BEGIN SOLUTION\n")
        inside, _, after = rest.partition("    ### END SOLUTION")
        assert after == "" and inside.strip()
        assert ast.dump(ast.parse(before + "    raise NotImplementedError")) == ast.dump(ast.parse(ours))
        assert inside.strip() in exercise.solution


def test_a_check_of_an_empty_cell_raises_and_the_notebook_goes_on(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, student, source = made
    with pytest.raises(NotRight, match="unattempted"):
        run_cells(json.loads(student.read_bytes()))
    notebook = nbformat.read(source, as_version=4)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    options = {"timeout": 120, "extra_arguments": ["--IPKernelApp.log_level=ERROR"]}
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, **options).execute()
    kinds = {c.id: [o.output_type for o in c.outputs] for c in notebook.cells if c.id.startswith("check")}
    # Where a bug is to be found, the source has it too. nbgrader gives no points for an error.
    assert kinds == {f"check-5-{n}": ["error" if n in (4, 5, 6) else "stream"] for n in range(1, 8)}
    assert list(tmp_path.iterdir()) == [], "a strict check keeps no record"
    [error] = [c.outputs[0] for c in notebook.cells if c.id == "check-5-4"]
    assert error.ename == "NotRight" and not any("checker.py" in line for line in error.traceback)


def test_private_exercises_are_refused(tmp_path):
    (tmp_path / "own").mkdir()
    text = exercise_file("5.90", title="A mean", function="mean", file="mean.py")
    (tmp_path / "own/mean.py").write_text(text)
    arguments = ["05", "--nbgrader", "--exercises", str(tmp_path / "own"), "--out", str(tmp_path / "hw")]
    result = CliRunner().invoke(app, ["assign", *arguments])
    assert result.exit_code == 2 and "--nbgrader cannot be used with --exercises" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["own"]
