"""The Python half of Quiz; tests/browser/test_quiz.py drives the other half."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from s2s_course.widgets import CourseWidget, Quiz
from s2s_course.widgets.quiz import Choice, Question

WRONG = Choice("a list", right=False, why="It has a fixed size.")
RIGHT = Choice("`H` numbers", right=True, why="Always `H`.")
OTHER = Choice("one number", right=False, why="It is a vector.")
QUESTION = Question("What is hₜ?", (WRONG, RIGHT, OTHER))


def test_everything_travels_as_json_in_the_order_written():
    widget = Quiz.from_questions((QUESTION, replace(QUESTION, text="And cₜ?")), title="Two questions")
    names = set(Quiz.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    assert state == {
        "title": "Two questions",
        "questions": [
            {
                "text": text,
                "choices": [
                    {"text": "a list", "right": False, "why": "It has a fixed size."},
                    {"text": "`H` numbers", "right": True, "why": "Always `H`."},
                    {"text": "one number", "right": False, "why": "It is a vector."},
                ],
            }
            for text in ("What is hₜ?", "And cₜ?")
        ],
    }
    assert widget.questions == state["questions"], "what is kept is what JSON gives back: lists, no tuples"


def test_the_text_alternative_says_what_is_asked_and_not_what_is_right():
    widget = Quiz.from_questions([QUESTION, replace(QUESTION, text="And cₜ?")])
    assert repr(widget) == "Quiz(title='Quiz', 2 questions: (1) What is hₜ? (2) And cₜ?)"
    bundle, _ = widget._repr_mimebundle_()
    assert bundle["text/plain"] == repr(widget)


def test_questions_cannot_be_changed():
    for thing in (QUESTION, RIGHT):
        with pytest.raises(FrozenInstanceError):
            thing.text = "changed"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Quiz.from_questions([]), "questions must hold at least one question, got none"),
        (lambda: replace(QUESTION, text=" "), "text must not be empty, got ' '"),
        (lambda: replace(RIGHT, text=""), "text must not be empty, got ''"),
        (lambda: replace(RIGHT, why="\n"), "why must not be empty"),
        (lambda: replace(QUESTION, text="`h"), "text must close every backtick it opens, got '`h'"),
        (lambda: replace(WRONG, why="`a` and `b"), "why must close every backtick it opens"),
        (lambda: replace(QUESTION, choices=(RIGHT, WRONG)), "choices must be three or four, got 2"),
        (lambda: Question("?", (RIGHT, WRONG) * 3), "choices must be three or four, got 6"),
        (
            lambda: replace(QUESTION, choices=(WRONG, OTHER, replace(OTHER, text="no", why="no"))),
            "choices must have exactly one right answer, got 0",
        ),
        (
            lambda: replace(QUESTION, choices=(RIGHT, OTHER, replace(RIGHT, text="yes", why="yes"))),
            "choices must have exactly one right answer, got 2",
        ),
        (
            lambda: replace(QUESTION, choices=(RIGHT, WRONG, replace(OTHER, text="a list"))),
            "choices must differ in text, got two that are the same",
        ),
        (
            lambda: replace(QUESTION, choices=(RIGHT, WRONG, replace(OTHER, why="It has a fixed size."))),
            "choices must differ in why, got two that are the same",
        ),
    ],
)
def test_a_bad_question_is_refused_with_one_sentence(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
