"""The code of the widgets in the published book: a file for each, and one for what they share.

Beside them lie the engine and the models that compute in the page, which nothing loads before a reader asks.

A page names those of the widgets that it shows, and loads one when a reader comes near it. Stored chapters
only name the code (s2s_course.widgets.shared.stored); static-host.js brings both together.
"""

import json
import zlib
from functools import cache
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.util import logging

from s2s_course.live.assets import asset_names, script
from s2s_course.sphinx_ext.widget_figures import show_figures
from s2s_course.widgets import WIDGETS
from s2s_course.widgets.shared.stored import named_front_ends, scripts

FOLDER = "widgets"  # below _static
LIVE = "live"  # as static-host.js has it
_VERSIONS = {widget.module_name(): widget.state_version for widget in WIDGETS}
logger = logging.getLogger(__name__)


def write_widget_scripts(app: Sphinx) -> None:
    """Before pages are written: Sphinx puts a checksum behind the address of a file that is there."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, code in scripts(WIDGETS).items():
        (folder / f"{name}.js").write_text(code, encoding="utf-8")
    folder = folder.with_name(LIVE)
    folder.mkdir(exist_ok=True)
    for name in asset_names():
        (folder / f"{name}.js").write_text(script(name), encoding="utf-8")


def add_widget_scripts(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Name the code of the widgets that ``page`` shows, and warn of one that this course does not have."""
    if name := app.env.metadata.get(page, {}).get("s2s_widgets"):  # of a directive
        _name_code(context, name)
        app.add_js_file("static-host.js", defer="defer")
        show_figures(app, context)
    _, state = NbMetadataCollector.get_js_files(app.env, page).get("ipywidgets_state", (None, {}))
    named = named_front_ends(state.get("body", ""))
    if named:
        show_figures(app, context)
    for name, version in named:
        if _VERSIONS.get(name) == version:
            _name_code(context, name)
        else:
            logger.warning(
                "the widget %r with state version %d was stored by another version of the course: "
                "run make execute",
                name,
                version,
                location=page,
            )


def code_places(context: dict) -> str:
    """Where the code lies that the widgets of a page need, as JSON for static-host.js."""
    return json.dumps(context.get("widget_code", {}), separators=(",", ":"))


def _name_code(context: dict, name: str) -> None:
    for file in ("shared", name):
        context.setdefault("widget_code", {})[file] = f"{FOLDER}/{file}.js?v={_checksums()[file]}"


@cache
def _checksums() -> dict[str, str]:
    """So that an address changes with the text, and no browser keeps an old one."""
    return {name: f"{zlib.crc32(code.encode()):08x}" for name, code in scripts(WIDGETS).items()}


def connect(app: Sphinx) -> None:
    app.connect("builder-inited", write_widget_scripts)
    app.connect("html-page-context", add_widget_scripts)
