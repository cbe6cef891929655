"""The directive ``exercise-times``: the exercises of a chapter, what they are worth, how long they take."""

import sys
from collections.abc import Sequence
from pathlib import Path

from docutils import nodes
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.sphinx_ext.chapter_facts import find_chapter


class ExerciseTimes(SphinxDirective):
    """``{exercise-times} 5`` writes the table for chapter 5."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        try:
            chapter = find_chapter(Path(self.env.srcdir), self.arguments[0])
            exercises = exercises_of_chapter(chapter.number)
        except ValueError as error:
            raise self.error(str(error)) from error
        depend_on_exercises(self.env, exercises)
        return self.parse_text_to_nodes(_table(exercises))


def exercises_of_chapter(number: int) -> tuple[Exercise, ...]:
    """In order; ValueError where the chapter has none."""
    found = tuple(exercise for exercise in all_exercises() if exercise.chapter == number)
    if not found:
        raise ValueError(f"chapter {number} has no exercises")
    return found


def depend_on_exercises(env: BuildEnvironment, exercises: Sequence[Exercise]) -> None:
    """The page is read again when the file of an exercise changes."""
    for exercise in exercises:
        env.note_dependency(sys.modules[exercise.reference.__module__].__file__)


def _table(exercises: Sequence[Exercise]) -> str:
    rows = "".join(
        f"| {one.id} | {one.title} | {one.difficulty} | {one.points} | {one.minutes} |\n" for one in exercises
    )
    points, minutes = (sum(getattr(one, what) for one in exercises) for what in ("points", "minutes"))
    return (
        "| number | exercise | difficulty | points | minutes |\n| --- | --- | --- | ---: | ---: |\n"
        f"{rows}|  | all |  | {points} | {minutes} |\n"
    )
