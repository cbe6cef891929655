"""What ``s2s train`` asks of ``fit``."""

import importlib

import pytest
import torch
from typer.testing import CliRunner

from s2s_course.cli import app
from s2s_course.training.history import History
from s2s_course.training.label_smoothing import SmoothedTranslationLoss

pytestmark = pytest.mark.usefixtures("small_grammar")


def asked_of_fit(monkeypatch, tmp_path, *options):
    """What the command asks of ``fit``, which is interrupted before its first step."""
    asked = {}

    def fit(model, batches, **choices):
        asked.update(choices)
        return History(ended_by="interrupt")

    monkeypatch.setattr(importlib.import_module("s2s_course.cli.train"), "fit", fit)
    options = ["--steps", 50, *options, "--out", tmp_path / "out"]
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
        "--validate-every", 9, "--patience", 4,
    )  # fmt: skip
    assert (asked["steps"], asked["minutes"], asked["seed"]) == (50, 2.5, 7)
    assert asked["learning_rate"] == 0.25 and asked["schedule"](1) == asked["schedule"](50) == 1
    assert (asked["validation"].every, asked["validation"].patience) == (9, 4)
    assert sum(map(len, asked["validation"].batches)) == 500
