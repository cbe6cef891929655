"""Where Colab opens a chapter, and the role ``colab``, a link to there on any page.

The address is made from what ``_config.yml`` says of the repository: its address, its branch, the book's
folder, and where Colab is.
"""

from pathlib import Path
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxRole

CONFIGURATION = "_config.yml"


class ColabRole(SphinxRole):
    """``{colab}`words <book/01-sequences>``` links the words; without an address they stand alone."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        words, _, page = self.text.removesuffix(">").partition(" <")
        if not (Path(self.env.srcdir) / f"{page}.ipynb").is_file():
            message = self.inliner.reporter.error(
                f"colab must name a notebook, got {page!r}", line=self.lineno
            )
            return [nodes.Text(words)], [message]
        self.env.note_dependency(str(Path(self.env.srcdir) / CONFIGURATION))
        address = colab_address(self.config, f"{page}.ipynb")
        if address is None:
            return [nodes.Text(words)], []
        return [
            nodes.reference(self.rawtext, words, refuri=address, internal=False, classes=["s2s-colab"])
        ], []


def colab_address(config: Config, path: str) -> str | None:
    """Where Colab opens the file at ``path`` of the repository; ``None`` where the book is not told."""
    options = config.html_theme_options
    colab = (options.get("launch_buttons") or {}).get("colab_url")
    url, branch = options.get("repository_url"), options.get("repository_branch")
    if not (colab and url and branch):
        return None
    folder = (options.get("path_to_docs") or "").strip("/")
    place = f"{folder}/{path}" if folder else path
    return f"{colab.rstrip('/')}/github{urlsplit(url).path.rstrip('/')}/blob/{branch}/{quote(place)}"


def connect(app: Sphinx) -> None:
    app.add_role("colab", ColabRole())
