"""Markdown of a slide to HTML: text, formulas, diagrams, and what it refers to in between."""

import re

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from s2s_course.formulas import mathml
from s2s_course.slides.chapter_parts import ChapterParts
from s2s_course.slides.diagram import diagram_html
from s2s_course.slides.excerpt import code_html, output_html
from s2s_course.slides.references import reference_html, with_numbers

_REFERENCE = re.compile(r"\{([a-z-]+)\} +(.+)")


def markup_html(text: str, parts: ChapterParts) -> str:
    """HTML of ``text``. Raises ``ValueError``, one sentence, for a reference that finds nothing."""
    html, plain, fence = [], [], None
    for line in text.splitlines():
        match = _REFERENCE.fullmatch(line.strip())
        if fence is not None and line.startswith("```"):
            html.append(_fenced(fence[0], "\n".join(fence[1:])))
            fence = None
        elif fence is not None:
            fence.append(line)
        elif line.startswith("```"):
            html.append(_markdown(plain))
            plain, fence = [], [line.removeprefix("```").strip()]
        elif match:
            html += [_markdown(plain), reference_html(parts, match[1], match[2].strip())]
            plain = []
        else:
            plain.append(line)
    if fence is not None:
        raise ValueError("a fence of code must end in a line of three backticks, one does not")
    return "".join([*html, _markdown(plain)])


def _fenced(language: str, text: str) -> str:
    if language == "diagram":
        return diagram_html(text)
    return code_html(text) if language == "python" else output_html(text)


def _markdown(lines: list[str]) -> str:
    return _renderer().render(with_numbers("\n".join(lines)))


def _renderer() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True, "typographer": False}).enable("table")
    markdown.use(dollarmath_plugin, renderer=_formula, double_inline=True)
    return markdown


def _formula(content: str, options: dict) -> str:
    return mathml(content, display=options["display_mode"])
