"""The stored chapters: complete, clean, and with the one setup cell. test_execution.py runs them."""

import dis
import json
import re
import subprocess
import sys

import lxml.html
import nbformat
import pytest

from s2s_course.chapters import CONFIRM_TAG, ROOT, chapter_paths, fold, refresh_setup, repository_url
from s2s_course.claims.registry import CLAIMS
from s2s_course.exercises import quiz
from s2s_course.exercises.engine.registry import all_exercises, all_quizzes
from s2s_course.exercises.projects.run import PROJECTS
from s2s_course.notebook import setup_cell
from s2s_course.widgets import WIDGETS
from s2s_course.widgets.shared.stored import stand_in

from .comparison import STATE, VIEW, unexecuted_cells

CHAPTERS = chapter_paths()


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def chapter(number):
    [path] = [path for path in CHAPTERS if path.stem.startswith(f"{number:02d}-")]
    return path


def widget_models(notebook):
    return notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
class TestStoredChapter:
    def test_every_cell_was_executed_in_order(self, path):
        assert unexecuted_cells(read(path)) == []

    def test_it_holds_no_errors_and_nothing_on_stderr(self, path):
        for output in outputs(read(path)):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text

    def test_every_view_has_its_state_and_nothing_else_is_stored(self, path):
        notebook = read(path)
        models = widget_models(notebook)
        views = [o.data[VIEW]["model_id"] for o in outputs(notebook) if VIEW in o.get("data", {})]
        assert set(views) <= set(models)
        text = json.dumps([o.get("data", {}) for o in outputs(notebook)]) + json.dumps(models)
        shown = [key for key, model in models.items() if "Link" not in model["model_name"]]
        assert all(text.count(key) >= 2 for key in shown)  # its own key, and somebody who shows it

    def test_every_widget_in_it_lives_without_a_kernel(self, path):
        names = {model["model_name"] for model in widget_models(read(path)).values()}
        assert names <= {
            "AnyModel",
            "LayoutModel",
            "HBoxModel",
            "VBoxModel",
            "LinkModel",
            "DirectionalLinkModel",
        }

    def test_ids_are_stable_and_timing_is_left_out(self, path):
        notebook = read(path)
        assert [cell.id for cell in notebook.cells] == [f"cell-{n:03d}" for n in range(len(notebook.cells))]
        assert not any("execution" in cell.metadata for cell in notebook.cells)

    def test_it_names_no_place_of_the_machine_it_ran_on(self, path):
        text = path.read_text(encoding="utf-8")
        for place in (str(ROOT), str(ROOT.home()) + "/", "site-packages", "ipykernel_"):
            assert place not in text
        assert not re.search(r"/(home|Users|tmp|root)/\w", text)

    def test_its_code_fits_the_page(self, path):
        lines = [line for cell in code_cells(read(path)) for line in cell.source.splitlines()]
        assert [line for line in lines if len(line) > 88] == []

    def test_it_is_small(self, path):
        assert path.stat().st_size <= 1_500_000
        assert sum(len(json.dumps(model)) for model in widget_models(read(path)).values()) <= 500_000

    def test_the_setup_cell_is_the_one_of_the_course(self, path):
        [cell] = [c for c in code_cells(read(path)) if "setup" in c.metadata.get("tags", [])]
        assert cell.source == setup_cell(repository_url())
        assert code_cells(read(path))[0].source == cell.source
        assert "hide-input" in cell.metadata.tags and cell.metadata.cellView == "form", "it is folded"

    def test_its_plumbing_is_folded_below_the_line_that_says_what_it_does(self, path):
        notebook = read(path)
        fold(notebook)
        assert [c.metadata for c in notebook.cells] == [c.metadata for c in read(path).cells]
        titles = [c.source.splitlines()[0] for c in code_cells(notebook) if c.source.startswith("# @title ")]
        assert len(titles) > 1
        assert [title for title in titles if not 20 <= len(title) <= 88] == []

    def test_what_it_checks_is_confirmed_and_not_printed(self, path):
        for cell in code_cells(read(path)):
            printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
            assert not re.search(r": (True|False)$", printed, re.MULTILINE), printed
            if CONFIRM_TAG in cell.metadata.get("tags", []):
                assert "nbval-ignore-output" not in cell.metadata.tags
                assert "confirm(" in cell.source

    def test_pictures_are_described(self, path):
        for output in outputs(read(path)):
            data = output.get("data", {})
            assert "image/png" not in data and "image/svg+xml" not in data, (
                "show figures with plots.as_figure"
            )
            html = "".join(data.get("text/html", ""))
            for picture in lxml.html.fragment_fromstring(html, "div").iter("svg"):
                if picture.get("aria-hidden") != "true":  # which repeats what stands beside it in words
                    around = (one for one in (picture, *picture.iterancestors()) if one.get("role") == "img")
                    assert len(next(around).get("aria-label", "")) >= 20, html[:200]


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda exercise: exercise.id)
def test_an_exercise_stands_in_its_chapter_with_its_solution_folded(exercise):
    notebook = read(chapter(exercise.chapter))
    sources = [cell.source for cell in notebook.cells]
    empty = sources.index(exercise.template.strip())
    assert exercise.goal in "".join(sources[:empty])
    check = next(i for i in range(empty, len(sources)) if f'check("{exercise.id}", ' in sources[i])
    assert "unattempted" in json.dumps(notebook.cells[check].outputs)
    solution = next(cell for cell in notebook.cells[check + 1 :] if exercise.solution.strip() in cell.source)
    assert "hide-cell" in solution.metadata.tags
    assert solution.source.endswith(f'check("{exercise.id}", {exercise.solution_name})')
    assert "passed" in json.dumps(solution.outputs)


