"""Runs of chapters, each made once: here, and in the Colab twin."""

import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from made_once import made_once

from s2s_course.chapters import chapter_paths, execute, refresh_setup, repository_url, stabilize

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
    """A run of each chapter in one environment, made when it is asked for first."""

    def __init__(self, **where):
        self.where, self.made = where, {}

    def of(self, path: Path) -> nbformat.NotebookNode:
        """The chapter after its run; an error in a cell raises."""
        if path not in self.made:
            notebook = fresh(path)
            execute(notebook, **self.where)
            stabilize(notebook, path.stem)  # as what is stored
            self.made[path] = notebook
        return self.made[path]


@pytest.fixture(scope="session")
def runs_here() -> Runs:
    return Runs()


@dataclass(frozen=True)
class Twin:
    """The Colab twin after a setup cell has run in it, and its packages before and after that."""

    runs: Runs
    before: set[str]
    after: set[str]


@pytest.fixture(scope="session")
def twin(shared, tmp_path_factory) -> Twin:
    folder = shared / "colab"

    def make() -> None:
        colab_twin.make_environment()
        folder.mkdir()
        colab_twin.make_kernel(folder)
        colab_twin.use_kernels_of(folder)
        before = colab_twin.frozen()
        notebook = fresh(chapter_paths()[0])
        notebook.cells = [cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", [])]
        execute(notebook, kernel=colab_twin.KERNEL, folder=folder)
        packages = [sorted(before), sorted(colab_twin.frozen())]
        (folder / "packages.json").write_text(json.dumps(packages))

    made_once(folder, make)
    colab_twin.use_kernels_of(folder)
    before, after = map(set, json.loads((folder / "packages.json").read_text()))
    elsewhere = tmp_path_factory.mktemp("colab")  # nothing of this checkout lies beside the chapter
    return Twin(Runs(kernel=colab_twin.KERNEL, folder=elsewhere), before, after)
