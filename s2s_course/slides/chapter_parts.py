"""What the notebook of a chapter holds for its slides: figures, widgets, code and printed output.

Each part is found by words that it contains, never by a number, so that a chapter that gets a cell more
keeps its slides. Words that fit nothing, or two parts, are an error.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_STATE = "application/vnd.jupyter.widget-state+json"
_VIEW = "application/vnd.jupyter.widget-view+json"
_FIGURE = "Figure: "  # what the text of a figure begins with (plots.Figure)


@dataclass(frozen=True)
class WidgetView:
    """A widget as it is stored: the id of its model, and what it says of itself."""

    model_id: str
    description: str


@dataclass(frozen=True)
class ChapterParts:
    """The stored notebook at ``path``."""

    path: Path

    @cached_property
    def _notebook(self) -> dict:
        return json.loads(self.path.read_text(encoding="utf-8"))

    def figure(self, words: str) -> tuple[str, str]:
        """SVG and description of the figure with ``words`` in its description."""
        figures = {
            text.removeprefix(_FIGURE): "".join(data["text/html"])
            for text, data in self._shown()
            if text.startswith(_FIGURE)
        }
        description = _only(words, figures, "figure")
        return figures[description], description

    def widget(self, words: str) -> WidgetView:
        """The widget whose description, which begins with its class, has all of ``words``."""
        widgets = {text: data[_VIEW]["model_id"] for text, data in self._shown() if _VIEW in data}
        description = _only(words, widgets, "widget")
        return WidgetView(widgets[description], description)

    def code(self, words: str) -> str:
        """The code cell that contains ``words``."""
        return _only(words, ["".join(cell["source"]) for cell in self._code_cells()], "code")

    def output(self, words: str) -> str:
        """What the code cell that contains ``words`` prints."""
        cells = {"".join(cell["source"]): cell for cell in self._code_cells()}
        cell = cells[_only(words, cells, "code")]
        streams = ["".join(out["text"]) for out in cell["outputs"] if out["output_type"] == "stream"]
        if not streams:
            raise ValueError(f"the cell with {words!r} prints nothing in {self.path.name}")
        return "".join(streams).rstrip()

    @cached_property
    def widget_state(self) -> dict:
        """The state of all widgets of the chapter, as the notebook stores it."""
        return self._notebook["metadata"].get("widgets", {}).get(_STATE, {"state": {}})

    def _code_cells(self) -> Iterator[dict]:
        return (cell for cell in self._notebook["cells"] if cell["cell_type"] == "code")

    def _shown(self) -> Iterator[tuple[str, dict]]:
        """Text and data of every output that a cell shows."""
        for cell in self._code_cells():
            for output in cell["outputs"]:
                if "data" in output:
                    yield "".join(output["data"].get("text/plain", "")), output["data"]


def _only(words: str, texts: list[str] | dict[str, object], kind: str) -> str:
    """The one text that has all of ``words`` in it; ``…`` parts groups that need not stand together."""
    pieces = [piece.strip() for piece in words.split("…")]
    if not any(pieces):
        raise ValueError(f"{kind} must be named by words that it contains, got none")
    found = [text for text in texts if all(piece in text for piece in pieces)]
    if len(found) != 1:
        count = "none" if not found else len(found)
        raise ValueError(f"{kind} {words!r} must fit one in the chapter, fits {count} of {len(texts)}")
    return found[0]
