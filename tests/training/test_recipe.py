"""What a model is trained with when nothing else is asked for, and how that is replaced."""

import pytest
import torch

from s2s_course.models.registry import MODELS
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.label_smoothing import SmoothedTranslationLoss
from s2s_course.training.recipe import Recipe, recipe_of


def rate_at_first_step(recipe: Recipe, **budget) -> float:
    weight = torch.zeros(1, requires_grad=True)
    optimizer = recipe.optimizer(**{"steps": None, "minutes": None, **budget})([weight], lr=1.0)
    weight.sum().backward()
    optimizer.step()
    return optimizer.param_groups[0]["lr"]


def test_transformers_warm_up_and_are_smoothed_and_recurrent_models_are_not():
    for name in MODELS:
        recipe = recipe_of(name)
        is_transformer = name in ("transformer", "decoder-only", "prefix-lm")
        assert isinstance(recipe.loss_of, SmoothedTranslationLoss) == is_transformer
        assert rate_at_first_step(recipe, steps=10_000) == (1 / 400 if is_transformer else 1)


def test_what_is_given_replaces_what_stands_there():
    recipe = recipe_of("transformer", warm_up=0, label_smoothing=0.0, bfloat16=False, learning_rate=None)
    assert recipe.loss_of == FastTranslationLoss()
    assert recipe.learning_rate == recipe_of("transformer").learning_rate
    assert rate_at_first_step(recipe) == 1
    assert recipe_of("gru", label_smoothing=0.2, bfloat16=True).loss_of == SmoothedTranslationLoss(
        smoothing=0.2, bfloat16=True
    )
    assert rate_at_first_step(recipe_of("gru", warm_up=4), steps=100) == 0.25
    assert rate_at_first_step(recipe_of("gru", warm_up=1), steps=1, minutes=1.0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"warm_up": -1}, "warm_up must be at least 0, got -1"),
        ({"label_smoothing": 1.0}, r"label_smoothing must lie in \[0, 1\), got 1.0"),
    ],
)
def test_bad_values_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        recipe_of("transformer", **choices)


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match=r"model must be one of .*transformer.*, got 'oracle'"):
        recipe_of("oracle")
