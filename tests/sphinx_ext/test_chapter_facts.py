"""What is read from the first cell of a chapter, and the directive ``chapter-goals``."""

import nbformat
import pytest

from s2s_course.chapters import ROOT, chapter_paths
from s2s_course.sphinx_ext.chapter_facts import find_chapter, read_chapters

from .small_book import build, write_book


def test_a_first_cell_gives_all_of_them(tmp_path):
    facts = find_chapter(write_book(tmp_path), "5")
    assert (facts.number, facts.name, facts.title, facts.minutes) == (5, "05-fifth", "Title 5", 75)
    assert facts.question == "Why do we need a mask in Title 5?"
    assert facts.goals == "- say what a mask is;\n- write $h_t$ by hand."
    assert (facts.run, facts.needs) == ("one minute", "chapter 1.")


def test_every_chapter_of_the_book_has_them():
    chapters = read_chapters(ROOT)
    assert list(chapters) == list(range(1, len(chapter_paths()) + 1))
    for facts in chapters.values():
        assert 10 <= facts.minutes <= 180 and facts.goals.count("\n- ") >= 3 and "](" not in facts.goals


def test_a_first_cell_without_time_is_refused_by_name(tmp_path):
    write_book(tmp_path)
    path = tmp_path / "book" / "05-fifth.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 5. Title")]), path)
    with pytest.raises(
        ValueError, match=r"first cell of 05-fifth\.ipynb must give title, question, goals, time"
    ):
        read_chapters(tmp_path)


@pytest.mark.parametrize("argument", ["2", "five", "-5", ""])
def test_a_chapter_that_is_not_there(tmp_path, argument):
    with pytest.raises(ValueError, match=rf"chapter must be one of 1, 5, got '{argument}'"):
        find_chapter(write_book(tmp_path), argument)


def test_the_page_has_goals_needs_and_time(tmp_path):
    html, warnings = build(write_book(tmp_path), "```{chapter-goals} 5\n```")
    assert warnings == []
    assert "<li><p>say what a mask is;</p></li>" in html
    assert "chapter 1." in html and "75 minutes to read and one minute to run." in html
    assert 'href="05-fifth.html"' in html
