"""Formulas of the book as MathML, made when the book is built: no page needs a script to show one.

A formula that cannot be converted is a warning, which ends the build, and stands in the page as its source.
"""

import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

import s2s_course.formulas
from s2s_course.formulas import FormulaError, mathml

STATIC = Path(s2s_course.formulas.__file__).parent
logger = logging.getLogger(__name__)


def connect(app: Sphinx) -> None:
    """Make MathML the way in which ``app`` renders formulas."""
    app.add_html_math_renderer("s2s", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.add_css_file("formulas.css")
    app.add_js_file("formulas.js", defer="defer")
    app.connect("config-inited", _choose, priority=100)
    app.connect("builder-inited", _copy_files)


def _choose(app: Sphinx, config: Config) -> None:
    config.html_math_renderer = "s2s"


def _copy_files(app: Sphinx) -> None:
    """Before pages are written: Sphinx puts a checksum behind the address of a file that is there."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("formulas.css", "formulas.js"):
            shutil.copy(STATIC / name, folder)


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(_formula(node, display=False) + "</span>")
    raise nodes.SkipNode


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", "", CLASS="math notranslate nohighlight"))
    if node["number"]:
        number = self.builder.env.config.math_eqref_format or "({number})"
        self.body.append(f'<span class="eqno">{escape(number.format(number=node["number"]))}')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(_formula(node, display=True) + "</div>\n")
    raise nodes.SkipNode


def _formula(node: nodes.math | nodes.math_block, *, display: bool) -> str:
    try:
        return mathml(node.astext(), display=display)
    except FormulaError as error:
        logger.warning("%s", error, location=node)
        return f"<code>{escape(node.astext())}</code>"
