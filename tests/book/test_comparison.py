"""A stale or unstable output would be noticed: shown with small notebooks that have one."""

import copy

import nbformat
import pytest

from s2s_course.chapters import execute

from .comparison import STATE, is_compared, stale_outputs, unexecuted_cells, unstable_outputs

WIDGET = "from ipywidgets import Label, VBox; VBox([Label({value})])"
CELLS = {
    "stable print": 'print("the same"); print("each time")',
    "stable value": "6 * 7",
    "stable address": "object()",
    "unstable print": "import os; print(os.getpid())",
    "unstable value": "import time; time.time_ns()",
    "unstable markup": "import os; from IPython.display import HTML; HTML(f'<b>{os.urandom(8).hex()}</b>')",
    "stable widget": WIDGET.format(value="'the same'"),
    "unstable widget": WIDGET.format(value="str(os.getpid())"),
}
NAMES = list(CELLS)
UNSTABLE = {name for name in NAMES if name.startswith("unstable")}


def run() -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS.values()])
    execute(notebook)
    return notebook


@pytest.fixture(scope="module")
def runs():
    return run(), run()


def cells_named(found: list[str]) -> list[str]:
    """The cells that differences are about, each once."""
    return list(dict.fromkeys(NAMES[int(text.split()[1])] for text in found))


def tagged(notebook, tag):
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.metadata.tags = [tag]
    return notebook


def test_outputs_that_another_run_does_not_give_are_stale(runs):
    stored, again = runs
    assert stale_outputs(stored, stored) == []
    assert set(cells_named(stale_outputs(stored, again))) == UNSTABLE


def test_a_tagged_cell_may_differ_from_what_is_stored_and_not_from_run_to_run(runs):
    first, second = (tagged(one, "nbval-ignore-output") for one in runs)
    assert stale_outputs(first, second) == unstable_outputs(first, second, trained=False) == []
    assert set(cells_named(unstable_outputs(first, second))) == UNSTABLE | {"stable address"}
    assert unstable_outputs(first, first) == []


def test_where_a_stream_was_cut_means_nothing_and_comparing_changes_nothing(runs):
    cut = copy.deepcopy(runs[0])
    pieces = [nbformat.v4.new_output("stream", text=text) for text in ("the sa", "me\neach time\n")]
    cut.cells[0].outputs = pieces
    before = copy.deepcopy(cut)
    for _ in range(2):
        assert stale_outputs(cut, runs[0]) == stale_outputs(runs[0], cut) == []
        assert unstable_outputs(cut, runs[0]) == unstable_outputs(runs[0], cut) == []
    assert cut == before


def test_tags_and_comments_of_nbval_decide_what_is_compared():
    cell = nbformat.v4.new_code_cell("1")
    assert is_compared(cell)
    cell.metadata.tags = ["hide-cell"]
    assert is_compared(cell)
    cell.source = "# NBVAL_IGNORE_OUTPUT\n1"
    assert not is_compared(cell)
    cell.source, cell.metadata.tags = "1", ["nbval-skip"]
    assert not is_compared(cell)


def change_print(notebook):
    notebook.cells[0].outputs[0].text = "the same\neach day\n"


def change_value(notebook):
    notebook.cells[1].outputs[0].data["text/plain"] = "41"


def drop_output(notebook):
    notebook.cells[1].outputs = []


def add_output(notebook):
    notebook.cells[1].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="a warning"))


def change_widget(notebook):
    models = notebook.metadata.widgets[STATE].state
    [label] = [model.state for model in models.values() if model.state.get("value") == "the same"]
    label["value"] = "another"


@pytest.mark.parametrize(
    ("change", "name", "said"),
    [
        (change_print, "stable print", "-each day\n+each time"),
        (change_value, "stable value", "-41\n+42"),
        (drop_output, "stable value", "Unexpected output fields from running code: {'text/plain'}"),
        (add_output, "stable value", "Missing output fields from running code: {'stderr'}"),
        (change_widget, "stable widget", '"value": "another"'),
    ],
)
def test_a_wrong_stored_output_is_found_with_its_cell_and_difference(runs, change, name, said):
    stored = copy.deepcopy(runs[0])
    change(stored)
    [found] = stale_outputs(stored, runs[0])
    assert cells_named([found]) == [name] and said in found


def test_cells_that_did_not_run_or_ran_out_of_order_are_found(runs):
    notebook = copy.deepcopy(runs[0])
    assert unexecuted_cells(notebook) == []
    notebook.cells[2].execution_count = None
    notebook.cells[4].execution_count = 9
    assert unexecuted_cells(notebook) == [2, 4]
