"""Cards for repetition, made of the glossary and the review sheet: a question, its answer, where it stands.

The directive ``{repetition-cards}`` puts all of them on its page, each as a ``<details>`` that also works
without scripts. The same cards, as lines that Anki imports, become the file ``_static/progress/anki.txt``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

GLOSSARY, REVIEW = "book/glossary", "book/review-sheet"
ANKI = "anki.txt"
_STEP = re.compile(r"^\d+\. ")
_SAID = {"Solved.": "what does it solve?", "Stayed wrong.": "what stays wrong?"}


@dataclass(frozen=True)
class Card:
    """``key`` stays when texts change; ``question`` is plain text, ``answer`` are nodes of its page."""

    key: str
    question: str
    answer: tuple[nodes.Node, ...]
    page: str
    anchor: str


class CardsPlace(nodes.General, nodes.Element):
    """Where the cards come to stand, once all pages have been read."""


class RepetitionCards(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        for page in (GLOSSARY, REVIEW):
            if page in self.env.found_docs:
                self.env.note_dependency(self.env.doc2path(page))
        return [CardsPlace()]


def put_cards(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Each card as HTML around copies of its answer's nodes, so that formulas are drawn as everywhere."""
    for place in list(doctree.findall(CardsPlace)):
        file = f"{'../' * page.count('/')}_static/progress/{ANKI}"
        head = f'<p><a href="{file}" download>The cards as a file for Anki</a></p>\n<div class="s2s-cards">'
        new = [node for card in cards_of(app) for node in _shown(app, card, page)]
        place.replace_self([_html_node(head), *new, _html_node("</div>")])


def write_anki(app: Sphinx, error: Exception | None) -> None:
    """The file for Anki, beside the scripts of the page."""
    if error or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / "progress"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ANKI).write_text(anki_text(cards_of(app), app.config.html_title), encoding="utf-8")


def cards_of(app: Sphinx) -> list[Card]:
    """All cards of the book that is built; none of a page that it does not have."""
    cards: list[Card] = []
    for page, read in ((REVIEW, _review_cards), (GLOSSARY, _glossary_cards)):
        if page in app.env.found_docs:
            cards += read(app.env.get_and_resolve_doctree(page, app.builder), page)
    return cards


def _glossary_cards(doctree: nodes.document, page: str) -> list[Card]:
    cards = []
    for item in doctree.findall(nodes.definition_list_item):
        terms = [term for term in item if isinstance(term, nodes.term) and term["ids"]]
        answer = tuple(item.next_node(nodes.definition))
        if terms:
            names = " or ".join(term.astext() for term in terms)
            anchor = terms[0]["ids"][0]
            cards.append(Card(anchor, f"What is meant by: {names}?", answer, page, anchor))
    return cards


def _review_cards(doctree: nodes.document, page: str) -> list[Card]:
    cards = []
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title).astext()
        if not _STEP.match(title):
            continue
        name = _STEP.sub("", title)
        anchor = next((one for one in section["ids"] if one.startswith("step-")), section["ids"][0])
        for question, key, answer in _answers(section):
            cards.append(Card(f"{anchor}-{key}", f"{name}: {question}", (answer,), page, anchor))
    return cards


def _answers(section: nodes.section) -> Iterator[tuple[str, str, nodes.Node]]:
    """Question, key and answer: the equation of a step, what it solves, and what stays wrong."""
    for node in section:
        if isinstance(node, nodes.math_block):
            yield "what is the equation?", "equation", node
        elif isinstance(node, nodes.paragraph):
            strong = next((one for one in node if one.astext().strip()), None)
            if isinstance(strong, nodes.strong) and (said := strong.astext()) in _SAID:
                rest = [one.deepcopy() for one in node[node.index(strong) + 1 :]]
                yield _SAID[said], said.split()[0].lower().rstrip("."), nodes.paragraph("", "", *rest)


def _shown(app: Sphinx, card: Card, page: str) -> list[nodes.Node]:
    place = f"{app.builder.get_relative_uri(page, card.page)}#{card.anchor}"
    copies = [node.deepcopy() for node in card.answer]
    for copy in copies:
        for node in copy.findall(nodes.Element):
            node["ids"] = []
    head = (
        f'<details class="s2s-card" data-key="{escape(card.key)}"><summary>{escape(card.question)}</summary>'
    )
    foot = f'<p class="s2s-card-place"><a href="{escape(place)}">Where it stands</a></p></details>'
    return [_html_node(head), *copies, _html_node(foot)]


def _html_node(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def anki_text(cards: list[Card], deck: str) -> str:
    r"""Lines that Anki imports: columns between tabs, HTML, formulas as ``\( \)``.

    Who imports again brings the cards up to date: Anki knows them by the first column.
    """
    head = ["#separator:tab", "#html:true", "#notetype:Basic", f"#deck:{deck}"]
    head += ["#columns:GUID\tFront\tBack\tTags", "#guid column:1", "#tags column:4"]
    lines = [
        "\t".join(
            (f"s2s-{card.key}", escape(card.question), _html(card.answer), card.page.rpartition("/")[2])
        )
        for card in cards
    ]
    return "\n".join([*head, *lines]) + "\n"


def _html(answer: tuple[nodes.Node, ...]) -> str:
    return " ".join("<br>".join(map(_inline, answer)).split())


def _inline(node: nodes.Node) -> str:
    if isinstance(node, nodes.math):
        return rf"\({escape(node.astext())}\)"
    if isinstance(node, nodes.math_block):
        return rf"\[{escape(node.astext())}\]"
    if isinstance(node, nodes.Text):
        return escape(str(node), quote=False)
    if isinstance(node, (nodes.raw, addnodes.index, nodes.comment)):
        return ""
    inner = "".join(map(_inline, node.children))
    for kind, tag in (
        (nodes.literal, "code"),
        (nodes.strong, "b"),
        (nodes.emphasis, "i"),
        (nodes.list_item, "li"),
    ):
        if isinstance(node, kind):
            return f"<{tag}>{inner}</{tag}>"
    return f"<ul>{inner}</ul>" if isinstance(node, nodes.bullet_list) else inner


def connect(app: Sphinx) -> None:
    app.add_directive("repetition-cards", RepetitionCards)
    app.connect("doctree-resolved", put_cards)
    app.connect("build-finished", write_anki)
