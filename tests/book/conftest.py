"""Runs of chapters, each made once: here, and in the Colab twin."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import nbformat
import pytest
from made_once import made_once

from s2s_course.chapters import SETUP_TAG, execute, refresh_setup, repository_url, stabilize

from . import colab_twin


def fresh(path: Path) -> nbformat.NotebookNode:
    """The chapter at ``path`` with today's setup cell, and as if it had never run."""
    notebook = nbformat.read(path, as_version=4)
    refresh_setup(notebook, repository_url())
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("widgets", None)
    return notebook


class Runs:
    """A run of each chapter in one environment, made when it is asked for first.

    What its training ends with is recorded in ``trainings``, or replayed from there (``training_replay.py``).
    """

    def __init__(self, training: Literal["record", "replay"], trainings: Path, **where):
        self.training, self.trainings, self.where, self.made = training, trainings, where, {}

    def of(self, path: Path) -> nbformat.NotebookNode:
        """The chapter after its run; an error in a cell raises."""
        if path not in self.made:
            notebook = fresh(path)
            arguments = str(Path(__file__).parent), self.training, str(self.trainings / path.stem)
            cell = nbformat.v4.new_code_cell(PREPARE.format(*arguments))
            place = 1 + next(
                n for n, c in enumerate(notebook.cells) if SETUP_TAG in c.metadata.get("tags", [])
            )
            notebook.cells.insert(place, cell)
            execute(notebook, **self.where)
            notebook.cells.remove(cell)
            stabilize(notebook, path.stem)  # as what is stored
            self.made[path] = notebook
        return self.made[path]


# Leaves nothing behind but another ``fit``.
PREPARE = """\
import sys
sys.path.insert(0, {0!r})
import training_replay
training_replay.{1}({2!r})
del sys.path[0], training_replay"""


@pytest.fixture(scope="session")
def trainings(tmp_path_factory) -> Path:
    """Where the first run of a chapter leaves what its training ended with."""
    return tmp_path_factory.mktemp("trainings")


@pytest.fixture(scope="session")
def runs_here(trainings) -> Runs:
    return Runs("record", trainings)


@dataclass(frozen=True)
class Twin:
    """The Colab twin after a setup cell has run in it, and what that did."""

    runs: Runs
    setup: colab_twin.Installation


@pytest.fixture(scope="session")
def twin(shared, trainings, tmp_path_factory) -> Twin:
    folder = shared / "colab"

    def make() -> None:
        colab_twin.make_light()
        folder.mkdir()
        done = colab_twin.run_setup(colab_twin.LIGHT, folder)
        (folder / "setup.json").write_text(json.dumps(asdict(done)))

    made_once(folder, make)
    colab_twin.use_kernels_of(folder)
    setup = colab_twin.Installation(**json.loads((folder / "setup.json").read_text()))
    elsewhere = tmp_path_factory.mktemp("colab")  # nothing of this checkout lies beside the chapter
    runs = Runs("replay", trainings, kernel=colab_twin.KERNEL, folder=elsewhere)
    return Twin(runs, setup)
