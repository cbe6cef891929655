"""Of an exercise that nobody has attempted the page says what it is worth, and not its goal once more.

A stored chapter has the whole box that ``check`` shows, which a learner's notebook needs; on the page the
goal stands above the cell.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

# The heading of the box, then its first paragraph: points, difficulty and minutes.
_BOX = re.compile(
    r'<div class="s2s-check"[^>]*><p><strong>Exercise .*?: unattempted\.</strong></p><p>(.*?)</p>.*</div>',
    re.DOTALL,
)


def shorten_unattempted(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put a line in the place of the box, and mark the cell."""
    for raw in list(doctree.findall(nodes.raw)):
        box = _BOX.fullmatch(raw.astext().strip())
        if not box:
            continue
        raw.replace_self(nodes.raw("", f'<p class="s2s-effort">{box[1]}</p>', format="html"))
        cell = raw
        while cell is not None and "cell" not in cell.get("classes", ()):
            cell = cell.parent
        if cell is not None:
            cell["classes"].append("s2s-check-cell")


def connect(app: Sphinx) -> None:
    app.connect("doctree-resolved", shorten_unattempted)
