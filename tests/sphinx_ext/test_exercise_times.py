"""The table of a chapter's exercises, and those of all chapters."""

import re
from html import unescape

import nbformat

from s2s_course.chapters import chapter_paths
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.sphinx_ext.exercise_times import exercise_anchors

from .small_book import build, write_book


def test_it_has_every_exercise_of_the_chapter_and_the_sums(tmp_path):
    html, warnings = build(write_book(tmp_path), "```{exercise-times} 5\n```")
    assert warnings == []
    rows = [re.findall(r"<p>(.*?)</p>", row) for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)]
    ours = [exercise for exercise in all_exercises() if exercise.id.startswith("5.")]
    shown = [[x.id, x.title, x.difficulty, str(x.points), str(x.minutes)] for x in ours]
    assert rows[1:-1] == shown
    assert rows[-1] == ["", "all", "", str(sum(x.points for x in ours)), str(sum(x.minutes for x in ours))]


def test_a_chapter_that_is_not_there_is_an_error_of_the_build(tmp_path):
    _, warnings = build(write_book(tmp_path), "```{exercise-times} 7\n```")
    assert any("chapter must be one of 1, 5, got '7'" in line for line in warnings)


def test_all_exercises_stand_under_their_chapters_with_links_to_their_places(tmp_path):
    folder = write_book(tmp_path)
    path = folder / "book" / "05-fifth.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("### Exercise 5.1: The additive score\n\nText."))
    nbformat.write(notebook, path)
    assert exercise_anchors(path) == {"5.1": "exercise-51-the-additive-score"}
    html, _ = build(folder, "```{all-exercises}\n```")
    titles = re.findall(r"<h2>([^<]*)<", html)
    assert titles == ["1. Title 1", "5. Title 5"]
    for exercise in all_exercises():
        assert (exercise.title in unescape(html)) == (exercise.chapter in (1, 5)), exercise.id
    assert "5.2" in html and "05-fifth" in html


def test_every_exercise_of_the_book_has_a_place_to_link_to():
    places = [number for path in chapter_paths() for number in exercise_anchors(path)]
    assert places == [exercise.id for exercise in all_exercises()]
