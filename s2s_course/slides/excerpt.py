"""Code on a slide: as it is installed or stored, without docstrings, highlighted."""

import ast
import inspect
import textwrap
from functools import cache
from html import escape
from pydoc import locate

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from s2s_course.excerpt import lines_between

MAX_LINES, MAX_COLUMNS = 19, 99  # what can be read from the last row


def source_of(name: str) -> tuple[str, str]:
    """Source and file of ``s2s_course.models.bahdanau:BahdanauEncoderDecoder.advance``.

    Raises ``ValueError`` for a name that there is not.
    """
    module, _, attribute = name.partition(":")
    thing = locate(f"{module}.{attribute}") if attribute and module.startswith("s2s_course") else None
    if thing is None:
        raise ValueError(
            f"source must be named like s2s_course.layers.attention:Attention.forward, got {name!r}"
        )
    code = textwrap.dedent(inspect.getsource(thing)).rstrip()
    return without_docstrings(code), f"{module.replace('.', '/')}.py"


def without_docstrings(code: str) -> str:
    """``code`` without the lines of its docstrings: what they say is said by whoever shows the slide."""
    lines = code.splitlines()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            first = node.body[0]
            if len(node.body) == 1:
                lines[first.lineno - 1] = " " * first.col_offset + "..."
                doomed = range(first.lineno, first.end_lineno)
            else:
                doomed = range(first.lineno - 1, first.end_lineno)
            for number in doomed:
                lines[number] = None
    kept = [line for line in lines if line is not None]
    # A blank line that stood behind a docstring would open the body.
    return "\n".join(
        line
        for number, line in enumerate(kept)
        if line.strip() or not kept[number - 1].rstrip().endswith(":")
    )


def lines_of(code: str, first: str, last: str) -> str:
    """The lines of ``code`` from the one that contains ``first`` to the next that contains ``last``."""
    place = lines_between(code, first, last)
    return textwrap.dedent("\n".join(code.splitlines()[place.start : place.stop]))


def code_html(code: str, caption: str = "") -> str:
    """Highlighted code, and where it stands. Raises ``ValueError`` for more than a slide can show."""
    size = _size(code)
    colored = highlight(code, _lexer(), HtmlFormatter(nowrap=True)).rstrip("\n")
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="code {size}"><pre><code>{colored}</code></pre>{below}</figure>'


def output_html(text: str) -> str:
    """What a cell printed. Raises ``ValueError`` for more than a slide can show."""
    return f'<pre class="output {_size(text)}">{escape(text)}</pre>'


def _size(text: str) -> str:
    """The size of the letters, which follows from how much there is (content.css)."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise ValueError(
            f"code must have at most {MAX_LINES} lines on a slide, got {len(lines)}: show a part"
        )
    long = max(map(len, lines), default=0)
    if long > MAX_COLUMNS:
        raise ValueError(f"code must have at most {MAX_COLUMNS} letters a line on a slide, got {long}")
    if len(lines) <= 8 and long <= 50:
        return "huge"
    if len(lines) > 15 or long > 86:
        return "small"
    return "medium" if len(lines) > 10 or long > 74 else "large"


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False)
