"""``progress``: a table of what a learner has passed, tried and asked for."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.record import Record, load
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.exercises.projects.project import Project
from s2s_course.exercises.projects.run import PROJECTS


@dataclass(frozen=True)
class Row:
    """One line of the table: a chapter, the projects, or everything. Points count for what has passed."""

    name: str
    tasks: int
    passed: int
    attempts: int
    hints: int
    points: int
    most_points: int

    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            f"{self.passed} of {self.tasks}",
            str(self.attempts),
            str(self.hints),
            f"{self.points} of {self.most_points}",
        )


@dataclass(frozen=True, repr=False)
class Progress:
    """The table that ``progress`` shows, as text and as HTML; ``note`` says why there is none."""

    rows: tuple[Row, ...] = ()
    note: str = ""

    HEAD = ("chapter", "passed", "attempts", "hints", "points")

    def __repr__(self) -> str:
        if self.note:
            return self.note
        table = [self.HEAD, *(row.cells() for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table
        )

    def _repr_html_(self) -> str:
        if self.note:
            return f"<p>{html.escape(self.note)}</p>"
        head = "".join(f'<th scope="col">{cell}</th>' for cell in self.HEAD)
        body = "".join(
            f'<tr><th scope="row">{row.name}</th>'
            + "".join(f"<td>{cell}</td>" for cell in row.cells()[1:])
            + "</tr>"
            for row in self.rows
        )
        return f'<table class="s2s-progress"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def progress() -> Progress:
    """How far you are: a table by chapter, from the file ``s2s-progress.json`` beside the notebook."""
    try:
        records = load()
    except ValueError as error:
        return Progress(note=f"Your progress cannot be shown: {error}")
    chapters = groupby(all_exercises(), key=lambda exercise: exercise.chapter)
    rows = [_row(str(chapter), list(exercises), records) for chapter, exercises in chapters]
    rows.append(_row("projects", list(PROJECTS.values()), records))
    return Progress((*rows, _row("all", [*all_exercises(), *PROJECTS.values()], records)))


def _row(name: str, tasks: Sequence[Exercise | Project], records: dict[str, Record]) -> Row:
    known = [(task, records.get(task.id, Record())) for task in tasks]
    return Row(
        name=name,
        tasks=len(known),
        passed=sum(one.passed for _, one in known),
        attempts=sum(one.attempts for _, one in known),
        hints=sum(one.hints for _, one in known),
        points=sum(task.points for task, one in known if one.passed),
        most_points=sum(task.points for task, _ in known),
    )
