r"""Letters that light up together: in formulas, drawings and code of a chapter a letter is the same thing.

When a chapter is written, the letters in its drawings and code get the name that those in its formulas have
already (formulas/mathml.py): the attribute ``data-tex``, such as ``\alpha`` at the α of a drawing and at the
variable ``alpha``. What each letter means in the chapter is taken from the page of letters, book/notation.md.
static/symbols.js lights them up where a reader points at one, or goes there by key.
"""

import json
import re
from functools import cache
from html import unescape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from s2s_course.formulas import mathml
from s2s_course.formulas.mathml import NAMES
from s2s_course.sphinx_ext.anchors import LETTERS
from s2s_course.sphinx_ext.plain_formula import plain_formula

NOTATION = "book/notation"
_CHAPTER = re.compile(r"book/(\d\d)-")
# In code these count or number anything at all, so a reader who asks what t is would be led astray.
COUNTERS = frozenset("ijkmnstu")
_IN_DRAWING = re.compile(r'<tspan class="m l"(?=[^>]*>(\w)</tspan>)')
_IN_CODE = re.compile(r'<span class="n"(?=>(\w+)</span>)')
_FORMULA = re.compile(
    r'<div class="math notranslate nohighlight"(?=[^>]*>\s*(?:<span class="eqno">.*?</span>)?\s*<math)'
)
_HELP = "Formula: the left and right arrow keys go through its letters"


def meanings(env: BuildEnvironment, chapter: int) -> dict[str, str]:
    """What each letter means in ``chapter``, by its TeX name; several meanings are joined."""
    found: dict[str, list[str]] = {}
    for table in env.get_doctree(NOTATION).findall(nodes.table):
        head = [
            entry.astext().strip() for entry in next(iter(table.findall(nodes.thead))).findall(nodes.entry)
        ]
        if head != [LETTERS, "what it means", "chapters"]:
            continue
        for row in next(iter(table.findall(nodes.tbody))):
            letters, meaning, chapters = row
            if chapter in map(int, chapters.astext().split(",")):
                for letter in letters.findall(nodes.math):
                    found.setdefault(_name(letter.astext()), []).append(_plain(meaning))
    return {name: "; or ".join(texts) for name, texts in found.items()}


def with_symbols(body: str, letters: dict[str, str]) -> str:
    """``body``, the text of a chapter in HTML, with its ``letters`` marked in drawings and code."""
    if not letters:
        return body
    names = {_in_code(name): name for name in letters if name not in COUNTERS}

    def in_drawing(match: re.Match) -> str:
        name = NAMES.get(match[1], match[1])
        return f'{match[0]} data-tex="{name}"' if name in letters else match[0]

    def in_code(match: re.Match) -> str:
        name = names.get(match[1]) or names.get(match[1].split("_")[0])
        return f'{match[0]} data-tex="{name}"' if name else match[0]

    body = _IN_CODE.sub(in_code, _IN_DRAWING.sub(in_drawing, body))
    body = _FORMULA.sub(rf'\g<0> tabindex="0" role="group" aria-label="{_HELP}"', body)
    data = json.dumps(letters, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'{body}\n<script type="application/json" id="s2s-letters">{data}</script>'


def add_symbols(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """For ``html-page-context``: mark the letters of a chapter."""
    chapter = _CHAPTER.match(page)
    if chapter and app.builder.name == "html" and NOTATION in app.env.found_docs:
        context["body"] = with_symbols(context["body"], meanings(app.env, int(chapter[1])))
        app.add_js_file("symbols.js", defer="defer")


@cache
def _name(tex: str) -> str:
    r"""``d_{ff}`` for ``d_\text{ff}``: as formulas/mathml.py names it."""
    found = re.search(r'data-tex="([^"]*)"', mathml(tex, display=False))
    return unescape(found[1]) if found else tex


def _in_code(name: str) -> str:
    r"""``alpha`` for ``\alpha``, ``d_ff`` for ``d_{ff}``."""
    return re.sub(r"[\\{}]", "", name)


def _plain(meaning: nodes.Node) -> str:
    """A cell of the table in plain letters."""
    return (
        " ".join(
            plain_formula(node.astext()) if isinstance(node.parent, nodes.math) else node.astext().strip()
            for node in meaning.findall(nodes.Text)
        )
        .replace(" ,", ",")
        .replace(" ;", ";")
    )


def connect(app: Sphinx) -> None:
    app.connect("html-page-context", add_symbols)
