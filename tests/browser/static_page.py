"""Pages like those that myst-nb writes: the state of widgets, a place for each view, and the static host."""

import json
from collections.abc import Sequence
from pathlib import Path

from s2s_course.sphinx_ext import STATIC
from s2s_course.widgets import CourseWidget
from s2s_course.widgets.shared.stored import scripts

HOST = STATIC / "static-host.js"
# The controls of the line “your sentence”, below a widget's heading, as a screen reader names them.
SENTENCE_LINE = ["your sentence", "model that reads your sentence", "show your sentence"]


def stored(widget: CourseWidget) -> dict:
    """What a notebook stores of a widget, but for its layout."""
    state = {name: value for name, value in widget.get_state().items() if name not in ("layout", "style")}
    return {"model_name": "AnyModel", "model_module": "anywidget", "state": state}


def write_page(
    folder: Path,
    widgets: dict[str, dict],
    views: list[str],
    *,
    code: Sequence[type[CourseWidget]] = (),
    host: str = HOST.as_uri(),
    name: str = "page",
) -> str:
    """Write a page with the stored ``widgets`` and one view for each id in ``views``; return its address.

    All are shown at once, wherever they stand.

    ``code`` is of which widgets the page has the code itself, for states that only name it. ``host`` is the
    address of the static host: beside it the page looks for the models that compute in it.
    """
    script = '<script type="application/vnd.jupyter.widget-{}+json">{}</script>'
    body = "".join(script.format("view", json.dumps({"model_id": view})) for view in views)
    body += script.format("state", json.dumps({"state": widgets}).replace("</", "<\\/"))
    loaded = ""
    for file, script in scripts(code).items() if code else ():
        (folder / f"{file}.js").write_text(script, encoding="utf-8")
        loaded += f'<script defer src="{file}.js"></script>'
    loaded += f'<script defer src="{host}" data-eager></script>' * 2  # Jupyter Book can list a script twice
    path = folder / f"{name}.html"
    head = f"<meta charset='utf-8'><title>widgets</title><link rel='icon' href='data:,'>{loaded}"
    path.write_text(
        f"<!doctype html><html lang='en'>{head}<body><main>{body}</main></body></html>", encoding="utf-8"
    )
    return path.as_uri()