@pytest.mark.parametrize("project", PROJECTS.values(), ids=lambda project: project.id)
def test_a_project_stands_in_its_chapter_and_is_unattempted(project):
    cells = read(chapter(project.chapter)).cells
    sources = [cell.source for cell in cells]
    [call] = [i for i, source in enumerate(sources) if f"run_project({project.number}, " in source]
    for piece in project.pieces:
        if piece.id.startswith("P"):
            assert sources.index(piece.template.strip()) < call
            assert piece.function_name in sources[call]
    assert "unattempted" in json.dumps(cells[call].outputs)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_training_keeps_its_run(path):
    """In the profile full a machine that is taken away costs minutes and not the training."""
    for cell in code_cells(read(path)):
        if re.search(r"\bfit\(", cell.source):
            assert "run=course.run(" in cell.source


def bound_names(source: str) -> set[str]:
    """The names that a cell gives a meaning at its top level."""
    code = compile(source, "cell", "exec", dont_inherit=True)
    return {i.argval for i in dis.get_instructions(code) if i.opname in ("STORE_NAME", "STORE_GLOBAL")}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_only_the_empty_cell_defines_what_the_learner_writes(path):
    """So neither the solution nor any other cell of the chapter can pass for an answer.

    An exercise is checked with the function of its empty cell or of its solution, and with nothing else: then
    a chapter that runs from top to bottom keeps no progress.
    """
    exercises = [e for e in all_exercises() if e.chapter == int(path.stem[:2])]
    empty = {exercise.template.strip(): exercise.function_name for exercise in exercises}
    allowed = {(e.id, name) for e in exercises for name in (e.function_name, e.solution_name)}
    for cell in code_cells(read(path)):
        own = {empty[cell.source]} if cell.source in empty else set()
        assert bound_names(cell.source) & set(empty.values()) == own
        assert set(re.findall(r'\bcheck\("([\d.]+)", (\w+)', cell.source)) <= allowed


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_a_widget_is_shown_in_the_chapters_it_names(widget):
    assert widget.chapters
    for number in widget.chapters:
        models = widget_models(read(chapter(number))).values()
        assert any(
            model["state"].get("_anywidget_id", "").endswith(f".{widget.__name__}") for model in models
        )


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_code_of_its_widgets_is_named_not_stored_and_the_package_has_it(path):
    """So an edit of a front end changes no chapter; a new format of the state asks for ``make execute``."""
    stand_ins = {stand_in(widget): widget.__name__ for widget in WIDGETS}
    for model in widget_models(read(path)).values():
        state = model["state"]
        if "_esm" in state:
            assert stand_ins.get(state["_esm"]) == state["_anywidget_id"].rpartition(".")[2]
            assert state["_css"] == ""


@pytest.mark.parametrize("number", all_quizzes())
def test_a_chapter_s_quiz_is_stored_as_it_is_written_today(number):
    stored = [model["state"].get("questions") for model in widget_models(read(chapter(number))).values()]
    assert quiz(number).questions in stored


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_a_claim_is_shown_in_its_chapter(claim):
    text = json.dumps([o.get("data", {}) for o in outputs(read(chapter(claim.chapter)))], ensure_ascii=False)
    assert claim.statement in text


def test_exactly_the_stored_chapters_are_in_the_table_of_contents():
    listed = re.findall(r"file: (book/\d\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert listed == [f"book/{path.stem}" for path in CHAPTERS]


def test_an_error_in_a_cell_leaves_the_stored_chapter_as_it_was(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("setup", metadata={"tags": ["setup"]}),
            nbformat.v4.new_code_cell("1 / 0"),
        ]
    )
    path = tmp_path / "99-broken.ipynb"
    nbformat.write(notebook, path)
    before = path.read_bytes()
    command = [sys.executable, "-m", "s2s_course.chapters", "execute", str(path)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert (
        "ZeroDivisionError" in result.stderr
        and "Traceback (most recent call last):\n  File" not in result.stderr
    )
    assert path.read_bytes() == before


def test_a_notebook_without_setup_cell_is_refused():
    with pytest.raises(ValueError, match="exactly one cell tagged 'setup', got 0"):
        refresh_setup(nbformat.v4.new_notebook(), "https://example.org")


def test_a_fork_changes_one_line():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("old", metadata={"tags": ["setup"]})]
    )
    refresh_setup(notebook, "https://example.org/fork/course")
    assert "https://example.org/fork/course/releases/" in notebook.cells[0].source
    owner = "/".join(repository_url().split("/")[-2:])
    ours = [*(ROOT / "s2s_course").rglob("*.py"), *(ROOT / "book").rglob("*.md"), ROOT / "README.md"]
    for path in [*ours, ROOT / "pyproject.toml", ROOT / "CONTRIBUTING.md", ROOT / "_toc.yml"]:
        assert f"github.com/{owner}" not in path.read_text(encoding="utf-8"), path
