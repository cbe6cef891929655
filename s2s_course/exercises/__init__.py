"""Layer 6: exercises that say which mistake an answer looks like.

Read engine/exercise.py and engine/misconception.py, then a chapter's exercises, such as
chapter_05/additive_score.py, then engine/checker.py; the other files of the engine serve the checker.
projects/ puts a learner's functions into models of the course, and progress_table.py shows how far one is.
"""

from s2s_course.exercises.engine.checker import check
from s2s_course.exercises.engine.example import try_example
from s2s_course.exercises.engine.quiz import quiz
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.exercises.engine.result import NotRight
from s2s_course.exercises.progress_table import progress
from s2s_course.exercises.projects.run import run_project

__all__ = ["NotRight", "all_exercises", "check", "progress", "quiz", "run_project", "try_example"]
