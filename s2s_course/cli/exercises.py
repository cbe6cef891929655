"""The commands on exercises: list those of the course, begin and try one of one's own."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from s2s_course.atomic import write_atomically
from s2s_course.cli.errors import UsageError
from s2s_course.cli.output import JsonOption, print_json, print_table
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.grading.assignment import check_title
from s2s_course.grading.exercise_template import exercise_file
from s2s_course.grading.private import check_exercise, read_exercises


def list_exercises(as_json: JsonOption = False) -> None:
    """Every exercise with the misconceptions it can name."""
    rows = [
        {
            "id": exercise.id,
            "chapter": exercise.chapter,
            "title": exercise.title,
            "points": exercise.points,
            "difficulty": exercise.difficulty,
            "minutes": exercise.minutes,
            "misconceptions": [misconception.name for misconception in exercise.misconceptions],
        }
        for exercise in all_exercises()
    ]
    print_json(rows) if as_json else print_table(rows)


def new_exercise(
    file: Annotated[Path, typer.Argument(help="File to write, such as exercises/masked_mean.py.")],
    exercise_id: Annotated[
        str, typer.Option("--id", help="Chapter and number that no exercise has yet, such as 5.90.")
    ],
    title: Annotated[
        str, typer.Option("--title", help="What the exercise is called.")
    ] = "The mean of real tokens",
    function: Annotated[
        str | None,
        typer.Option("--function", help="Name of the function to write. Default: that of the file."),
    ] = None,
) -> None:
    """Write a private exercise that is complete and can be handed out, for you to change.

    Its comments say what each part is for. It is never written over a file that is there.
    """
    if os.path.lexists(file):
        raise UsageError(f"{file} exists; name another file")
    text = exercise_file(
        exercise_id,
        title=check_title(title, "--title"),
        function=function or file.stem,
        file=file.name,
    )
    with tempfile.TemporaryDirectory() as folder:  # it is in order, or nothing is written
        draft = Path(folder) / file.name
        draft.write_text(text, encoding="utf-8")
        try:
            [exercise] = read_exercises([draft])
            check_exercise(exercise, draft)
        except ValueError as error:
            raise UsageError(str(error).replace(str(draft), str(file))) from None
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, text.encode())
    typer.echo(f"{file} holds exercise {exercise_id}, ready to be changed. Then: s2s exercises try {file}")


def try_exercise(file: Annotated[Path, typer.Argument(help="File that defines EXERCISE.")]) -> None:
    """Say whether a private exercise is in order: its reference passes, each mistake is told as itself."""
    [exercise] = read_exercises([file])
    check_exercise(exercise, file)
    typer.echo(
        f"Exercise {exercise.id}, {exercise.title}, is in order: its cell is unattempted as it comes, the "
        f"reference passes on all cases ({len(exercise.cases)}), and each mistake "
        f"({len(exercise.misconceptions)}) is told as itself."
    )
