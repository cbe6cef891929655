"""The head of a chapter on the page: its question, its goals, its times, and how to open it elsewhere.

The head is plain Markdown in the first cell, so that it reads well in JupyterLab and Colab too. Here its
paragraphs get names for the style sheet, and a line with two links in words: to Colab, at an address that is
made from what ``_config.yml`` says of the repository, and to the notebook itself.
"""

from html import escape
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx

from s2s_course.sphinx_ext.colab import colab_address

FACTS = "s2s-chapter-facts"
# What a paragraph of the head begins with, and what the style sheet calls it.
PARTS = {
    "The question:": "s2s-chapter-question",
    "After this chapter you can": "s2s-chapter-goals",
    "Time:": FACTS,
}


def mark_heads(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give the paragraphs of a chapter's head their classes, and put the links behind the last of them."""
    head = next(doctree.findall(nodes.section), ())
    for paragraph in [child for child in head if isinstance(child, nodes.paragraph)]:
        name = next((name for begin, name in PARTS.items() if paragraph.astext().startswith(begin)), None)
        if name:
            paragraph["classes"].append(name)
        if name == FACTS and app.builder.name == "html":
            head.insert(head.index(paragraph) + 1, _links(app, docname))


def _links(app: Sphinx, docname: str) -> nodes.raw:
    path = f"{docname}.ipynb"
    source = f"{'../' * docname.count('/')}_sources/{path}"
    download = f'<a href="{escape(quote(source))}" download>Download the notebook</a>'
    colab = colab_address(app.config, path)
    opened = f'<a class="s2s-colab" href="{escape(colab)}">Open in Colab</a>\n' if colab else ""
    return nodes.raw("", f'<p class="s2s-chapter-links">{opened}{download}</p>\n', format="html")


def connect(app: Sphinx) -> None:
    app.connect("doctree-resolved", mark_heads)
