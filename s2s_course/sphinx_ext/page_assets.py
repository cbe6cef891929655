"""What a page loads: only scripts that it needs, none of which keeps its text waiting.

static/page.js stands for the scripts of the theme and of Bootstrap, and templates/layout.html leaves out what
the theme writes into pages by itself. The state of the widgets, often half of a page, goes to its end.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from s2s_course.sphinx_ext.widget_scripts import code_places

TEMPLATES = Path(__file__).parent / "templates"
STATE = "application/vnd.jupyter.widget-state+json"
# Nothing in the book uses what these are for.
UNUSED = {
    "design-tabs.js", "doctools.js", "sphinx-book-theme.js", "sphinx_highlight.js",
    "togglebutton.js",
}  # fmt: skip
UNUSED_WORDS = ("let toggle", "var togglebutton", "DOCUMENTATION_OPTIONS.")
UNUSED_STYLES = {"togglebutton.css"}


def take_templates(app: Sphinx, config: Config) -> None:
    config.templates_path.append(str(TEMPLATES))


def choose_assets(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Leave out of ``context`` what no page needs, and let the rest wait until the text is there."""
    kept = []
    for script in context.get("script_files", []):
        body = script.attributes.get("body") or ""
        if script.attributes.get("type") == STATE:
            context["widget_state"] = body
        elif not (Path(script.filename or "").name.split("?")[0] in UNUSED or body.startswith(UNUSED_WORDS)):
            if script.filename:
                script.attributes["defer"] = "defer"
                if Path(script.filename).name.startswith("static-host.js"):
                    script.attributes["data-code"] = code_places(context)
            kept.append(script)
    context["script_files"] = kept
    context["css_files"] = [
        sheet
        for sheet in context.get("css_files", [])
        if Path(sheet.filename).name.split("?")[0] not in UNUSED_STYLES
    ]


def connect(app: Sphinx) -> None:
    app.connect("config-inited", take_templates, priority=100)
    app.connect("html-page-context", choose_assets, priority=900)  # of all that others have added
