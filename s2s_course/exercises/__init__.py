"""Layer 6: exercises that say which mistake an answer looks like.

Read exercise.py, then a chapter's exercises, then checker.py; the other files serve the checker.
"""

from s2s_course.exercises.checker import check
from s2s_course.exercises.quizzes import quiz
from s2s_course.exercises.registry import all_exercises

__all__ = ["all_exercises", "check", "quiz"]
