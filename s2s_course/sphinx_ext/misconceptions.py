"""The directive ``misconceptions``: the mistakes that the exercises of a chapter name, as learners are told.

``{misconceptions} 5`` takes them from the exercises of chapter 5, so the page has what the checker says. A
name and a message are plain text with code between backquotes; nothing in them is read as Markdown.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.misconception import Misconception
from s2s_course.sphinx_ext.chapter_facts import find_chapter
from s2s_course.sphinx_ext.exercise_times import depend_on_exercises, exercises_of_chapter


class Misconceptions(SphinxDirective):
    """Writes a title and a list for each exercise."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        try:
            chapter = find_chapter(Path(self.env.srcdir), self.arguments[0])
            exercises = exercises_of_chapter(chapter.number)
        except ValueError as error:
            raise self.error(str(error)) from error
        depend_on_exercises(self.env, exercises)
        return [node for exercise in exercises for node in _of_exercise(exercise)]


def _of_exercise(exercise: Exercise) -> list[nodes.Node]:
    title = f"{exercise.id} {exercise.title}"
    entries = [_entry(one) for one in exercise.misconceptions]
    classes = ["s2s-misconceptions"]
    return [nodes.rubric("", title), nodes.definition_list("", *entries, classes=classes)]


def _entry(misconception: Misconception) -> nodes.definition_list_item:
    term = nodes.term("", "", *_text(misconception.name))
    message = nodes.paragraph("", "", *_text(misconception.message))
    return nodes.definition_list_item("", term, nodes.definition("", message))


def _text(text: str) -> list[nodes.Node]:
    """Plain text, and what stands between backquotes as code."""
    parts = re.split(r"`([^`]+)`", text)
    return [
        nodes.literal("", part) if place % 2 else nodes.Text(part) for place, part in enumerate(parts) if part
    ]


def connect(app: Sphinx) -> None:
    app.add_directive("misconceptions", Misconceptions)
