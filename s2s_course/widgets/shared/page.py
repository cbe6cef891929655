"""One HTML file with widgets that work without a kernel, a server or a network."""

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.widgets.shared.base import CourseWidget
from s2s_course.widgets.shared.figure import STYLE, WITHOUT_SCRIPTS, in_place

# The book's own host. A file, not an import: the package around it needs Sphinx.
_HOST = Path(__file__).parents[2] / "sphinx_ext" / "static" / "static-host.js"

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 1.5rem 1rem 3rem; color: #1b1f24; background: #f6f7f9; line-height: 1.5; }
main { max-width: 1100px; margin: 0 auto; }
h1, p { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { margin: 0 0 1.5rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
section { margin: 0 0 2rem; }
section > p { margin: 0 0 0.5rem; overflow-wrap: anywhere; white-space: pre-line; }
@media (max-width: 520px) { body { padding: 1rem 0.5rem 2rem; } }
@media (prefers-color-scheme: dark) { body { color: #e8ebef; background: #0f1216; } }
@media print { body { background: none; } }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
{without_scripts}
</head>
<body>
<main>
<h1>{title}</h1>
{sections}
</main>
<script type="application/vnd.jupyter.widget-state+json">{state}</script>
<script>{host}</script>
</body>
</html>
"""

_VIEW = '<script type="application/vnd.jupyter.widget-view+json">{}</script>'

_SECTION = """<section>
{text}{place}
</section>"""


def write_widget_page(
    path: Path | str,
    widgets: Sequence[CourseWidget],
    *,
    title: str,
    texts: Sequence[str] | None = None,
) -> None:
    """Write ``widgets`` below each other into one file that a browser opens as it is.

    ``texts`` are plain: one for each widget stands above it; an empty one is left out. The page follows the
    system's light or dark mode and may load nothing from anywhere. It is written in one step: whoever reads
    ``path`` meanwhile finds the old file or the new one.

    Raises ValueError for no widgets, an empty title and texts of another number than widgets.
    """
    texts = [""] * len(widgets) if texts is None else texts
    if not widgets:
        raise ValueError("widgets must hold at least one widget, got none")
    if not title.strip():
        raise ValueError(f"title must not be empty, got {title!r}")
    if len(texts) != len(widgets):
        raise ValueError(f"texts must have one text for each of the {len(widgets)} widgets, got {len(texts)}")
    host = _HOST.read_text(encoding="utf-8")
    page = _PAGE.format(
        policy=_policy(host),
        title=escape(title),
        style=_STYLE + STYLE.read_text(encoding="utf-8"),
        without_scripts=WITHOUT_SCRIPTS,
        sections="\n".join(
            _SECTION.format(
                text=f"<p>{escape(text)}</p>\n" if text.strip() else "",
                place=in_place(widget.figure().html(), _VIEW.format(script_json({"model_id": str(i)}))),
            )
            for i, (widget, text) in enumerate(zip(widgets, texts, strict=True))
        ),
        state=script_json({"state": {str(i): stored_state(widget) for i, widget in enumerate(widgets)}}),
        host=host,
    )
    write_atomically(Path(path), page.encode())


def stored_state(widget: CourseWidget) -> dict:
    """What a notebook stores of a widget, but for its layout."""
    state = {name: value for name, value in widget.get_state().items() if name not in ("layout", "style")}
    return {"model_name": "AnyModel", "model_module": "anywidget", "state": state}


def script_json(document: dict) -> str:
    """For a script element: no text in it can end the element."""
    return json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")


def _policy(host: str) -> str:
    """Only the host itself and the widgets' modules, which it makes blobs of, may run; nothing is fetched."""
    fingerprint = base64.b64encode(hashlib.sha256(host.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; script-src 'sha256-{fingerprint}' blob:; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
