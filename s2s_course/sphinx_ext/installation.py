"""The directive ``installation``: the line that installs this version of the course, from this repository.

``{installation} grade`` installs the extra ``grade`` besides. The address comes from ``_config.yml``, so
that a fork's page names the fork.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from s2s_course import __version__
from s2s_course.chapters import repository_url


class Installation(SphinxDirective):
    """Writes it as a line of a shell."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / "_config.yml"))
        line = installation(repository_url(root), self.arguments[0])
        return [nodes.literal_block(line, line, language="sh")]


def installation(url: str, extra: str) -> str:
    """The line for the wheel that the release of this version in the repository at ``url`` brings."""
    wheel = f"s2s_course-{__version__}-py3-none-any.whl"
    return f'pip install "s2s-course[{extra}] @ {url}/releases/download/v{__version__}/{wheel}"'


def connect(app: Sphinx) -> None:
    app.add_directive("installation", Installation)
