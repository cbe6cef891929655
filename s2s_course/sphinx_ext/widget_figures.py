"""The figure in a widget's place: without JavaScript and in print, and in formats that run no script.

A stored output of a widget has a view, of which static-host.js makes the widget, and as text/html its
figure (s2s_course.widgets.shared.figure). myst-nb chooses one of them. On a page both are wanted, the figure
in front; the style sheet says which of them is seen.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from s2s_course.widgets.shared.figure import WITHOUT_SCRIPTS, in_place

STYLE = "s2s-figure.css"
_VIEW, _FIGURE = "application/vnd.jupyter.widget-view+json", "text/html"


class FiguresInPlace(SphinxPostTransform):
    """Puts the figure in front of the view where scripts run, and drops the view where they do not."""

    default_priority = 3  # before myst-nb chooses among the kinds of one output

    def run(self, **kwargs) -> None:
        runs_scripts = self.app.builder.format == "html" and self.app.builder.name != "epub"
        for bundle in list(self.document.findall(_has_both)):
            view, figure = (_of_kind(bundle, kind) for kind in (_VIEW, _FIGURE))
            if not runs_scripts:
                bundle.remove(view)
                continue
            html = in_place(figure.children[0].astext(), view.children[0].astext())
            view.children[:] = [nodes.raw("", html, format="html")]


def _has_both(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.container) or node.get("nb_element") != "mime_bundle":
        return False
    return {_VIEW, _FIGURE} <= {child["mime_type"] for child in node.children}


def _of_kind(bundle: nodes.container, kind: str) -> nodes.Element:
    return next(child for child in bundle.children if child["mime_type"] == kind)


def show_figures(app: Sphinx, context: dict) -> None:
    """What a page with widgets needs in its head."""
    app.add_css_file(STYLE)
    context["metatags"] = context.get("metatags", "") + WITHOUT_SCRIPTS


def connect(app: Sphinx) -> None:
    app.add_post_transform(FiguresInPlace)
