"""The table of a course: what each session adds up to, and names that are not there."""

import re

import pytest

from s2s_course.exercises.engine.registry import all_exercises, find_exercise
from s2s_course.exercises.projects.run import PROJECTS
from s2s_course.sphinx_ext.course_plan import plan_table, read_session

from .small_book import build, write_book


@pytest.fixture
def root(tmp_path):
    return write_book(tmp_path)


def test_a_session_adds_up_what_is_done_in_it(root):
    session = read_session("Monday | class 1 5 | read 1 5 | exercises 5.1 5.2 | project 2 | a walk", root)
    exercises = find_exercise("5.1"), find_exercise("5.2")
    assert (session.in_class, session.reading) == (100, 105)
    assert session.practice == sum(each.minutes for each in exercises) + PROJECTS[2].minutes
    assert session.points == sum(each.points for each in exercises) + PROJECTS[2].points
    assert session.done[-1] == "a walk" and session.name == "Monday"


def test_a_star_is_all_of_a_chapter(root):
    session = read_session("Monday | exercises 5.*", root)
    assert session.exercises == [each for each in all_exercises() if each.id.startswith("5.")]
    assert session.done == ["exercises all of chapter 5"]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("read 7", "chapter must be one of 1, 5, got '7'"),
        ("class x", "chapter must be one of 1, 5, got 'x'"),
        ("exercises 5.99", "exercise_id must be one of .*, got '5.99'"),
        ("exercises x.*", r"exercises must name some of 1\.\*.*, got 'x\.\*'"),
        ("project 9", "project must be one of 1, 2, 3, got '9'"),
    ],
)
def test_what_is_not_there_is_refused_by_name(root, part, message):
    with pytest.raises(ValueError, match=message):
        read_session(f"Monday | {part}", root)


def test_the_last_row_has_the_sums(root):
    sessions = [read_session(f"Day {n} | class 1 | read 1", root) for n in range(3)]
    assert (
        plan_table(sessions).splitlines()[-1].startswith("| all | 2.5 hours in class; 1.5 hours of reading;")
    )
    assert "| 150 | 90 |" in plan_table(sessions).splitlines()[-1]


def test_the_page_links_chapters_and_guides(root):
    html, warnings = build(root, "```{course-plan}\nMonday | class 5 | read 5 | exercises 5.1\n\n```")
    assert warnings == []
    assert re.search(r'href="05-fifth\.html"', html) and re.search(r'href="teaching/guide-05\.html"', html)
    assert "exercises 5.1" in html
