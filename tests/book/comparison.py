"""What differs between a chapter as it is stored and as it runs: nbval's comparison, and one of whole runs."""

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbval import plugin as nbval

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
SANITIZE = Path(__file__).with_name("sanitize.cfg")


class OutputComparison:
    """nbval's own comparison of a cell's outputs, without its way to run cells."""

    compare_outputs = nbval.IPyNbCell.compare_outputs
    format_output_compare = nbval.IPyNbCell.format_output_compare
    sanitize = nbval.IPyNbCell.sanitize
    colors = nbval.nocolors
    # As in nbval, which also leaves out pictures in pixels.
    skip_compare = ("metadata", "traceback", "prompt_number", "output_type", "name", "execution_count", VIEW)

    def __init__(self) -> None:
        self.parent = self  # in nbval the notebook, which holds patterns and keys for its cells
        self.sanitize_patterns = dict(nbval.get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")))

    def difference(self, stored: nbformat.NotebookNode, run: nbformat.NotebookNode) -> str:
        """What differs between the outputs of one cell, for a reader; empty if nothing does."""
        outputs = (nbval.coalesce_streams(cell.outputs) for cell in (run, stored))
        return "" if self.compare_outputs(*outputs) else "\n".join(self.comparison_traceback)
