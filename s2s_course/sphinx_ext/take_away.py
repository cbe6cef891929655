"""The directive ``take-away``: links to the book's other forms, each only while the site holds its file.

The files are made from the finished site (s2s_course.takeaway), so a page cannot know them.
The directive leaves a place, which is filled at the end of each build, and again when a file has been made.
"""

import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from s2s_course.atomic import write_atomically

PDF, EPUB, ZIP = FILES = ("s2s-course.pdf", "s2s-course.epub", "s2s-course-site.zip")  # beside index.html
_WORDS = {
    PDF: (
        "The book as PDF",
        "to print, and to read on paper: widgets are figures, solutions stand at the end",
    ),
    EPUB: ("The book as EPUB", "for e-readers and phones"),
    ZIP: ("This site as a zip", "to read and to use without a network: unpack it and open index.html"),
}
_NONE = (
    "<p>This copy of the site was built without them. From a clone of the repository <code>make site</code> "
    "builds the book as PDF and EPUB, and a zip of this site, and links to them here.</p>"
)
_PLACE = re.compile(r'<div class="s2s-take-away" data-root="([^"]*)">.*?</div>', re.DOTALL)


class TakeAway(SphinxDirective):
    """Leaves the place, and says how to get to the files from here."""

    def run(self) -> list[nodes.Node]:
        root = "../" * self.env.docname.count("/")
        html = f'<div class="s2s-take-away" data-root="{root}">{_NONE}</div>'
        return [nodes.raw("", html, format="html")]


def with_links(html: str, sizes: dict[str, int]) -> str:
    """A page whose place has links to the files of ``sizes``, which are given in bytes."""
    return _PLACE.sub(lambda place: _filled(place[1], sizes), html)


def _filled(root: str, sizes: dict[str, int]) -> str:
    lines = [
        f'<li><a href="{escape(root + name)}" download>{words}</a> ({sizes[name] / 1e6:.1f} MB), {use}.</li>'
        for name, (words, use) in _WORDS.items()
        if name in sizes
    ]
    inner = f"<ul>{''.join(lines)}</ul>" if lines else _NONE
    return f'<div class="s2s-take-away" data-root="{root}">{inner}</div>'


def link_files(site: Path, page: str) -> None:
    """Fill the place on ``page`` of the built ``site`` with links to the files that the site holds."""
    sizes = {name: (site / name).stat().st_size for name in FILES if (site / name).is_file()}
    html = (site / page).read_text(encoding="utf-8")
    if (filled := with_links(html, sizes)) != html:
        write_atomically(site / page, filled.encode())


def fill_places(app: Sphinx, error: Exception | None) -> None:
    """At the end of a build, on the landing page."""
    if not error and app.builder.format == "html":
        link_files(Path(app.outdir), f"{app.config.root_doc}.html")


def connect(app: Sphinx) -> None:
    app.add_directive("take-away", TakeAway)
    app.connect("build-finished", fill_places, priority=960)
