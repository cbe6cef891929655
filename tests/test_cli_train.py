"""What ``s2s train`` asks of ``fit``."""

import importlib
from dataclasses import replace

import pytest
import torch
from typer.testing import CliRunner

from s2s_course.cli import app
from s2s_course.cli import recipe as recipe_module
from s2s_course.training import recipe as recipes
from s2s_course.training.checkpoint import load_checkpoint
from s2s_course.training.history import History
from s2s_course.training.label_smoothing import SmoothedTranslationLoss

pytestmark = pytest.mark.usefixtures("small_grammar")


def asked_of_fit(monkeypatch, tmp_path, *options, steps=50):
    """What the command asks of ``fit``, which is interrupted before its first step."""
    asked = {}

    def fit(model, batches, **choices):
        asked.update(choices)
        return History(ended_by="interrupt")

    monkeypatch.setattr(importlib.import_module("s2s_course.cli.train"), "fit", fit)
    budget = [] if steps is None else ["--steps", steps]
    options = [*budget, *options, "--out", tmp_path / "out"]
    result = CliRunner().invoke(app, ["train", *map(str, options)])
    assert result.exit_code == 2, result.output + result.stderr
    assert "interrupted before its first step" in result.stderr
    return asked


def test_training_follows_the_recipe_of_the_model(monkeypatch, tmp_path):
    sizes = ("--model", "transformer", "--d-model", 8, "--num-heads", 2, "--d-ff", 8, "--num-layers", 1)
    asked = asked_of_fit(monkeypatch, tmp_path, *sizes, "--no-bf16", "--warm-up", 20)
    assert asked["learning_rate"] == 1.5e-3
    assert asked["loss_of"] == SmoothedTranslationLoss(smoothing=0.1)
    assert [asked["schedule"](step) for step in (1, 20, 51)] == [1 / 20, 1, 0]
    weight = torch.zeros(1, requires_grad=True)
    assert asked["optimizer"]([weight], lr=1.0).defaults["betas"] == (0.9, 0.98)


def test_training_does_what_its_options_say(monkeypatch, tmp_path):
    asked = asked_of_fit(
        monkeypatch, tmp_path, "--hidden-size", 8, "--minutes", 2.5, "--seed", 7, "--learning-rate", 0.25,
        "--validate-every", 9, "--patience", 4, "--warm-up", 0,
    )  # fmt: skip
    assert (asked["steps"], asked["minutes"], asked["seed"]) == (50, 2.5, 7)
    assert asked["learning_rate"] == 0.25 and asked["schedule"](1) == asked["schedule"](50) == 1
    assert (asked["validation"].every, asked["validation"].patience) == (9, 4)
    assert sum(map(len, asked["validation"].batches)) == 500


SMALL = (
    "--model",
    "transformer",
    "--d-model",
    8,
    "--num-heads",
    2,
    "--d-ff",
    8,
    "--num-layers",
    1,
    "--no-bf16",
)


def at_speed(monkeypatch, speed):
    """Let the machine be found to read ``speed`` target tokens a second; how often it was asked."""
    asked = []

    def found(model, batches, recipe, *, seconds):
        asked.append(seconds)
        return speed

    monkeypatch.setattr(recipe_module, "target_tokens_per_s", found)
    return asked


def told_by(*options):
    result = CliRunner().invoke(app, ["train", *map(str, [*SMALL, *options])])
    assert result.exit_code == 0, result.output + result.stderr
    return result.stdout


@pytest.mark.parametrize(("speed", "warm_up", "every"), [(1e4, 600, 600), (500.0, 30, 100), (3.0, 0, 100)])
def test_minutes_become_tokens_at_the_speed_that_was_measured(monkeypatch, tmp_path, speed, warm_up, every):
    """20 minutes at 10,000 target tokens a second are 6,000 batches of 2,000."""
    asked_speed = at_speed(monkeypatch, speed)
    options = ("--minutes", 20, "--max-tokens", 2000)
    asked = asked_of_fit(monkeypatch, tmp_path, *SMALL, *options, steps=None)
    assert asked_speed == [3.0]
    assert getattr(asked["schedule"], "warm_up", 0) == warm_up and asked["validation"].every == every


def test_of_steps_and_minutes_the_smaller_budget_counts(monkeypatch, tmp_path):
    at_speed(monkeypatch, 1e4)
    options = ("--minutes", 20, "--max-tokens", 2000)
    asked = asked_of_fit(monkeypatch, tmp_path, *SMALL, *options, steps=500)
    assert asked["schedule"].warm_up == 50


def test_steps_need_no_measurement(monkeypatch, tmp_path):
    asked_speed = at_speed(monkeypatch, 1e4)
    assert asked_of_fit(monkeypatch, tmp_path, *SMALL, steps=500)["schedule"].warm_up == 50
    assert asked_speed == []


def test_a_run_that_goes_on_follows_the_recipe_that_it_was_begun_with(monkeypatch, tmp_path):
    options = ("--minutes", 0.05, "--out", tmp_path / "out")
    at_speed(monkeypatch, 100_000.0)
    begun = told_by(*options)
    assert "recipe at 100,000 target tokens a second: batches of " in begun
    [line] = [line for line in begun.splitlines() if line.startswith("recipe")]
    asked_speed = at_speed(monkeypatch, 7.0)
    [again] = [line for line in told_by(*options).splitlines() if line.startswith("recipe")]
    assert asked_speed == [] and again == line.replace(" at 100,000 target tokens a second", "")
    [fresh] = [line for line in told_by(*options, "--fresh").splitlines() if line.startswith("recipe")]
    assert len(asked_speed) == 1 and "at 7 target tokens a second" in fresh and fresh != line


def test_batches_are_never_smaller_than_the_longest_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(recipes, "TRANSFORMER", replace(recipes.TRANSFORMER, max_tokens=2))
    assert "recipe: batches of 12 target tokens; " in told_by("--steps", 1, "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("speed", "options", "told", "dropout"),
    [
        (1e3, (), "batches of 1,000 target tokens; rate 0.002;", 0.0),
        (1e9, (), "batches of 2,000 target tokens; rate 0.0015 after", 0.1),
        (1e3, ("--dropout", 0.3), "batches of 1,000 target tokens; rate 0.002;", 0.3),
        (
            1e3,
            ("--max-tokens", 77, "--learning-rate", 0.5),
            "batches of 77 target tokens; rate 0.5 after 1 step, 0 at",
            0.0,
        ),
    ],
)
def test_batch_rate_and_dropout_follow_from_the_speed(monkeypatch, tmp_path, speed, options, told, dropout):
    at_speed(monkeypatch, speed)
    command = ("--minutes", 0.01, *options, "--out", tmp_path / "out")
    assert told in told_by(*command)
    assert load_checkpoint(tmp_path / "out")[0].model.config.dropout == dropout
    told_by(*command)  # a run that goes on has the same, or it would be refused
