"""Addresses that stay, of letters, exercises and claims, with signs to link there.

A row of a table that begins with the column "letter" gets the id ``letter-H-7``: the letter, and the first
chapter of the row, so that a row for another chapter changes no other address. An exercise gets
``exercise-7-5`` before the id of its heading. Markdown links may lead to all of them, and to claims:
``[text](notation.md#letter-H-7)``.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from s2s_course.sphinx_ext.plain_formula import plain_formula

LETTERS = "letter"  # the head of the column that names them
_EXERCISE = re.compile(r"^(Exercise|Project) (P?\d+(?:\.\d+)?)[:.]? ")


def add_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """When a page has been read: ids for letters and exercises, and what Markdown links may lead to."""
    slugs: dict[str, str] = {}
    for table in doctree.findall(nodes.table):
        slugs |= _mark_letters(table)
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is not None and (found := _EXERCISE.match(title.astext())):
            anchor = f"{found[1].lower()}-{found[2].lower().replace('.', '-')}"
            if anchor not in section["ids"]:
                section["ids"].insert(0, anchor)
            slugs[anchor] = title.astext()
    slugs |= {name: name for name in doctree.nameids if name.startswith("claim-")}
    page = app.env.metadata[app.env.docname]
    page["s2s_anchors"] = slugs


def take_anchors_as_targets(app: Sphinx, env: BuildEnvironment) -> None:
    """MyST takes headings as targets of links, and nothing else: here it is told of these."""
    for page in env.found_docs:
        for anchor, title in env.metadata.get(page, {}).get("s2s_anchors", {}).items():
            env.metadata[page].setdefault("myst_slugs", {})[anchor] = (None, anchor, title)


def letter_anchor(letter: str, chapters: str) -> str:
    """``letter-d-ff-9`` of ``d_ff`` in the chapters ``9``; without a number where no chapter is named."""
    name = re.sub(r"[^\w]+|_", "-", letter).strip("-") or "sign"
    first = re.match(r"\d+", chapters.strip())
    return f"letter-{name}" + (f"-{first[0]}" if first else "")


def _mark_letters(table: nodes.table) -> dict[str, str]:
    head = next(iter(table.findall(nodes.thead)), None)
    if head is None or head.next_node(nodes.entry).astext().strip() != LETTERS:
        return {}
    found: dict[str, str] = {}
    for row in next(iter(table.findall(nodes.tbody))):
        texts = [entry.astext() for entry in row]
        letter = plain_formula(texts[0])
        anchor = base = letter_anchor(letter, texts[2] if len(texts) > 2 else "")
        number = 1
        while anchor in found or anchor in table.document.ids:
            number += 1
            anchor = f"{base}-{number}"
        row["ids"].append(anchor)
        table.document.ids[anchor] = row
        sign = nodes.reference("", "#", refid=anchor, internal=True, classes=["headerlink"])
        sign["reftitle"] = "Link to this letter"
        row.next_node(nodes.paragraph).append(sign)
        found[anchor] = letter
    return found


def connect(app: Sphinx) -> None:
    app.connect("doctree-read", add_anchors, priority=100)  # before the contents are collected
    app.connect("env-updated", take_anchors_as_targets)
