"""Every formula of the course becomes MathML; it keeps its source, and its letters are named."""

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from s2s_course.formulas import FormulaError, mathml

ROOT = Path(__file__).parents[2]


def names(tex: str) -> list[str]:
    return [
        one.get("data-tex")
        for one in ElementTree.fromstring(mathml(tex, display=False)).iter()
        if one.get("data-tex")
    ]


def texts_with_formulas() -> list[str]:
    """The pages, the text of the chapters, and the decks."""
    pages = [
        path.read_text(encoding="utf-8")
        for path in [*(ROOT / "book").rglob("*.md"), *(ROOT / "slides").glob("*.md")]
    ]
    notebooks = [nbformat.read(path, as_version=4) for path in sorted((ROOT / "book").glob("*.ipynb"))]
    return pages + [cell.source for book in notebooks for cell in book.cells if cell.cell_type == "markdown"]


def formulas() -> set[tuple[str, bool]]:
    markdown = MarkdownIt("commonmark").use(dollarmath_plugin, double_inline=True)
    found = set()
    for text in texts_with_formulas():
        tokens = markdown.parse(text)
        inner = [child for token in tokens for child in token.children or []]
        found |= {
            (one.content.strip(), "block" in one.type)
            for one in [*tokens, *inner]
            if one.type.startswith("math_")
        }
    return found


def test_every_formula_of_the_course_is_converted_and_keeps_its_source():
    assert len(formulas()) > 400
    for tex, display in formulas():
        html = mathml(tex, display=display)
        [source] = re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', html, re.DOTALL)
        assert unescape(source) == tex
        assert ('display="block"' in html.split(">")[0]) == display
        drawn = re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", html, flags=re.DOTALL)
        assert "\\" not in drawn and "$" not in drawn, f"{tex} is drawn as {drawn}"


def test_the_structure_is_that_of_mathml():
    math = ElementTree.fromstring(
        mathml(r"\frac{a}{\sqrt{b}} + \begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}", display=True)
    )
    assert [one.tag for one in math.iter() if one.tag in ("mfrac", "msqrt", "mtable")] == [
        "mfrac",
        "msqrt",
        "mtable",
    ]
    assert len(list(math.iter("mtd"))) == 4 and math[0].tag == "semantics"


@pytest.mark.parametrize(
    ("tex", "named"),
    [
        ("h", ["h"]),
        ("h_t", ["h_{t}", "h", "t"]),
        (r"\alpha_{ts}", [r"\alpha_{ts}", r"\alpha", "t", "s"]),
        (r"h_{t-1}^2", ["h_{t-1}", "h", "t"]),
        (r"\overrightarrow{h}_1", [r"\overrightarrow{h}_{1}", "h"]),
        (r"\operatorname{softmax}(e)", ["softmax", "e"]),
        (r"QK^\top / 2", ["Q", "K"]),
    ],
)  # fmt: skip
def test_letters_are_named_in_tex(tex, named):
    assert names(tex) == named


@pytest.mark.parametrize("tex", [r"\nosuchcommand x", r"\frac{a}{", r"\begin{aligned} a"])
def test_what_cannot_be_converted_is_said_with_its_source(tex):
    with pytest.raises(FormulaError, match=re.escape(repr(tex))):
        mathml(tex, display=False)
