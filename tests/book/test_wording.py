"""What is the same on all pages: letters, spelling, citations."""

import re
from functools import cache

import nbformat
import pytest

from s2s_course.chapters import ROOT, chapter_paths

BOOK = ROOT / "book"
CHAPTERS = dict(enumerate(chapter_paths(), start=1))
PAGES = {str(path.relative_to(BOOK)): path.read_text("utf-8") for path in sorted(BOOK.rglob("*.md"))}
TEACHING = [name for name in PAGES if name.startswith("teaching/")]
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
IN_WORDS = re.compile(r"\\(?:text|texttt|operatorname|mathrm|begin|end)\{[^}]*\}")
GREEK = re.compile(
    r"\\((?:var)?(?:alpha|beta|gamma|delta|epsilon|theta|lambda|mu|pi|sigma|tau|phi)|ell)(?![a-z])"
)
SHAPE = re.compile(r"\((?=[A-Z])([A-Zdt0-9 ,+*]+)\)")
ROW = re.compile(r"^\| ((?:\$[^$]+\$(?:, )?)+) \| (.+?) \|(?: ([\d, ]+) \|)?$", re.MULTILINE)
BRITISH = re.compile(
    r"\w*(?:[lL]abell|[cC]olour|behaviour|neighbour|favour|\bcentre|modelling|\bgrey\b|\blearnt\b|\btowards\b"
    r"|(?:normal|initial|recogn|summar|general|organ|minim|maxim|token|optim|visual|local|random)is(?:e|ing|ation)"
    r"|analys(?:ed|ing)\b)\w*"
)


@cache
def cells(path):
    return nbformat.read(path, as_version=4).cells


def prose(path):
    return "\n\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")


def code(path):
    return "\n".join(cell.source for cell in cells(path) if cell.cell_type == "code")


def letters_of(formula):
    """Its letters, Greek ones by name; words such as those in ``\\text{…}`` are none."""
    formula = IN_WORDS.sub(" ", formula)
    latin = re.sub(r"\\[a-zA-Z]+", " ", formula)
    return set(GREEK.findall(formula)) | set(re.findall(r"[A-Za-z]", latin))


def letters_in(text):
    return set().union(*(letters_of(shown or inline) for shown, inline in FORMULA.findall(text)))


def letters_of_chapter(number):
    shapes = SHAPE.findall(code(CHAPTERS[number]))
    sizes = {letter for shape in shapes for letter in re.findall(r"\b\d?([A-Z])\b", shape)}
    return letters_in(prose(CHAPTERS[number])) | sizes


def table_of_letters():
    """(letters, chapters) of each row; a row without chapters is about the interview questions."""
    return [
        (letters_in(symbol), [int(number) for number in re.findall(r"\d+", numbers)])
        for symbol, _, numbers in ROW.findall(PAGES["notation.md"])
    ]


class TestLetters:
    def test_no_row_of_the_table_was_overlooked(self):
        rows = [line for line in PAGES["notation.md"].splitlines() if line.startswith("| $")]
        assert len(rows) == len(table_of_letters()) > 0

    @pytest.mark.parametrize("number", CHAPTERS)
    def test_the_table_has_every_letter_of_a_chapter_and_no_other(self, number):
        explained = set().union(*(letters for letters, chapters in table_of_letters() if number in chapters))
        assert sorted(letters_of_chapter(number)) == sorted(explained)

    @pytest.mark.parametrize(
        "page", ["review-sheet.md", "interview-questions.md", "glossary.md", "index.md", *TEACHING]
    )
    def test_it_has_the_letters_of_the_other_pages(self, page):
        explained = set().union(*(letters for letters, _ in table_of_letters()))
        text = re.sub(r"^```python\n.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
        assert sorted(letters_in(text) - explained) == []


class TestCitations:
    BIBLIOGRAPHY = (BOOK / "references.bib").read_text("utf-8")
    KEYS = re.findall(r"^@\w+\{([^,]+),", BIBLIOGRAPHY, re.MULTILINE)

    def cited(self):
        texts = [*(prose(path) for path in CHAPTERS.values()), *PAGES.values()]
        roles = re.findall(r"\{cite(?::[a-z]+)?\}`([^`]+)`", "\n".join(texts))
        return {key.strip() for role in roles for key in role.split(",")}

    def test_every_work_that_is_cited_is_in_the_bibliography_and_the_other_way_round(self):
        assert sorted(self.KEYS) == sorted(self.cited())

    def test_every_work_has_an_author_a_title_and_a_year(self):
        entries = re.split(r"^@", self.BIBLIOGRAPHY, flags=re.MULTILINE)[1:]
        for entry in entries:
            for field in ("author", "title", "year"):
                assert re.search(rf"^\s+{field}\s*=\s*\{{", entry, re.MULTILINE), entry.split(",")[0]


class TestSpelling:
    def british(self, text):
        return BRITISH.findall(text.replace("aria-labelledby", ""))  # as the standard spells it

    def test_the_pattern_finds_what_it_is_for(self):
        told = "labelling, Colour, initialisation, normalised, optimising, towards"
        assert self.british(told) == told.split(", ")
        assert self.british("labeling, color, initialization, optimistic, analyses, toward") == []

    @pytest.mark.parametrize("number", CHAPTERS)
    def test_chapters_are_in_american_english(self, number):
        assert self.british(prose(CHAPTERS[number]) + code(CHAPTERS[number])) == []

    def test_pages_and_the_package_are_too(self):
        ours = [path for kind in ("py", "js", "css") for path in (ROOT / "s2s_course").rglob(f"*.{kind}")]
        paths = [*ours, *BOOK.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
        found = {str(path.relative_to(ROOT)): self.british(path.read_text("utf-8")) for path in paths}
        assert {name: words for name, words in found.items() if words} == {}
