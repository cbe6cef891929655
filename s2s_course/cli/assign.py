"""The command that makes an assignment of exercises."""

from pathlib import Path
from typing import Annotated

import typer

from s2s_course.cli.arguments import check_folder
from s2s_course.cli.errors import UsageError
from s2s_course.cli.output import print_table
from s2s_course.grading.assign import GRADESCOPE, NBGRADER, assign, check_place
from s2s_course.grading.assignment import INSTRUCTOR, STUDENT, check_due, check_name, check_title
from s2s_course.grading.harmless import number


def make_assignment(
    out: Annotated[
        Path, typer.Option("--out", help="Folder to make: student/ to hand out, instructor/ to keep.")
    ],
    chapters: Annotated[list[str] | None, typer.Argument(help="Numbers of chapters, such as 05.")] = None,
    only: Annotated[
        str | None, typer.Option("--only", help="Exercises to take, such as 5.1,5.3. Default: all.")
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option("--points", help="CSV file with the columns exercise,points. Others keep theirs."),
    ] = None,
    exercises: Annotated[
        Path | None,
        typer.Option(
            "--exercises", help="Folder of private exercises; `s2s exercises new` writes a first one."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the assignment in files. Default: the chapter's.")
    ] = None,
    title: Annotated[
        str | None,
        typer.Option("--title", help="What the notebook is headed with. Default: the chapter's title."),
    ] = None,
    due: Annotated[
        str | None,
        typer.Option("--due", help="Date, time and offset from UTC, such as 2027-01-15T23:59+01:00."),
    ] = None,
    nbgrader: Annotated[
        bool, typer.Option("--nbgrader", help="Add nbgrader's metadata, and write its source version.")
    ] = False,
    gradescope: Annotated[
        bool, typer.Option("--gradescope", help="Write the autograder that Gradescope takes as a zip file.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an assignment that is at --out, with a new secret seed.")
    ] = False,
) -> None:
    """Make an assignment of chapters: a notebook to hand out, and what is needed to grade it.

    The notebooks in OUT/student have empty cells and checks, and hold no solution and no secret.
    OUT/instructor is yours alone: it holds the seed that `s2s grade` draws inputs from, and your private
    exercises.
    """
    try:
        check_place(out, force=force)
    except FileExistsError as error:
        raise UsageError(f"--out {error}") from None
    check_folder(out)
    try:
        made = assign(
            [_chapter(text) for text in chapters or ()],
            out,
            only=_ids(only) if only is not None else (),
            points=points,
            exercises=exercises,
            name=None if name is None else check_name(name, "--name"),
            title=None if title is None else check_title(title, "--title"),
            due=None if due is None else check_due(due, "--due"),
            nbgrader=nbgrader,
            gradescope=gradescope,
            force=force,
        )
    except FileExistsError as error:  # somebody made it meanwhile
        raise UsageError(f"--out {error}") from None
    print_table(
        [
            {"exercise": each.id, "title": each.title, "points": number(made.points[each.id])}
            for each in made.exercises
        ]
    )
    typer.echo(f"\nTo hand out: {', '.join(str(out / STUDENT / file) for file in made.notebooks)}.")
    typer.echo(f"To keep for yourself: {out / INSTRUCTOR}. It holds the secret seed.")
    if nbgrader:
        typer.echo(f"nbgrader's source version: {out / NBGRADER / made.name}.")
    if gradescope:
        typer.echo(f"Gradescope's autograder: {out / GRADESCOPE}. Its README says what to expect.")
    typer.echo(f"When answers are in: s2s grade SUBMISSIONS --assignment {out} --out FOLDER")


def _chapter(text: str) -> int:
    digits = text.isascii() and text.isdigit() and len(text) <= 4
    if not digits:
        raise UsageError(f"CHAPTERS must be numbers of chapters, such as 05, got {text!r}")
    return int(text)


def _ids(text: str) -> list[str]:
    ids = [part.strip() for part in text.split(",") if part.strip()]
    if not ids:
        raise UsageError(f"--only must name exercises, such as 5.1,5.3, got {text!r}")
    return ids
