"""The commands that list what the course has, and measure its claims."""

from dataclasses import asdict
from typing import Annotated

import torch
import typer

from s2s_course.claims import ledger
from s2s_course.claims.carry import carry
from s2s_course.claims.claim import SEEDS
from s2s_course.claims.registry import CLAIMS, find_claim
from s2s_course.cli.app import JsonOption, UsageError, app, plain_errors, print_json, print_table
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.widgets import WIDGETS

claims_app = typer.Typer(no_args_is_help=True, help="The claims of the course and their measurements.")
exercises_app = typer.Typer(no_args_is_help=True, help="The exercises of the course.")
widgets_app = typer.Typer(no_args_is_help=True, help="The widgets of the course.")
app.add_typer(claims_app, name="claims")
app.add_typer(exercises_app, name="exercises")
app.add_typer(widgets_app, name="widgets")


@claims_app.command("list")
@plain_errors
def list_claims(as_json: JsonOption = False) -> None:
    """Every claim with its verdict; `not measured` where no result is stored."""
    rows = []
    for claim in CLAIMS.values():
        measured = ledger.stored(claim.id)
        rows.append(
            {
                "id": claim.id,
                "chapter": claim.chapter,
                "statement": claim.statement,
                "source": claim.source,
                "verdict": measured.verdict if measured else "not measured",
                "values": measured.values if measured else {},
            }
        )
    if as_json:
        print_json(rows)
    else:
        print_table([{name: row[name] for name in ("id", "chapter", "verdict", "statement")} for row in rows])


@claims_app.command("run")
@plain_errors
def run_claims(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Claims to measure; all when none is given.")
    ] = None,
    scale: Annotated[
        str, typer.Option(help="smoke (seconds), quick (minutes; stored) or full (a GPU).")
    ] = "quick",
    as_json: JsonOption = False,
) -> None:
    """Measure claims. A quick result is stored in the package, for the book to show."""
    if scale not in SEEDS:
        raise UsageError(f"--scale must be one of {', '.join(SEEDS)}, got {scale!r}")
    torch.set_num_threads(1)  # so that a result can be made again to the last bit
    results = []
    for claim in [find_claim(claim_id) for claim_id in ids] if ids else CLAIMS.values():
        measured = ledger.run_claim(claim, scale)
        if scale == "quick":
            ledger.store(measured)
        results.append(asdict(measured))
        if not as_json:
            typer.echo(f"{claim.id}: {measured.verdict} ({scale}, {measured.seconds:.0f} s)")
            print_table([{"value": name, "per seed": values} for name, values in measured.values.items()])
    if as_json:
        print_json(results)


@claims_app.command("carry")
@plain_errors
def carry_claims(
    ids: Annotated[list[str] | None, typer.Argument(help="Claims to carry; all when none is given.")] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", help="The older version, a commit or a folder; else each result's commit."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Keep stored results where the code has changed and the smoke scale gives the same bits as before.

    Takes minutes for all claims. Exit code 1 if some are to be measured again.
    """
    claims = [find_claim(claim_id) for claim_id in ids] if ids else [*CLAIMS.values()]
    outcomes = [asdict(outcome) for outcome in carry(claims, source)]
    print_json(outcomes) if as_json else print_table(outcomes)
    if any(outcome["outcome"] == "measure again" for outcome in outcomes):
        raise typer.Exit(1)


@exercises_app.command("list")
@plain_errors
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


@widgets_app.command("list")
@plain_errors
def list_widgets(as_json: JsonOption = False) -> None:
    """Every widget and the chapters it appears in."""
    rows = [{"name": widget.__name__, "chapters": list(widget.chapters)} for widget in WIDGETS]
    print_json(rows) if as_json else print_table(rows)
