"""``quiz``: the quiz at the end of a chapter."""

from s2s_course.exercises.engine.registry import all_quizzes
from s2s_course.widgets.quiz import Quiz


def quiz(chapter: int) -> Quiz:
    """The quiz of a chapter, ungraded. ValueError with all chapters that have one where there is none."""
    quizzes = all_quizzes()
    if chapter not in quizzes:
        raise ValueError(f"chapter must be one of {', '.join(map(str, quizzes))}, got {chapter!r}")
    return Quiz.from_questions(quizzes[chapter], title=f"Quiz on chapter {chapter}")
