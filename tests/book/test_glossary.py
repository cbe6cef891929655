"""The glossary: sorted, without gaps, each entry with its chapter; and the chapters link to it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import nbformat
import pytest

from s2s_course.chapters import ROOT, chapter_paths

PAGE = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
CHAPTERS = chapter_paths()
BLOCK = re.compile(r"^## (\w)\n\n```\{glossary\}\n(.*?)\n```$", re.M | re.S)
CHAPTER_LINK = re.compile(r"\[Chapter (\d+)\]\(([^)]*)\)")


@dataclass
class Entry:
    letter: str
    terms: list[str]
    definition: str

    @property
    def name(self) -> str:
        return self.terms[0]


def entries() -> list[Entry]:
    found = []
    for letter, block in BLOCK.findall(PAGE):
        for paragraph in block.split("\n\n"):
            lines = paragraph.split("\n")
            terms = [line.strip("`") for line in lines if not line.startswith("  ")]
            assert all(line.startswith("  ") for line in lines[len(terms) :]), paragraph
            found.append(Entry(letter, terms, " ".join(line.strip() for line in lines[len(terms) :])))
    return found


def sort_key(term):
    return term.replace("–", "-").casefold()


def anchor(term):
    """The id that Sphinx gives to a term."""
    plain = unicodedata.normalize("NFKD", term).encode("ascii", "ignore").decode()
    return "term-" + re.sub(r"[^a-zA-Z0-9._]+", "-", plain).strip("-")


@cache
def cells_of(path):
    return nbformat.read(path, as_version=4).cells


def text_of(path):
    return "\n".join(cell.source for cell in cells_of(path) if cell.cell_type == "markdown")


def glossary_links(path):
    return re.findall(r"\]\(glossary\.md#([^)]*)\)", text_of(path))


def words_of(text):
    """Its words without their endings."""
    return {word.rstrip("s")[:5] for word in re.findall(r"\w+", text.casefold())}


ENTRIES = entries()
ANCHORS = {anchor(term) for entry in ENTRIES for term in entry.terms}


def test_nothing_on_the_page_was_overlooked():
    assert PAGE.count("{glossary}") == len(BLOCK.findall(PAGE)) == len(re.findall(r"^## ", PAGE, re.M))
    assert sum(len(entry.definition) > 0 for entry in ENTRIES) == len(CHAPTER_LINK.findall(PAGE))


def test_they_are_sorted_below_their_letters():
    names = [entry.name for entry in ENTRIES]
    assert names == sorted(names, key=sort_key)
    assert [entry.letter for entry in ENTRIES] == [name[0].upper() for name in names]


def test_no_term_stands_twice():
    terms = [term.casefold() for entry in ENTRIES for term in entry.terms]
    assert [term for term in terms if terms.count(term) > 1] == []
    assert len(ANCHORS) == len(terms)


def test_every_entry_ends_with_its_chapter():
    files = {path.name for path in CHAPTERS}
    for entry in ENTRIES:
        [(number, file)] = CHAPTER_LINK.findall(entry.definition)
        assert entry.definition.endswith(f"[Chapter {number}]({file})."), entry.name
        assert file.startswith(f"{int(number):02d}-"), entry.name
        assert file in files, f"{entry.name}: there is no book/{file}"


def test_entries_refer_to_entries_that_exist_and_not_to_themselves():
    for entry in ENTRIES:
        others = {term for other in ENTRIES if other is not entry for term in other.terms}
        roles = re.findall(r"\{term\}`([^`]*)`", entry.definition)
        named = {re.sub(r".*<(.*)>$", r"\1", role) for role in roles}
        assert named <= others, f"{entry.name}: {named - others}"


def test_the_chapters_of_the_course_all_introduce_something():
    introducing = {file for entry in ENTRIES for _, file in CHAPTER_LINK.findall(entry.definition)}
    assert {path.name for path in CHAPTERS} <= introducing


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
class TestChapter:
    def test_its_links_lead_to_terms(self, path):
        linked = glossary_links(path)
        assert linked and set(linked) <= ANCHORS

    def test_it_uses_links_that_read_well_in_a_notebook(self, path):
        assert "{term}" not in text_of(path)

    def test_it_has_the_words_that_it_is_said_to_introduce(self, path):
        used = words_of("\n".join(cell.source for cell in cells_of(path)))
        missing = [
            entry.name
            for entry in ENTRIES
            if f"({path.name})" in entry.definition
            and not any(words_of(term) <= used for term in entry.terms)
        ]
        assert missing == []
