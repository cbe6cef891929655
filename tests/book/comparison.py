"""What differs between a chapter as it is stored and a run of it, or between two runs.

How a stored output is compared, and which cells are left out, is nbval's affair: its code decides it. It
never looks at what a widget holds; that is compared here besides.
"""

import copy
import difflib
import json
import re
from typing import Any

import nbformat
from nbval import plugin as nbval

from s2s_course.chapters import ROOT, SETUP_TAG

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
SANITIZE = ROOT / "tests" / "book" / "sanitize.cfg"


class OutputComparison:
    """nbval's comparison of a cell's outputs, without its way of running cells."""

    compare_outputs = nbval.IPyNbCell.compare_outputs
    sanitize = nbval.IPyNbCell.sanitize
    colors = nbval.nocolors
    # nbval's own list, but for pictures in pixels: those it leaves out, and the chapters have none.
    skip_compare = ("metadata", "traceback", "prompt_number", "output_type", "name", "execution_count", VIEW)

    def __init__(self) -> None:
        self.parent = self  # in nbval that is the notebook, which keeps patterns and keys for its cells
        self.sanitize_patterns = dict(nbval.get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")))

    def format_output_compare(self, key: str, stored: str, run: str) -> None:
        self.comparison_traceback.append(f"{key}:\n{_diff(stored, run)}")

    def difference(self, stored: nbformat.NotebookNode, run: nbformat.NotebookNode) -> str:
        """What differs between the outputs of one cell, for a reader; empty if nothing does."""
        equal = self.compare_outputs(_joined(run), _joined(stored))
        return "" if equal else "\n".join(self.comparison_traceback)


def _joined(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The outputs of a cell, with the pieces of a stream joined; nbval joins in place, hence the copy."""
    return nbval.coalesce_streams(copy.deepcopy(cell.outputs))


def is_compared(cell: nbformat.NotebookNode) -> bool:
    """Is the stored output of ``cell`` to be the same on every machine? By nbval's tags and comments."""
    options = {"check": True, **dict(nbval.find_metadata_tags(cell.metadata))}
    options |= dict(nbval.find_comment_markers(cell.source))
    return options["check"] and not options.get("skip")


def stale_outputs(stored: nbformat.NotebookNode, run: nbformat.NotebookNode) -> list[str]:
    """Where the outputs that a notebook is stored with are not those that its code gave in ``run``."""
    found, compare = [], OutputComparison()
    for number, (before, after) in enumerate(zip(stored.cells, run.cells, strict=True)):
        if before.cell_type == "code" and is_compared(before):
            held = [json.dumps(_widgets(*pair), indent=1) for pair in ((before, stored), (after, run))]
            for difference in (compare.difference(before, after), _diff(*held)):
                if difference:
                    found.append(f"cell {number} is stored with other outputs:\n{difference}")
    return found


def unstable_outputs(
    first: nbformat.NotebookNode, second: nbformat.NotebookNode, *, trained: bool = True
) -> list[str]:
    """Where two runs show different things, also in cells that training makes different (``trained``).

    The runs may have other versions of libraries. So of a figure its description and its words count, and not
    where they stand; and of a widget what it holds, and not what ipywidgets adds or makes of its description.
    The setup cell, in which pip speaks, is left out.
    """
    found = []
    for number, cells in enumerate(zip(first.cells, second.cells, strict=True)):
        is_code = cells[0].cell_type == "code" and SETUP_TAG not in cells[0].metadata.get("tags", [])
        if is_code and (trained or is_compared(cells[0])):
            difference = _diff(_shown(cells[0], first), _shown(cells[1], second))
            if difference:
                found.append(f"cell {number} shows other things in another run:\n{difference}")
    return found


def unexecuted_cells(notebook: nbformat.NotebookNode) -> list[int]:
    """Cells that were not executed in their order, once each, from the first to the last."""
    cells = [(n, cell) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    return [n for count, (n, cell) in enumerate(cells, start=1) if cell.execution_count != count]


def _shown(cell: nbformat.NotebookNode, notebook: nbformat.NotebookNode) -> str:
    """All that a cell shows, as text."""
    outputs = []
    for output in _joined(cell):
        data = dict(output.get("data", {output.get("name"): output.get("text")}))
        if "text/html" in data:
            data["text/html"] = _FIGURE.sub(_words_of_figure, data["text/html"])
        if VIEW not in data:
            outputs.append(data)
    return json.dumps([*outputs, *_widgets(cell, notebook)], indent=1, sort_keys=True).replace("\\n", "\n")


_FIGURE = re.compile(r"<svg.*?</svg>", re.DOTALL)


def _words_of_figure(figure: re.Match) -> str:
    words = map("".join, re.findall(r'aria-label="([^"]*)"|<text[^>]*>([^<]*)', figure[0]))
    return "\n".join(word for word in words if word.strip())


# What ipywidgets itself adds to a widget, which differs between its versions.
_OF_IPYWIDGETS = {"layout", "tabbable", "tooltip", "_model_module_version", "_view_module_version"}


def _widgets(cell: nbformat.NotebookNode, notebook: nbformat.NotebookNode) -> list[dict]:
    """What the widgets hold that a cell shows, with that of widgets within them; model ids are random."""
    models = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})

    def held(value: Any) -> Any:
        if isinstance(value, str) and value.startswith("IPY_MODEL_"):
            return held(models[value.removeprefix("IPY_MODEL_")]["state"])
        if isinstance(value, dict):
            return {key: held(value[key]) for key in sorted(value) if key not in _OF_IPYWIDGETS}
        return list(map(held, value)) if isinstance(value, list) else value

    views = [output.data[VIEW] for output in cell.outputs if VIEW in output.get("data", {})]
    return [held(models[view["model_id"]]["state"]) for view in views]


def _diff(before: str, after: str) -> str:
    """The lines that differ, at most 40, each cut to 300 characters."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return "\n".join(line[:300] for _, line in zip(range(40), lines, strict=False))
