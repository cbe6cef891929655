"""What a page says of itself to search engines and those who share it: a description and Open Graph tags.

The description is the first paragraph that is a sentence: of a chapter its question. Open Graph wants
absolute addresses: the page's own and that of the card are named only where ``html.baseurl`` says where the
book is published, and nothing is made up where it does not.
"""

import re
from html import escape, unescape

from docutils import nodes
from sphinx.application import Sphinx

from s2s_course.sphinx_ext.social_card import CARD, DESCRIPTION, HEIGHT, WIDTH

SHORTEST, LONGEST = 40, 160  # characters; a search engine cuts what is longer
PAGES = {"search": "Search all pages of the course.", "genindex": "The index of the course's terms."}


def add_description(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Add the tags of ``page`` to its head."""
    text = PAGES.get(page) or (description(doctree) if doctree is not None else None)
    title, base = _plain(context.get("title", "")), app.config.html_baseurl
    tags = [("property", "og:title", title), ("property", "og:site_name", app.config.project)]
    tags.append(("property", "og:type", "article" if doctree is not None else "website"))
    if text:
        tags += [("name", "description", text), ("property", "og:description", text)]
    if base:
        base = base.rstrip("/") + "/"
        tags += [
            ("property", "og:url", f"{base}{page}.html"),
            ("property", "og:image", f"{base}_static/{CARD}"),
            ("property", "og:image:width", str(WIDTH)),
            ("property", "og:image:height", str(HEIGHT)),
            ("property", "og:image:alt", DESCRIPTION),
            ("name", "twitter:card", "summary_large_image"),
        ]
    lines = [f'<meta {kind}="{name}" content="{escape(content)}"/>\n' for kind, name, content in tags]
    context["metatags"] = context.get("metatags", "") + "".join(lines)


def description(doctree: nodes.document) -> str | None:
    """The first paragraph of a section that is a sentence, cut between words; ``None`` if there is none."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split()).removeprefix("The question: ")
        if isinstance(paragraph.parent, nodes.section) and len(text) >= SHORTEST:
            return _cut(text)
    return None


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    sentence_end = text.rfind(". ", SHORTEST, LONGEST)
    if sentence_end > 0:
        return text[: sentence_end + 1]
    return text[: text.rfind(" ", 0, LONGEST - 1)].rstrip(",;:") + " …"


def _plain(title: str) -> str:
    """A title without the tags and entities that Sphinx has put into it."""
    return unescape(re.sub(r"<[^>]*>", "", title))


def connect(app: Sphinx) -> None:
    app.connect("html-page-context", add_description)
