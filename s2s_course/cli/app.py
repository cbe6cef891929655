"""The application: its commands by name, each imported when it is used.

Most commands need torch, which takes seconds to load. So what ``s2s --help`` says of them stands here too.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from s2s_course import __version__
from s2s_course.cli.errors import check_values, run_plainly
from s2s_course.cli.launched import only_the_first_speaks

GROUPS = {
    "claims": "The claims of the course and their measurements.",
    "exercises": "The exercises of the course.",
    "widgets": "The widgets of the course.",
}
# What is typed, the function that it calls, and the first sentence of that function's docstring.
COMMANDS = {
    "train": (
        "s2s_course.cli.train:train",
        "Train a model and keep the weights that are best on the validation split.",
    ),
    "translate": ("s2s_course.cli.translate:translate", "Translate sentences with a trained model."),
    "evaluate": (
        "s2s_course.cli.translate:evaluate",
        "Score a trained model: BLEU with its signature, exact match, token accuracy, perplexity.",
    ),
    "claims list": (
        "s2s_course.cli.claims:list_claims",
        "Every claim with its verdict; `not measured` where no result is stored.",
    ),
    "claims run": (
        "s2s_course.cli.claims:run_claims",
        "Measure claims. A quick result is stored in the package, for the book to show.",
    ),
    "claims carry": (
        "s2s_course.cli.claims:carry_claims",
        "Keep stored results where the code has changed and the smoke scale gives the same bits as before.",
    ),
    "assign": (
        "s2s_course.cli.assign:make_assignment",
        "Make an assignment of chapters: a notebook to hand out, and what is needed to grade it.",
    ),
    "grade": (
        "s2s_course.cli.grade:grade",
        "Grade submissions in a sandbox: points, a feedback page for each student, a report on the class.",
    ),
    "doctor": (
        "s2s_course.cli.doctor:doctor",
        "Say whether this machine can grade safely, and what to do where it cannot.",
    ),
    "exercises list": (
        "s2s_course.cli.exercises:list_exercises",
        "Every exercise with the misconceptions it can name.",
    ),
    "exercises new": (
        "s2s_course.cli.exercises:new_exercise",
        "Write a private exercise that is complete and can be handed out, for you to change.",
    ),
    "exercises try": (
        "s2s_course.cli.exercises:try_exercise",
        "Say whether a private exercise is in order: its reference passes, each mistake is told as itself.",
    ),
    "widgets list": ("s2s_course.cli.widgets:list_widgets", "Every widget and the chapters it appears in."),
}


class Command(TyperCommand):
    """A command that checks of all its values what holds for every value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        check_values(self.params, ctx.params)
        return rest


class Group(TyperGroup):
    """Commands that are known by name and sentence, until one is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple:
        name, command, rest = super().resolve_command(ctx, args)
        place = getattr(command.callback, "place", None)
        return name, command if place is None else _imported(name, place), rest


class Application(Group):
    """The outermost group: errors that a user can cause become one line (``errors.py``)."""

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **context: Any
    ) -> NoReturn:
        """Run the command that ``args`` ask for, and exit."""
        args = sys.argv[1:] if args is None else list(args)

        def run() -> None:
            with only_the_first_speaks(), self.make_context(prog_name or "s2s", [*args], **context) as ctx:
                self.invoke(ctx)

        sys.exit(run_plainly(run, args))


def _imported(name: str, place: str) -> TyperCommand:
    """The command whose function is at ``place``, "module:function"."""
    module, _, function = place.partition(":")
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name, cls=Command)(getattr(import_module(module), function))
    return typer.main.get_command(alone)


def _in_place_of(place: str) -> Callable[[], None]:
    """What stands in a group for a command that is not imported yet; it is never called."""

    def command() -> None: ...

    command.place = place
    return command


def _show_version(wanted: bool) -> bool:
    if wanted:
        typer.echo(f"s2s {__version__}")
        raise typer.Exit
    return wanted


app = typer.Typer(
    cls=Application,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Train, use and measure the models of the sequence-to-sequence course.",
)


@app.callback()
def course(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Options that stand before a command."""


def _offer_commands() -> None:
    """Put stand-ins for all commands where they are typed."""
    places = {"": app}
    for name, sentence in GROUPS.items():
        places[name] = typer.Typer(no_args_is_help=True, help=sentence)
        app.add_typer(places[name], name=name, cls=Group)
    for typed, (place, sentence) in COMMANDS.items():
        group, _, name = typed.rpartition(" ")
        places[group].command(name, help=sentence)(_in_place_of(place))


_offer_commands()
