"""The built site of a book of three pages, written by hand in the form that Sphinx gives pages.

It has what a printed book may get wrong: a code line of 110 columns, code longer than a page, solutions,
folded cells, links between pages, a widget with its figure, a drawing in two compositions, a formula.
"""

from pathlib import Path

WIDE_LINE = "value = " + " + ".join(f"number_{index:02d}" for index in range(7)) + "  # the end of a line"
LONG_CODE = "\n".join(f"step_{index:03d} = advance(state, {index})" for index in range(120))
INDENTED = "def twice(x):\n    if x:\n        return 2 * x\n    return 0"
CONFIG = """title: A small book
author: Somebody
repository:
  url: https://example.org/book
"""
TOC = """format: jb-book
root: index
parts:
  - caption: Beginning
    chapters:
      - file: chapters/01-first
      - file: chapters/02-second
  - caption: End
    chapters:
      - file: chapters/notes
"""


def code(text: str, *, tags: str = "", fold: str = "") -> str:
    block = f'<div class="highlight-python notranslate"><div class="highlight"><pre>{text}</pre></div></div>'
    if fold:
        block = (
            '<details class="admonition hide above-input"><summary aria-label="Toggle hidden content">'
            f'<p class="collapsed admonition-title">Show {fold}</p>'
            f'<p class="expanded admonition-title">Hide {fold}</p></summary>{block}</details>'
        )
    return f'<div class="cell {tags} docutils container">{block}</div>'


def exercise(number: str, answer: str) -> str:
    name = f"exercise-{number.replace('.', '-')}"
    return (
        f'<section id="{name}"><h3>Exercise {number}: a task<a class="headerlink" href="#{name}">#</a></h3>'
        f"<p>Do it.</p>{code('answer = None')}"
        f"{code(answer, tags='tag_hide-cell', fold='the solution')}</section>"
    )


SETUP = code("import everything", tags="tag_setup tag_hide-input", fold="the setup")
DRAWING = """<figure class="s2s-drawing" id="drawing-one"><style>.s2s-drawing { color: #123456; }</style>
<svg xmlns="http://www.w3.org/2000/svg" class="s2s-wide" role="img" aria-label="A line" viewBox="0 0 688 100">
<defs><marker id="tip"><path d="M0 0L1 1"/></marker></defs>
<path d="M0 50H600" stroke="black" marker-end="url(#tip)"/><text x="10" y="20">wide words</text></svg>
<svg xmlns="http://www.w3.org/2000/svg" class="s2s-narrow" role="img" aria-label="A line" viewBox="0 0 9 9">
<text x="10" y="20">narrow words</text></svg><figcaption>One drawing.</figcaption></figure>"""
WIDGET = """<div class="s2s-place"><figure class="s2s-figure"><p>figure of the widget</p></figure>
<script type="application/vnd.jupyter.widget-view+json">{"model_id": "1"}</script></div>"""
OTHER_WIDGET = f"<div>{WIDGET[WIDGET.index('<script') : WIDGET.index('</div>')]}</div>"
FORMULA = (
    '<div class="math"><math display="block"><semantics><mfrac displaystyle="true"><mi data-tex="x">x</mi>'
    '<mn>2</mn></mfrac><annotation encoding="application/x-tex">x/2</annotation></semantics></math></div>'
)
PAGES = {
    "index": (
        '<section id="a-small-book"><h1>A small book<a class="headerlink" href="#a-small-book">#</a></h1>'
        '<p>Begin with <a href="chapters/02-second.html#the-middle">the middle</a>, or see '
        '<a href="_sources/index.md">the source</a>.</p>'
        '<section id="take-it-with-you"><h2>Take it with you</h2>'
        '<div class="s2s-take-away" data-root=""><p>Nothing here.</p></div></section></section>'
    ),
    "chapters/01-first": (
        f'<section id="first"><h1>1. First things</h1>{SETUP}{code(WIDE_LINE)}{code(LONG_CODE)}'
        f'<section id="a-picture"><h2>A picture</h2>{DRAWING}{DRAWING.replace("drawing-one", "drawing-two")}'
        f"<details><summary>More words</summary><p>folded words</p></details></section>"
        f"{exercise('1.1', INDENTED)}</section>"
    ),
    "chapters/02-second": (
        f'<section id="second"><h1>2. Second things</h1>{SETUP}<section id="the-middle"><h2>The middle</h2>'
        f'<p>Off to <a class="reference" href="01-first.html">the first chapter</a>.</p>{FORMULA}{WIDGET}'
        f"{OTHER_WIDGET}</section>{exercise('2.1', 'answer = 21')}{exercise('2.2', 'answer = 22')}</section>"
    ),
    "chapters/notes": '<section id="notes"><h1>Notes</h1><p>A last word.</p></section>',
}
HTML = (
    "<!DOCTYPE html><html><head></head><body><nav>Menu</nav>"
    '<article class="bd-article">{}</article></body></html>'
)


def write_small_site(folder: Path) -> Path:
    """The folder of the site in the folder of the book."""
    (folder / "_config.yml").write_text(CONFIG)
    (folder / "_toc.yml").write_text(TOC)
    site = folder / "_build" / "html"
    for name, article in PAGES.items():
        path = site / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HTML.format(article), encoding="utf-8")
    (site / "_static").mkdir()
    (site / "_static" / "s2s-book.css").write_text(".s2s-drawing .s2s-narrow { display: none; }\n")
    return site
