"""What a student gets: it runs as it comes, passes when it is solved, and gives nothing away."""

import inspect
import json
import os
import sys
import tomllib
import types
from datetime import datetime
from pathlib import Path

import nbclient
import nbformat
import pytest

from s2s_course.chapters import ROOT, chapter_paths, repository_url
from s2s_course.course_address import course_address, wheel_address
from s2s_course.exercises import all_exercises
from s2s_course.grading.assign import assign
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.chapter_names import CHAPTERS, file_name
from s2s_course.grading.exercise_template import exercise_file
from s2s_course.grading.notebook import cell_of
from s2s_course.grading.release import release
from s2s_course.notebook import setup_cell

from .run_cells import as_colab_saves, run_cells, solved

QUIET = ["--IPKernelApp.log_level=ERROR"]
EACH = pytest.mark.parametrize("chapter", CHAPTERS)


@pytest.fixture(scope="module")
def everything(tmp_path_factory) -> Assignment:
    """All chapters, and an exercise of the instructor's own, with all that can be handed out."""
    folder = tmp_path_factory.mktemp("assignment")
    own = folder / "own"
    own.mkdir()
    text = exercise_file("5.90", title="A mean", function="masked_mean", file="masked_mean.py")
    (own / "masked_mean.py").write_text(text)
    due = datetime.fromisoformat("2027-01-15T23:59+01:00")
    return assign(list(CHAPTERS), folder / "hw", exercises=own, title="Homework 5", due=due)


@pytest.fixture(scope="module")
def notebooks(everything):
    folder = everything.folder / "student"
    assert sorted(path.name for path in folder.iterdir()) == sorted(everything.notebooks)
    return {name: json.loads((folder / name).read_bytes()) for name in everything.notebooks}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def of_chapter(everything, notebooks, chapter):
    exercises = tuple(exercise for exercise in everything.exercises if exercise.chapter == chapter)
    return notebooks[f"{file_name(chapter)}.ipynb"], exercises


@EACH
def test_it_runs_from_top_to_bottom_and_all_is_unattempted(chapter, everything, notebooks):
    notebook, exercises = of_chapter(everything, notebooks, chapter)
    nbformat.validate(nbformat.from_dict(notebook))
    shown = [value for value in run_cells(notebook) if value is not None]
    assert [(result.exercise_id, result.status) for result in shown] == [
        (exercise.id, "unattempted") for exercise in exercises
    ]


@EACH
def test_a_solved_one_passes_also_without_ids_and_marks(chapter, everything, notebooks):
    notebook, exercises = of_chapter(everything, notebooks, chapter)
    shown = run_cells(as_colab_saves(solved(notebook, exercises)))
    status = {result.exercise_id: result.status for result in shown if result is not None}
    assert status == {e.id: "untested" if e.id == "5.90" else "passed" for e in exercises}


def test_a_kernel_runs_it_as_it_comes(notebooks, tmp_path):
    notebook = nbformat.reads(json.dumps(notebooks["05-bahdanau-attention.ipynb"]), as_version=4)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources, extra_arguments=QUIET).execute(
        env=env
    )
    [mean] = [cell for cell in notebook.cells if cell.id == "check-5-90"]
    assert "unattempted" in mean.outputs[0].data["text/plain"]


def test_on_colab_it_installs_the_course_and_runs(notebooks, monkeypatch):
    """As in Colab: its package is there, the course is not, and pip puts it there."""
    installed = []
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr("importlib.metadata.distributions", lambda **_: [])
    monkeypatch.setattr(
        "subprocess.run",
        lambda command, **_: installed.append(command[-1]) or types.SimpleNamespace(returncode=0),
    )
    shown = run_cells(as_colab_saves(notebooks["01-sequences.ipynb"]))
    assert installed == [wheel_address()]
    assert shown[-1].status == "unattempted"


def test_cells_have_lasting_ids_and_say_what_they_are(notebooks):
    for notebook in notebooks.values():
        for cell in notebook["cells"]:
            marks = cell["metadata"].get("s2s")
            if marks:
                assert cell["id"] == f"{marks['part']}-{marks['exercise'].replace('.', '-')}"
            if cell["cell_type"] == "code":
                assert cell["outputs"] == [] and cell["execution_count"] is None
                assert max(map(len, "".join(cell["source"]).splitlines())) <= 88
        assert [cell["id"] for cell in notebook["cells"][:3]] == ["title", "setup", "imports"]


