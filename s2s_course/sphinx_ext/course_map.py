"""The directive ``course-map``: the chapters by parts, what each mends, and how long it takes.

::

    ```{course-map}
    3 | the gradient vanishes | recalls {measured}`copy-memory-lag:lstm_longest_lag:.0f` steps
    ```

Each line names a chapter, the flaw that it mends, and what was measured. Titles, questions and times come
from the chapters, the parts and their names from ``_toc.yml``.
"""

from collections.abc import Iterable
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.sphinx_ext.chapter_facts import ChapterFacts, depend_on_chapters, find_chapter, read_chapters


class CourseMap(SphinxDirective):
    """Writes a table for each part, and how long all of them take."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        root, toc = Path(self.env.srcdir), Path(self.env.srcdir) / self.config.external_toc_path
        depend_on_chapters(self.env)
        self.env.note_dependency(str(toc))
        try:
            text = map_of_course(self.content, root, parts_of_book(toc))
        except ValueError as error:
            raise self.error(str(error)) from error
        place = nodes.container(classes=["s2s-course-map"])
        place += self.parse_text_to_nodes(text)
        return [place]


def parts_of_book(toc: Path) -> dict[str, list[str]]:
    """The parts of the contents that have chapters: by name, their files without folder and ending."""
    parts = {}
    for part in yaml.safe_load(toc.read_text(encoding="utf-8")).get("parts", ()):
        names = [Path(chapter["file"]).name for chapter in part["chapters"]]
        parts[part["caption"]] = names
    return parts


def map_of_course(lines: Iterable[str], root: Path, parts: dict[str, list[str]]) -> str:
    """The map, as MyST. ValueError for a line of another form, and where a chapter has no line or two."""
    rows = {}
    for line in filter(str.strip, lines):
        number, *texts = (part.strip() for part in line.split("|"))
        facts = find_chapter(root, number)
        if len(texts) != 2 or facts.number in rows:
            raise ValueError(f"each chapter must have one line “number | flaw | measured”, got {line!r}")
        rows[facts.number] = texts
    chapters = read_chapters(root)
    if missing := chapters.keys() - rows.keys():
        raise ValueError(f"the map must have a line for each chapter, and none for {sorted(missing)}")
    shown = [(name, [one for one in chapters.values() if one.name in files]) for name, files in parts.items()]
    tables = [_part(name, inside, rows) for name, inside in shown if inside]
    return "\n".join([*tables, _sums(chapters.values())])


def in_hours(minutes: int) -> str:
    """``1 h 15 min`` from 75."""
    hours, rest = divmod(minutes, 60)
    return " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (rest, "min")) if count)


def _part(name: str, chapters: list[ChapterFacts], rows: dict[int, list[str]]) -> str:
    lines = "".join(
        f"| [{one.number}. {one.title}]({one.name}.ipynb) | {' | '.join(rows[one.number])} "
        f"| {in_hours(one.minutes)} |\n"
        for one in chapters
    )
    head = f"| {name} | mends this flaw | measured here | to read |\n| --- | --- | --- | --- |\n"
    return head + lines


def _sums(chapters: Iterable[ChapterFacts]) -> str:
    reading, exercises = sum(one.minutes for one in chapters), all_exercises()
    practice = sum(exercise.minutes for exercise in exercises)
    return (
        f"All of it takes about {reading / 60:.0f} hours to read, and the {len(exercises)} exercises about "
        f"{practice / 60:.0f} hours more.\n"
    )


def connect(app: Sphinx) -> None:
    app.add_directive("course-map", CourseMap)
