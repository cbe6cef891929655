"""Every chapter runs twice, here and in the Colab twin.

Its stored outputs are those of the first run, both runs show the same, and in Colab it replaces nothing.
"""

import nbformat
import pytest
from colab_versions import ADDED

from s2s_course.chapters import chapter_paths

from . import colab_twin
from .comparison import stale_outputs, unstable_outputs


@pytest.mark.parametrize("path", chapter_paths(), ids=lambda path: path.stem)
class TestChapter:
    def test_its_stored_outputs_are_those_that_its_code_gives(self, path, runs_here):
        stale = stale_outputs(nbformat.read(path, as_version=4), runs_here.of(path))
        assert not stale, "\n\n".join([f"run `make execute CHAPTERS=book/{path.name}` or mend it:", *stale])

    def test_it_runs_in_colab_and_replaces_nothing(self, path, twin):
        twin.runs.of(path)
        assert colab_twin.frozen() == twin.after

    def test_it_shows_the_same_in_every_run(self, path, runs_here, twin):
        unstable = unstable_outputs(runs_here.of(path), twin.runs.of(path))
        assert not unstable, "\n\n".join(unstable)


def test_the_setup_cell_adds_the_course_to_colab_and_replaces_nothing(twin):
    assert "ipython==7.34.0" in twin.before
    assert not any(line.startswith("s2s-course") for line in twin.before)
    assert twin.before <= twin.after, f"replaced or removed: {twin.before - twin.after}"
    assert {line.split("==")[0] for line in twin.after - twin.before} == ADDED
    [installed] = colab_twin.TWIN.glob("lib/python*/site-packages/s2s_course")
    kinds = {path.suffix for path in installed.rglob("hidden_states.*")}
    assert kinds >= {".py", ".js", ".css"}  # from the wheel, not from this folder
