"""What all commands share: the application, options, plain errors and two ways to print."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from s2s_course.data.corpora import CorpusError
from s2s_course.training.checkpoint import CheckpointError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Train, use and measure the models of the sequence-to-sequence course.",
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


class UsageError(Exception):
    """The user asked for something that cannot be done; the message says what and why."""


def plain_errors(command: Callable) -> Callable:
    """Turn the errors a user can cause into one line on standard error and exit code 2."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (UsageError, ValueError, FloatingPointError, CorpusError, CheckpointError, OSError) as error:
            typer.echo(f"s2s: {error}", err=True)
            raise typer.Exit(2) from None

    return wrapper


def print_json(document: Any) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1))


def print_table(rows: list[dict[str, Any]]) -> None:
    """Columns under their names, separated by two spaces."""

    def text(value: Any) -> str:
        if isinstance(value, float):
            return f"{value:.4g}"
        return ", ".join(map(text, value)) if isinstance(value, list) else str(value)

    if not rows:
        return
    cells = [list(rows[0])] + [[text(value) for value in row.values()] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    for row in cells:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
