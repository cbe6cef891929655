"""The quizzes at the ends of chapters: one file of questions a chapter."""

from s2s_course.exercises.quizzes import (
    chapter_02,
    chapter_03,
    chapter_04,
    chapter_05,
    chapter_06,
    chapter_07,
    chapter_08,
    chapter_09,
    chapter_10,
)
from s2s_course.widgets.quiz import Question, Quiz

QUIZZES: dict[int, tuple[Question, ...]] = {
    2: chapter_02.QUESTIONS,
    3: chapter_03.QUESTIONS,
    4: chapter_04.QUESTIONS,
    5: chapter_05.QUESTIONS,
    6: chapter_06.QUESTIONS,
    7: chapter_07.QUESTIONS,
    8: chapter_08.QUESTIONS,
    9: chapter_09.QUESTIONS,
    10: chapter_10.QUESTIONS,
}


def quiz(chapter: int) -> Quiz:
    """The quiz of a chapter, ungraded. ValueError with all chapters that have one where there is none."""
    if chapter not in QUIZZES:
        raise ValueError(f"chapter must be one of {', '.join(map(str, QUIZZES))}, got {chapter!r}")
    return Quiz.from_questions(QUIZZES[chapter], title=f"Quiz on chapter {chapter}")
