"""Every chapter runs twice, here and in the Colab twin.

Its stored outputs are those of the first run, both runs show the same, and in Colab it replaces nothing.
"""

import nbformat
import pytest
from colab_versions import ADDED, COLAB

from s2s_course import __version__
from s2s_course.chapters import chapter_paths

from . import colab_twin
from .colab_twin import LIGHT
from .comparison import VIEW, stale_outputs, unstable_outputs


@pytest.mark.parametrize("path", chapter_paths(), ids=lambda path: path.stem)
class TestChapter:
    def test_its_stored_outputs_are_those_that_its_code_gives(self, path, runs_here):
        stale = stale_outputs(nbformat.read(path, as_version=4), runs_here.of(path))
        assert not stale, "\n\n".join([f"run `make execute CHAPTERS=book/{path.name}` or mend it:", *stale])

    def test_it_runs_in_colab_and_replaces_nothing(self, path, twin):
        shown = managers_told(nbformat.read(path, as_version=4))
        assert managers_told(twin.runs.of(path)) == [colab_twin.MANAGER for _ in shown]
        assert sorted(LIGHT.packages()) == twin.setup.after

    def test_it_shows_the_same_in_every_run(self, path, runs_here, twin):
        unstable = unstable_outputs(runs_here.of(path), twin.runs.of(path))
        assert not unstable, "\n\n".join(unstable)


def managers_told(notebook: nbformat.NotebookNode) -> list[str | None]:
    """For each widget that a notebook shows, the manager of widgets that Colab's page is told to load."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    views = [output for output in outputs if VIEW in output.get("data", {})]
    told = [view.metadata.get(VIEW, {}).get("colab", {}) for view in views]
    return [colab.get("custom_widget_manager", {}).get("url") for colab in told]


def test_the_setup_cell_adds_the_course_to_colab_and_replaces_nothing(twin):
    before, after = set(twin.setup.before), set(twin.setup.after)
    assert {f"{name}=={COLAB[name]}" for name in ("ipython", "numpy", "typer")} <= before
    assert before <= after, f"replaced or removed: {before - after}"
    assert {package.split("==")[0] for package in after - before} == ADDED
    kinds = {path.suffix for path in (LIGHT.site / "s2s_course").rglob("hidden_states.*")}
    assert kinds >= {".py", ".js", ".css"}  # from the wheel, not from this folder


def test_pip_finds_no_more_to_complain_about_after_the_setup_cell(twin):
    assert any(line.startswith("ipython 7.34.0 requires jedi") for line in twin.setup.complaints_before)
    assert set(twin.setup.complaints_after) <= set(twin.setup.complaints_before)


def test_the_setup_cell_takes_no_time_where_the_course_is_there(twin):
    assert twin.setup.seconds_again < 1


def test_a_release_s_wheel_has_the_name_that_setup_cells_ask_for(twin):
    assert twin.setup.wheel == f"s2s_course-{__version__}-py3-none-any.whl"
