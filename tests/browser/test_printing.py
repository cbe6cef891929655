"""Pages of the course's own site on paper, printed from the browser: read with pypdf."""

import io
import re

import nbformat
import pytest
from pypdf import PdfReader

from s2s_course.chapters import ROOT

from .crawl import serve, settle

EDGES = {"top": "12mm", "bottom": "12mm", "left": "14mm", "right": "14mm"}
CHAPTER = "06-luong-attention"


def printed(open_page, site, name: str, paper: str = "A4") -> list[str]:
    """The text of each page of paper."""
    with serve(site) as address:
        page = open_page(f"{address}/book/{name}.html")
        settle(page)
        page.evaluate("document.fonts.ready.then(() => true)")
        return [
            page.extract_text() for page in PdfReader(io.BytesIO(page.pdf(format=paper, margin=EDGES))).pages
        ]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_review_sheet_prints_with_its_title_on_two_pages(site, open_page, paper):
    pages = printed(open_page, site, "review-sheet", paper)
    assert len(pages) == 2 and pages[0].startswith("The review sheet")


def test_a_chapter_prints_all_its_code_and_no_solution(site, open_page):
    pages = printed(open_page, site, CHAPTER)
    text, whole = "\n".join(pages), squeezed("".join(pages))
    assert text.startswith("6. Luong attention")
    cells = nbformat.read(ROOT / "book" / f"{CHAPTER}.ipynb", as_version=4).cells
    shown = [
        cell for cell in cells if cell.cell_type == "code" and "remove" not in str(cell.metadata.get("tags"))
    ]
    solutions = [cell for cell in shown if "hide-cell" in cell.metadata.get("tags", [])]
    assert solutions and len(shown) > 20
    for cell in shown:
        lines = [squeezed(line) for line in cell.source.splitlines() if "@title" not in line]
        if cell in solutions:
            assert not all(line in whole for line in lines), cell.source
        else:
            assert [line for line in lines if line not in whole] == []


def test_what_is_for_the_screen_is_not_printed(site, open_page):
    text = "\n".join(printed(open_page, site, CHAPTER))
    assert "Show the setup" not in text and "Hide the setup" not in text
    for words in ("Search", "Copy", "Skip to main content", "Open in Colab"):
        assert words not in re.split(r"\n", text), words
    assert "from s2s_course.notebook import setup" in text, "a fold that is no solution is open"
