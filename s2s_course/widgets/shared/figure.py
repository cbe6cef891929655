"""What stands in a widget's place where none can run: without JavaScript, in print, in untrusted notebooks.

It is HTML that survives sanitizers: tables, lists, text, and pictures as ``img`` with their own data. Inline
SVG would not: JupyterLab and GitHub drop its tags and keep its words. It is well-formed XML, so that an EPUB
may have it, and needs no style sheet, though the published page has one (sphinx_ext/static/s2s-figure.css).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

# The style sheet of the published page. A file, not an import: the package around it needs Sphinx.
STYLE = Path(__file__).parents[2] / "sphinx_ext" / "static" / "s2s-figure.css"

# Stands in the head of a page with widgets: there figures are hidden from the screen as long as scripts run.
WITHOUT_SCRIPTS = "<noscript><style>.s2s-figure { display: block !important; }</style></noscript>"

_STRONGEST = 0.45  # of the shade in a cell: text on it keeps a contrast above 4.5 : 1, in light and in dark
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHADES = {"weight": "230, 159, 0", "negative": "0, 114, 178"}


@dataclass(frozen=True)
class StaticFigure:
    """A title, HTML parts made by the functions below, and a caption in words."""

    title: str
    parts: tuple[str, ...]
    caption: str

    def html(self) -> str:
        title = f"<p><strong>{escape(self.title)}</strong></p>\n" if self.title else ""
        caption = f"<figcaption>{escape(self.caption)}</figcaption>"
        parts = "\n".join(self.parts)
        return f'<figure class="s2s-figure">\n{title}{parts}\n{caption}\n</figure>'


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its ``text``, shaded by ``strength``, -1 to 1, and ``strong`` where it is chosen."""

    text: str
    strength: int | float = 0.0
    strong: bool = False


def in_place(figure: str, script: str) -> str:
    """A place on a page: the ``figure``, and the ``script`` element of the view that replaces it."""
    return f'<div class="s2s-place">{figure}{script}</div>'


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def listing(items: Iterable[str], *, ordered: bool = False) -> str:
    """A list; ``items`` are HTML."""
    tag = "ol" if ordered else "ul"
    return f"<{tag}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{tag}>"


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str | Cell]]) -> str:
    """A table with a ``caption`` above it; the first cell of each row is its heading."""
    titles = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(f"<tr>{_heading(row[0])}{''.join(map(_cell, row[1:]))}</tr>\n" for row in rows)
    return (
        f'<div class="s2s-wide"><table>\n<caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{titles}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table></div>"
    )


def _heading(cell: str | Cell) -> str:
    text, strong = (cell.text, cell.strong) if isinstance(cell, Cell) else (cell, False)
    return f'<th scope="row">{"→ " if strong else ""}{escape(text)}</th>'


def _cell(cell: str | Cell) -> str:
    if isinstance(cell, str):
        return f"<td{_alignment(cell)}>{escape(cell)}</td>"
    text = f"<strong>{escape(cell.text)}</strong>" if cell.strong else escape(cell.text)
    shade = _SHADES["negative" if cell.strength < 0 else "weight"]
    share = _STRONGEST * min(1.0, abs(cell.strength))
    style = f' style="background: rgba({shade}, {share:.2f})"' if share >= 0.01 else ""
    return f"<td{_alignment(cell.text)}{style}>{text}</td>"


def _alignment(text: str) -> str:
    """Words begin at the left; numbers end at the right."""
    return ' class="s2s-words"' if sum(map(str.isalpha, text)) > 1 else ""


def power_of_ten(exponent: int) -> str:
    return f"10{str(exponent).translate(_RAISED)}"


def digits(value: int | float, places: int = 2) -> str:
    """``value`` with a fixed number of digits after the point, and with a minus sign that is one."""
    text = f"{value:.{places}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")
