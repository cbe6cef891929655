"""What a slide may refer to, so that nothing of a chapter is copied into it, and no measured number typed.

Alone on a line: ``{figure} words of its description``, ``{claim} id`` (also ``id, figure 2``),
``{claim-figure} id``, ``{widget} Class words of its description``, ``{source}
s2s_course.layers.attention:Attention.forward``, ``{code} words of a cell``, ``{output} words of a cell``,
``{drawing} lstm-cell``, ``{exercise} 5.2``, ``{mistake} 5.2: no mask``, ``{message} 5.2: no mask``,
``{solution} 5.2``. Code may end in ``from "first line" to "last line"``.

Within a line, as on the book's pages: ``{measured}`` with ``claim-id:value-name:format`` and
``{verdict}`` with ``claim-id``, both between backticks.
"""

import re
from collections.abc import Callable
from html import escape

from s2s_course.drawings.registry import drawing
from s2s_course.slides.cards import (
    claim_card,
    claim_figure,
    exercise_card,
    figure_html,
    mistake_code,
    mistake_message,
    solution_code,
    verdict_html,
)
from s2s_course.slides.chapter_parts import ChapterParts
from s2s_course.slides.excerpt import code_html, lines_of, output_html, source_of, without_docstrings
from s2s_course.sphinx_ext.claims_ledger import measured_mean
from s2s_course.widgets.shared.page import script_json

_INLINE = re.compile(r"\{(measured|verdict)\}`([^`]+)`")
_PART = re.compile(r'(.*?) +from "(.+)" to "(.+)"')
_FIGURE_OF = re.compile(r"(.+?), figure (\d+)")


def _figure(parts: ChapterParts, words: str) -> str:
    return figure_html(parts.figure(words)[0])


def _widget(parts: ChapterParts, words: str) -> str:
    name, _, rest = words.partition(" ")
    view = parts.widget(f"{name}(…{rest}")
    script = script_json({"model_id": view.model_id})
    return (
        f'<div class="deck-widget" data-says="{escape(view.description, quote=True)}"><div class="deck-live">'
        f'<script type="application/vnd.jupyter.widget-view+json">{script}</script></div></div>'
    )


def _source(_: ChapterParts, words: str) -> str:
    name, first, last = _part(words)
    code, file = source_of(name)
    return code_html(lines_of(code, first, last) if first else code, file)


def _code(parts: ChapterParts, words: str) -> str:
    name, first, last = _part(words)
    code = without_docstrings(parts.code(name))
    return code_html(lines_of(code, first, last) if first else code)


def _output(parts: ChapterParts, words: str) -> str:
    name, first, last = _part(words)
    text = parts.output(name)
    return output_html(lines_of(text, first, last) if first else text)


def _part(words: str) -> tuple[str, str, str]:
    match = _PART.fullmatch(words)
    return (match[1], match[2], match[3]) if match else (words, "", "")


def _of_claim(draw: Callable[[str, int], str]) -> Callable[[ChapterParts, str], str]:
    def drawn(_: ChapterParts, words: str) -> str:
        match = _FIGURE_OF.fullmatch(words)
        return draw(match[1], int(match[2]) - 1) if match else draw(words, 0)

    return drawn


def _answer(code_of: Callable[[str], str]) -> Callable[[ChapterParts, str], str]:
    def drawn(_: ChapterParts, words: str) -> str:
        name, first, last = _part(words)
        code = code_of(name)
        return code_html(lines_of(code, first, last) if first else code)

    return drawn


def _drawing(name: str) -> str:
    """Its wide composition alone: a slide has a title, and its notes say what a caption would say."""
    return f'<figure class="drawn s2s-drawing" data-name="{name}">{drawing(name).svg("wide")}</figure>'


def _alone(draw: Callable[[str], str]) -> Callable[[ChapterParts, str], str]:
    return lambda _, words: draw(words)


REFERENCES: dict[str, Callable[[ChapterParts, str], str]] = {
    "figure": _figure,
    "widget": _widget,
    "source": _source,
    "code": _code,
    "output": _output,
    "claim": _of_claim(claim_card),
    "claim-figure": _of_claim(claim_figure),
    "drawing": _alone(_drawing),
    "exercise": _alone(exercise_card),
    "mistake": _answer(mistake_code),
    "message": _alone(mistake_message),
    "solution": _answer(solution_code),
}


def reference_html(parts: ChapterParts, kind: str, words: str) -> str:
    """HTML of what ``{kind} words`` refers to. Raises ``ValueError`` where there is no such thing."""
    if kind not in REFERENCES:
        raise ValueError(f"a reference must be one of {', '.join(REFERENCES)}, got {kind!r}")
    return REFERENCES[kind](parts, words)


def with_numbers(text: str) -> str:
    """``text`` with measured numbers and verdicts in place of what refers to them."""

    def found(match: re.Match) -> str:
        return measured_mean(match[2]) if match[1] == "measured" else verdict_html(match[2])

    return _INLINE.sub(found, text)