def test_the_first_cell_says_what_it_is_when_it_is_due_and_what_it_is_worth(everything, notebooks):
    text = "".join(notebooks["05-bahdanau-attention.ipynb"]["cells"][0]["source"])
    assert text.startswith("# Homework 5\n") and "Friday, 15 January 2027, 23:59 (UTC+01:00)" in text
    assert "| 5.1 | The additive score | 2 | 10 |" in text and "|  | together | 15 | 80 |" in text
    assert "hand in" in text and "`05-bahdanau-attention.ipynb`" in text and "`10-families.ipynb`" in text
    assert "blob/v" in text and "book/05-bahdanau-attention.ipynb" in text


def test_the_setup_cell_is_that_of_the_chapters(notebooks):
    for notebook in notebooks.values():
        assert "".join(notebook["cells"][1]["source"]) == setup_cell(repository_url())


def test_code_with_a_bug_to_be_found_is_handed_out(everything, notebooks):
    notebook, _ = of_chapter(everything, notebooks, 5)
    source = "".join(cell_of(notebook, "5.4", "answer")["source"])
    assert "keys = query.unsqueeze(1)" in source and "NotImplementedError" not in source
    assert "mend it there" in "".join(cell_of(notebook, "5.4", "task")["source"])


def lines(text: str) -> set[str]:
    """The lines of code without spaces and comments; what is short says nothing."""
    bare = {"".join(line.split("#")[0].split()) for line in text.splitlines()}
    return {line for line in bare if len(line) > 8}


def given_away(everything, handed_out: str) -> list[str]:
    """Lines of references, solutions and mistakes, and the seed, in what is handed out.

    Code with a bug to be found is handed out on purpose, and what it shares with other code is no secret.
    """
    given = set().union(*(lines(exercise.template) for exercise in everything.exercises))
    found = [f"the seed in {handed_out[:20]}"] if str(everything.seed) in handed_out else []
    public = lines(handed_out)
    for exercise in everything.exercises:
        functions = [exercise.reference, *exercise.also_right]
        functions += [w for m in exercise.misconceptions for w in (m.wrong, *m.variants)]
        for function in functions:
            body = inspect.getsource(inspect.unwrap(function))
            found += (lines(body) - given) & public
        messages = [misconception.message for misconception in exercise.misconceptions]
        found += [text for text in (*exercise.hints, *messages) if text in handed_out]
    return found


def handed_out(folder: Path) -> str:
    """Everything in the student's folder as text, as it is stored and as it is read."""
    parts = []
    for path in (folder / "student").rglob("*"):
        text = path.read_text("utf-8")
        parts += [path.name, text]
        for cell in json.loads(text)["cells"]:
            parts += ["".join(cell["source"]), json.dumps(cell["metadata"], ensure_ascii=False)]
    return "\n".join(parts)


def test_it_gives_nothing_away(everything):
    assert given_away(everything, handed_out(everything.folder)) == []


@pytest.mark.parametrize("leak", ["reference", "mistake", "hint", "private", "seed"])
def test_a_leak_would_be_found(leak, everything):
    (
        first,
        *_,
    ) = everything.exercises
    [own] = everything.private_exercises
    text = {
        "reference": lambda: first.solution,
        "mistake": lambda: first.misconceptions[0].message,
        "hint": lambda: own.hints[2],
        "private": lambda: own.solution,
        "seed": lambda: str(everything.seed),
    }[leak]()
    assert given_away(everything, handed_out(everything.folder) + "\n" + text)


def test_the_same_assignment_gives_the_same_notebooks(everything, notebooks):
    assert release(Assignment.read(everything.folder)) == notebooks


def test_the_names_of_chapters_are_those_of_the_book():
    stored = {}
    for path in chapter_paths():
        [first] = nbformat.read(path, as_version=4).cells[:1]
        number, _, title = first.source.splitlines()[0].removeprefix("# ").partition(". ")
        stored[int(number)] = (path.stem, title)
    assert stored == CHAPTERS
    assert {exercise.chapter for exercise in all_exercises()} == set(CHAPTERS)


def test_the_address_is_that_of_the_book_and_an_installed_course_has_it(monkeypatch, tmp_path):
    assert course_address() == repository_url()
    monkeypatch.setattr("s2s_course.course_address._CLONE", tmp_path / "no")
    monkeypatch.setattr("s2s_course.course_address._installed", lambda: [ROOT / "_config.yml"])
    assert course_address() == repository_url()
    monkeypatch.setattr("s2s_course.course_address._installed", lambda: [])
    with pytest.raises(ValueError, match="install the course again"):
        course_address()


def test_a_wheel_brings_what_an_installed_course_reads():
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert any("_config.yml" in files for files in setuptools["data-files"].values())
    assert "gradescope_files/*" in setuptools["package-data"]["s2s_course.grading"]
