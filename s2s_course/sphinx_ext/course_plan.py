"""The directive ``course-plan``: a table of sessions whose minutes and points are added up.

::

    ```{course-plan}
    Monday | class 1 | read 1 2 | exercises 1.1 2.1 | and a look at the widgets
    Friday | class 3 | exercises 3.* | project 1
    ```

Each line is a session: its name, and what is done in it. ``class`` takes minutes from the guides for
instructors, ``read`` from the first cells of chapters, ``exercises`` and ``project`` from the exercises;
``3.*`` are all of chapter 3. Whatever begins otherwise is shown as it stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import all_exercises, find_exercise
from s2s_course.exercises.projects.run import PROJECTS
from s2s_course.sphinx_ext.chapter_facts import depend_on_chapters, find_chapter
from s2s_course.sphinx_ext.exercise_times import depend_on_exercises, exercises_of_chapter
from s2s_course.sphinx_ext.guide_minutes import guide_path, minutes_in_class


@dataclass
class Session:
    """One row: minutes in class, of reading, of exercises and projects, and the points of both."""

    name: str
    done: list[str] = field(default_factory=list)  # phrases, as MyST
    in_class: int = 0
    reading: int = 0
    practice: int = 0
    points: int = 0
    exercises: list[Exercise] = field(default_factory=list)


class CoursePlan(SphinxDirective):
    """Writes the table."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        depend_on_chapters(self.env)
        try:
            sessions = [read_session(line, root) for line in self.content if line.strip()]
        except ValueError as error:
            raise self.error(str(error)) from error
        for path in guide_path(root, 1).parent.glob("guide-*.md"):
            self.env.note_dependency(str(path))
        for session in sessions:
            depend_on_exercises(self.env, session.exercises)
        return self.parse_text_to_nodes(plan_table(sessions))


def read_session(line: str, root: Path) -> Session:
    """The session that a line names; ValueError for a chapter, an exercise or a project that is not there."""
    name, *parts = (part.strip() for part in line.split("|"))
    session = Session(name)
    for part in parts:
        kind, *what = part.split()
        if kind in _KINDS:
            for one in what:
                _KINDS[kind](session, one, root)
            session.done.append(_phrase(kind, what, root))
        else:
            session.done.append(part)
    return session


def plan_table(sessions: Sequence[Session]) -> str:
    """All sessions and a last row with the sums, as MyST."""
    rows = [_row(one.name, "; ".join(one.done), one) for one in sessions]
    sums = Session("all")
    for one in sessions:
        for what in ("in_class", "reading", "practice", "points"):
            setattr(sums, what, getattr(sums, what) + getattr(one, what))
    hours = "; ".join(
        f"{minutes / 60:.1f} hours {how}"
        for how, minutes in (
            ("in class", sums.in_class),
            ("of reading", sums.reading),
            ("of work", sums.practice),
        )
    )
    head = "| session | what | in class | reading | exercises | points |\n"
    head += "| --- | --- | ---: | ---: | ---: | ---: |\n"
    return head + "".join([*rows, _row("all", hours, sums)])


def _row(name: str, what: str, session: Session) -> str:
    numbers = (session.in_class, session.reading, session.practice, session.points)
    return f"| {name} | {what} | {' | '.join(str(number or '') for number in numbers)} |\n"


def _class(session: Session, number: str, root: Path) -> None:
    session.in_class += minutes_in_class(root, find_chapter(root, number).number)


def _read(session: Session, number: str, root: Path) -> None:
    session.reading += find_chapter(root, number).minutes


def _exercises(session: Session, name: str, root: Path) -> None:
    for exercise in _named(name):
        session.exercises.append(exercise)
        session.practice += exercise.minutes
        session.points += exercise.points


def _project(session: Session, number: str, root: Path) -> None:
    if not number.isdecimal() or int(number) not in PROJECTS:
        raise ValueError(f"project must be one of {', '.join(map(str, PROJECTS))}, got {number!r}")
    session.practice += PROJECTS[int(number)].minutes
    session.points += PROJECTS[int(number)].points


_KINDS: dict[str, Callable[[Session, str, Path], None]] = {
    "class": _class,
    "read": _read,
    "exercises": _exercises,
    "project": _project,
}


def _named(name: str) -> Sequence[Exercise]:
    chapter, _, number = name.partition(".")
    if number != "*":
        return (find_exercise(name),)
    if not chapter.isdecimal():
        known = ", ".join(dict.fromkeys(f"{exercise.chapter}.*" for exercise in all_exercises()))
        raise ValueError(f"exercises must name some of {known}, got {name!r}")
    return exercises_of_chapter(int(chapter))


def _phrase(kind: str, what: Sequence[str], root: Path) -> str:
    if kind == "read":
        return "read " + ", ".join(
            _link(f"chapter {number}", find_chapter(root, number).name) for number in what
        )
    if kind == "class":
        return "class on " + ", ".join(_link(number, f"teaching/guide-{int(number):02d}") for number in what)
    if kind == "exercises":
        return "exercises " + ", ".join(
            f"all of chapter {name.partition('.')[0]}" if name.endswith("*") else name for name in what
        )
    return f"project {', '.join(what)}"


def _link(text: str, page: str) -> str:
    return f"{{doc}}`{text} </book/{page}>`"


def connect(app: Sphinx) -> None:
    app.add_directive("course-plan", CoursePlan)
