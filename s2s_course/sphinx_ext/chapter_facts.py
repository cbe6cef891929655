"""What a chapter says of itself in its first cell, for pages that must say the same.

The directive ``{chapter-goals} 5`` lists the goals of chapter 5, how long it takes, and what it needs.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from s2s_course.chapters import chapter_paths

_FIRST_CELL = re.compile(
    r"# \d+\. (?P<title>[^\n]+)\n\n\*\*The question:\*\* (?P<question>[^\n]+\?)\n\n"
    r"\*\*After this chapter you can\*\*\n\n(?P<goals>- .*?)\n\n"
    r"\*\*Time:\*\* about (?P<minutes>\d+) minutes to read, (?P<run>[^.]+) to run\. "
    r"\*\*You need:\*\* (?P<needs>.+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class ChapterFacts:
    """The first cell of a chapter; all texts are its Markdown, without links."""

    number: int
    name: str  # of the file, without its ending
    title: str
    question: str
    goals: str
    minutes: int  # to read
    run: str
    needs: str


def read_chapters(root: Path) -> dict[int, ChapterFacts]:
    """The chapters of the book in ``root`` by number; ValueError for one whose first cell says less."""
    return {facts.number: facts for facts in map(_read, chapter_paths(root))}


def find_chapter(root: Path, argument: str) -> ChapterFacts:
    """The chapter that a directive names; ValueError with all numbers where there is none."""
    chapters = read_chapters(root)
    if not argument.isdecimal() or int(argument) not in chapters:
        known = ", ".join(map(str, chapters))
        raise ValueError(f"chapter must be one of {known}, got {argument!r}")
    return chapters[int(argument)]


def depend_on_chapters(env: BuildEnvironment) -> None:
    """The page is read again when a chapter changes."""
    for path in chapter_paths(Path(env.srcdir)):
        env.note_dependency(str(path))


class ChapterGoals(SphinxDirective):
    """Writes them."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        depend_on_chapters(self.env)
        try:
            facts = find_chapter(Path(self.env.srcdir), self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from error
        return self.parse_text_to_nodes(
            f"After {{doc}}`chapter {facts.number} </book/{facts.name}>` they can\n\n{facts.goals}\n\n"
            f"**They need** {facts.needs} **It takes** about {facts.minutes} minutes to read and {facts.run} "
            "to run."
        )


def _read(path: Path) -> ChapterFacts:
    first = nbformat.read(path, as_version=4).cells[0].source
    found = _FIRST_CELL.match(first)
    if found is None:
        raise ValueError(
            f"the first cell of {path.name} must give title, question, goals, time and what is needed"
        )
    return ChapterFacts(
        number=int(path.name[:2]),
        name=path.stem,
        title=found["title"],
        question=_without_links(found["question"]),
        goals=_without_links(found["goals"]),
        minutes=int(found["minutes"]),
        run=found["run"],
        needs=_without_links(found["needs"]).strip(),
    )


def _without_links(text: str) -> str:
    """A link of a chapter would lead elsewhere from another folder."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)


def connect(app: Sphinx) -> None:
    app.add_directive("chapter-goals", ChapterGoals)
