"""Numbers of a chapter's figures, such as Figure 5.2, and an address for each, such as ``#fig-5-2``.

Drawings, plots and pictures of claims are counted together, in the order of the page. The numbers are given
when the book is built: a notebook does not know them, so that a figure may be added or moved without
a thought for the others.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

_CHAPTER = re.compile(r"book/(\d\d)-")
# A drawing or a plot with its caption; or where, on the card of a claim, one of its pictures begins.
_PICTURE = '<div class="s2s-picture">'
_FIGURE = re.compile(rf'<figure class="s2s-(?:plot|drawing)".*?</figure>|{_PICTURE}', re.DOTALL)
_CAPTION = "<figcaption>"


def number_figures(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Give the figures of a chapter their numbers."""
    chapter = _CHAPTER.match(page)
    if not chapter:
        return
    count = 0

    def numbered(figure: re.Match) -> str:
        nonlocal count
        count += 1
        return _numbered(figure[0], int(chapter[1]), count)

    for raw in list(doctree.findall(nodes.raw)):
        if "html" in raw.get("format", "") and _FIGURE.search(raw.astext()):
            html = _FIGURE.sub(numbered, raw.astext())
            raw.replace_self(nodes.raw("", html, **{**raw.attributes, "format": "html"}))


def _numbered(figure: str, chapter: int, count: int) -> str:
    """``figure`` with its number before the caption, which leads to the figure itself."""
    address = f"fig-{chapter}-{count}"
    number = f'<a class="s2s-number" href="#{address}">Figure {chapter}.{count}</a>'
    if figure == _PICTURE:
        return f'<div class="s2s-picture s2s-numbered" id="{address}">{number}'
    if _CAPTION not in figure:
        figure = figure.replace("</figure>", f"{_CAPTION}</figcaption></figure>")
    figure = figure.replace(_CAPTION, f"{_CAPTION}{number}. ", 1)
    return f'<div class="s2s-numbered" id="{address}">{figure}</div>'


def connect(app: Sphinx) -> None:
    app.connect("doctree-resolved", number_figures)
