"""Options of the command line that are fields of a dataclass."""

from dataclasses import dataclass, fields
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from s2s_course.cli.options import with_options
from s2s_course.cli.train import train
from s2s_course.models.registry import config_classes
from s2s_course.training.recipe import Recipe


@dataclass
class Sizes:
    hidden: int = 3  # without a help text: no option
    width: Annotated[int, "How wide."] = 5
    deep: Annotated[bool, "How deep.", "--deep/--flat"] = True


@dataclass
class Wishes:
    rate: Annotated[float, "How fast."] = 0.5


app = typer.Typer()


@app.command()
@with_options(sizes=[Sizes], wishes=[Wishes])
def show(name: str, *, sizes: dict, wishes: dict) -> None:
    typer.echo(f"{name} {sizes} {wishes}")


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ([], "a {} {}"),
        (["--width", "7", "--rate", "0"], "a {'width': 7} {'rate': 0.0}"),
        (["--flat"], "a {'deep': False} {}"),
        (["--deep"], "a {'deep': True} {}"),
    ],
)
def test_a_command_gets_what_was_given_and_nothing_else(arguments, printed):
    assert CliRunner().invoke(app, ["a", *arguments]).output.strip() == printed


def test_a_field_without_a_help_text_is_no_option_and_types_are_checked():
    for arguments in (["--hidden", "1"], ["--width", "wide"]):
        result = CliRunner().invoke(app, ["a", *arguments])
        assert result.exit_code == 2 and "Traceback" not in result.output + result.stderr


def test_help_texts_are_those_of_the_fields():
    text = CliRunner().invoke(app, ["--help"]).output
    assert "How wide." in text and "How deep." in text and "--flat" in text


def test_what_train_offers_is_a_field_of_every_kind_of_model_that_has_it():
    """A help text that stands at one kind only would be an option that others have in silence."""
    offered = {name for name in train.__annotations__}
    of_models = {field.name for cls in config_classes() for field in fields(cls)}  # a recipe's are its advice
    for cls, options in (*((cls, offered) for cls in config_classes()), (Recipe, offered - of_models)):
        for field in fields(cls):
            told = hasattr(cls.__dataclass_fields__[field.name].type, "__metadata__")
            assert told == (field.name in options), f"{cls.__name__}.{field.name}"
