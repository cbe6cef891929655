"""The choices of a question."""

from s2s_course.widgets.quiz import Choice, Question


def right(question: Question) -> Choice:
    [choice] = [choice for choice in question.choices if choice.right]
    return choice


def find(question: Question, start: str) -> Choice:
    """The one choice that begins so."""
    [choice] = [choice for choice in question.choices if choice.text.startswith(start)]
    return choice
