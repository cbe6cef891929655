"""Re-run chapters and store them with their outputs, so that the same machine gives the same bytes.

``python -m s2s_course.chapters execute [CHAPTER…]`` is what ``make execute`` calls.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import yaml

from s2s_course.notebook import setup_cell
from s2s_course.stored_chapters import write
from s2s_course.widgets import WIDGETS
from s2s_course.widgets.shared.stored import name_front_ends

ROOT = Path(__file__).parent.parent
SETUP_TAG = "setup"
# On a page and in Colab the cell is folded; there a form shows what can be chosen.
_SETUP_METADATA = {
    "cellView": "form",
    "mystnb": {"code_prompt_show": "Show the setup", "code_prompt_hide": "Hide the setup"},
    "tags": [SETUP_TAG, "hide-input"],
}
CONFIRM_TAG = "confirm"
_STATE = "application/vnd.jupyter.widget-state+json"
_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def chapter_paths(root: Path = ROOT) -> list[Path]:
    """All chapters of the book, in order."""
    return sorted((root / "book").glob("*.ipynb"))


def repository_url(root: Path = ROOT) -> str:
    """The one address of the repository, from ``_config.yml``."""
    return yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]


def refresh_setup(notebook: nbformat.NotebookNode, url: str) -> None:
    """Put today's setup cell where the cell tagged ``setup`` is."""
    cells = [cell for cell in notebook.cells if SETUP_TAG in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise ValueError(f"a chapter must have exactly one cell tagged {SETUP_TAG!r}, got {len(cells)}")
    cells[0].source = setup_cell(url)
    cells[0].metadata.update(_SETUP_METADATA)


def fold(notebook: nbformat.NotebookNode) -> None:
    """Fold the code of cells that do not tell the story, on the page and, where it can, in Colab.

    A cell that begins with ``# @title`` is folded below that line; Colab shows it as a form. One with the tag
    ``confirm`` shows what it confirms, and how only if asked.
    """
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        title = re.match(r"# @title (.+)\n", cell.source)
        if title and SETUP_TAG not in tags:
            cell.metadata["cellView"] = "form"
            _hide_input(cell, title[1], title[1])
        elif CONFIRM_TAG in tags:
            _hide_input(cell, "How", "How")


def _hide_input(cell: nbformat.NotebookNode, show: str, hide: str) -> None:
    cell.metadata["mystnb"] = {"code_prompt_show": show, "code_prompt_hide": hide}
    cell.metadata["tags"] = list(dict.fromkeys([*cell.metadata.get("tags", []), "hide-input"]))


def execute(
    notebook: nbformat.NotebookNode, *, kernel: str = "python3", folder: Path = ROOT / "book"
) -> None:
    """Run every cell of ``notebook`` in place, in a fresh kernel; the first error ends it."""
    nbclient.NotebookClient(
        notebook,
        kernel_name=kernel,
        timeout=600,
        store_widget_state=True,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    ).execute(env={**os.environ, "TQDM_DISABLE": "1"})  # a progress bar is not for the stored page


def stabilize(notebook: nbformat.NotebookNode, name: str) -> None:
    """Replace what is random by what is derived from ``name``: cell ids and widget model ids.

    Widget models that no output shows are dropped, and the code of widgets is named, not stored.
    """
    content = json.loads(nbformat.writes(notebook))
    widgets = content["metadata"].pop("widgets", None)
    content["metadata"] = {**_KERNEL, "language_info": {"name": "python"}}
    for number, cell in enumerate(content["cells"]):
        cell["id"] = f"cell-{number:03d}"
        cell["metadata"].pop("execution", None)
        if "outputs" in cell:
            cell["outputs"] = _joined(cell["outputs"])
    kept: list[str] = []
    if widgets:
        models = widgets[_STATE]["state"]
        kept = _reachable_models(content["cells"], models)
        if kept:
            widgets[_STATE]["state"] = {model: models[model] for model in kept}
            name_front_ends(widgets[_STATE]["state"], WIDGETS)
            content["metadata"]["widgets"] = widgets
    text = json.dumps(content)
    for number, model in enumerate(kept):
        text = text.replace(model, hashlib.md5(f"{name}:{number}".encode()).hexdigest())
    stable = nbformat.reads(text, as_version=4)
    notebook.cells, notebook.metadata = stable.cells, stable.metadata


def _joined(outputs: list[dict]) -> list[dict]:
    """Outputs with neighboring pieces of one stream made one: where it was cut is a matter of time."""
    joined: list[dict] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == last.get("output_type") == "stream" and output["name"] == last["name"]:
            last["text"] = "".join([*last["text"], *output["text"]]).splitlines(keepends=True)
        else:
            joined.append(output)
    return joined


def _reachable_models(outputs: Any, models: dict[str, Any]) -> list[str]:
    """Ids of the models that are shown, of those they refer to, and of links between them."""
    reached: list[str] = []

    def visit(value: Any) -> None:
        for text in _texts(value):
            model = text.removeprefix("IPY_MODEL_")
            if model in models and model not in reached:
                reached.append(model)
                visit(models[model]["state"])

    visit(outputs)
    for model, entry in models.items():  # in the order of their creation
        ends = {text.removeprefix("IPY_MODEL_") for text in _texts(entry["state"])} & set(models)
        if entry["model_name"].endswith("LinkModel") and ends <= set(reached):
            visit(f"IPY_MODEL_{model}")
    return reached


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def execute_chapter(path: Path) -> None:
    """Refresh the setup cell of the chapter at ``path``, fold its plumbing, run it and store it."""
    notebook = nbformat.read(path, as_version=4)
    refresh_setup(notebook, repository_url())
    fold(notebook)
    execute(notebook)
    stabilize(notebook, path.stem)
    write(notebook, path)


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0] != "execute":
        sys.exit("usage: python -m s2s_course.chapters execute [CHAPTER.ipynb ...]")
    paths = [Path(argument) for argument in arguments[1:]] or chapter_paths()
    for path in paths:
        if not path.is_file():
            sys.exit(f"no chapter {path}; there are {', '.join(p.name for p in chapter_paths())}")
    for path in paths:
        print(f"running {path} …", flush=True)
        try:
            execute_chapter(path)
        except nbclient.exceptions.CellExecutionError as error:
            plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
            sys.exit(f"{path} was left as it was, because a cell failed:\n{plain}")
        except ValueError as error:
            sys.exit(f"{path}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
