"""What a screen reader calls the parts of a page that the theme and MyST-NB leave without a name, or misname.

The names that they give stand in their own templates and programs, so the finished pages are mended. A name
that is seen must be part of the name that is heard (WCAG 2.5.3), or who speaks to the computer cannot press
the button.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

_MENDS = (
    # A folded cell says "Show the solution": that is its name.
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    # The arrow beside a page that has others below it.
    (
        re.compile(r'(<a class="[^"]*" href="[^"]*">([^<]*)</a><details[^>]*>)<summary>'),
        r'\1<summary aria-label="pages below “\2”">',
    ),
    # The name of the book stands in no landmark.
    (
        re.compile(r'<div class="sidebar-primary-item">(?=\s*<a class="navbar-brand logo")'),
        '<div class="sidebar-primary-item" role="banner">',
    ),
    # "Color mode" and "Search": not what their icons are called, nor the keys that do the same.
    (
        re.compile(r'<i class="theme-switch (?![^>]*aria-hidden)'),
        '<i aria-hidden="true" class="theme-switch ',
    ),
    (
        re.compile(r'<span class="search-button__kbd-shortcut">'),
        '<span class="search-button__kbd-shortcut" aria-hidden="true">',
    ),
)


def mended(page: str) -> str:
    """``page``, as HTML, with these names; what is mended already stays as it is."""
    for pattern, replacement in _MENDS:
        page = pattern.sub(replacement, page)
    return page


def mend_names(app: Sphinx, error: Exception | None) -> None:
    """For ``build-finished``: write each page of the site again that is to be mended."""
    if error or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if (whole := mended(page)) != page:
            path.write_text(whole, encoding="utf-8")


def connect(app: Sphinx) -> None:
    app.connect("build-finished", mend_names, priority=940)
