"""The exercises of a chapter, what they are worth, how long they take: two directives.

``exercise-times`` writes the table of one chapter, for its guide; ``all-exercises`` those of all chapters,
each exercise with a link to the place where it stands.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import nbformat
from docutils import nodes
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.sphinx_ext.chapter_facts import depend_on_chapters, find_chapter, read_chapters


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


class AllExercises(SphinxDirective):
    """Writes a heading and a table for each chapter."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        depend_on_chapters(self.env)
        depend_on_exercises(self.env, all_exercises())
        parts = []
        for facts in read_chapters(root).values():
            places = exercise_anchors(root / "book" / f"{facts.name}.ipynb")
            table = _table(
                exercises_of_chapter(facts.number),
                {number: f"[{number}]({facts.name}.ipynb#{anchor})" for number, anchor in places.items()},
            )
            parts.append(f"## {facts.number}. {facts.title}\n\n{table}")
        return self.parse_text_to_nodes("\n".join(parts), allow_section_headings=True)


def exercise_anchors(path: Path) -> dict[str, str]:
    """Where each exercise of the chapter at ``path`` stands: by id, the anchor of its heading."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    headings = re.findall(r"^### (Exercise (\d+\.\d+).*)$", text, re.MULTILINE)
    return {number: default_slugify(heading) for heading, number in headings}


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


def _table(exercises: Sequence[Exercise], links: Mapping[str, str] = MappingProxyType({})) -> str:
    rows = "".join(
        f"| {links.get(one.id, one.id)} | {one.title} | {one.difficulty} | {one.points} | {one.minutes} |\n"
        for one in exercises
    )
    points, minutes = (sum(getattr(one, what) for one in exercises) for what in ("points", "minutes"))
    return (
        "| number | exercise | difficulty | points | minutes |\n| --- | --- | --- | ---: | ---: |\n"
        f"{rows}|  | all |  | {points} | {minutes} |\n"
    )


def connect(app: Sphinx) -> None:
    app.add_directive("exercise-times", ExerciseTimes)
    app.add_directive("all-exercises", AllExercises)
