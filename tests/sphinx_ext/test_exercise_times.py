"""The table of a chapter's exercises."""

import re

from s2s_course.exercises.engine.registry import all_exercises

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
