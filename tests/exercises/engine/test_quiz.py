"""The quizzes of the chapters: where the right answers stand, and how the texts are written."""

import importlib
import itertools
import re

import pytest

from s2s_course.exercises import quiz
from s2s_course.exercises.engine.registry import all_quizzes
from s2s_course.widgets import Quiz
from s2s_course.widgets.quiz import Question

from ..choices import right

QUIZZES = all_quizzes()
ALL = [question for questions in QUIZZES.values() for question in questions]


def place_of_right(question: Question) -> int:
    [place] = [place for place, choice in enumerate(question.choices) if choice.right]
    return place


def test_the_chapters_of_the_widget_are_those_that_have_a_quiz():
    assert Quiz.chapters == tuple(QUIZZES)


@pytest.mark.parametrize("chapter", range(2, 11))
def test_it_holds_its_chapter_s_questions(chapter):
    module = importlib.import_module(f"s2s_course.exercises.chapter_{chapter:02d}.quiz")
    widget = quiz(chapter)
    assert widget.title == f"Quiz on chapter {chapter}"
    assert [question["text"] for question in widget.questions] == [q.text for q in module.QUESTIONS]
    assert repr(widget) == repr(quiz(chapter))
    assert 5 <= len(widget.questions) <= 6


@pytest.mark.parametrize("chapter", [0, -2, 11, 99])
def test_a_chapter_without_quiz_is_refused(chapter):
    with pytest.raises(
        ValueError, match=f"^chapter must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, got {chapter}$"
    ):
        quiz(chapter)


@pytest.mark.parametrize("questions", QUIZZES.values(), ids=QUIZZES)
def test_neither_place_nor_length_gives_the_right_answer_away(questions):
    places = [place_of_right(question) for question in questions]
    assert len(set(places)) >= 3
    assert all(one != next_one for one, next_one in itertools.pairwise(places))
    longest = [max(len(choice.text) for choice in q.choices) == len(right(q).text) for q in questions]
    assert sum(longest) <= len(questions) / 2


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.text[:30])
def test_texts_are_whole_sentences_and_short(question):
    assert len(question.text) <= 300
    assert question.text.endswith("?")
    for choice in question.choices:
        assert len(choice.text) <= 110 and 30 <= len(choice.why) <= 260
        assert choice.why.endswith((".", ")")) and "  " not in choice.text + choice.why
        for text in (choice.text, choice.why, question.text):
            assert "'" not in text and not re.search(r"(?<!\w)-|-(?!\w)", text), "typographic signs"
