"""The directive ``drawing``: one of the course's drawings on a page that is no notebook.

::

    ```{drawing} whole-way
    ```

In chapters a code cell shows them, so that they are also there in JupyterLab and Colab.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from s2s_course.drawings import drawing


class DrawingDirective(SphinxDirective):
    """Puts the drawing where it stands."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        try:
            return [nodes.raw("", drawing(self.arguments[0]).html(), format="html")]
        except ValueError as error:
            raise self.error(str(error)) from error


def connect(app: Sphinx) -> None:
    app.add_directive("drawing", DrawingDirective)
