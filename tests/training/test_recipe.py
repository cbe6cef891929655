"""What a model is trained with when nothing else is asked for, and how that is replaced."""

import pytest
import torch

from s2s_course.models.registry import MODELS
from s2s_course.training import recipe as recipes
from s2s_course.training import schedule
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.label_smoothing import SmoothedTranslationLoss
from s2s_course.training.recipe import Recipe, recipe_of
from s2s_course.training.schedule import constant

TRANSFORMERS = ("transformer", "decoder-only", "prefix-lm")


@pytest.mark.parametrize("device", ["cpu", "cuda:1"])
@pytest.mark.parametrize("fast", [True, False])
def test_the_numbers_of_transformers_and_of_recurrent_models(monkeypatch, fast, device):
    """A Transformer is in bfloat16 where its device, and none other, has hardware for it."""
    monkeypatch.setattr(recipes, "has_fast_bfloat16", lambda asked: fast == (asked == device))
    for name in MODELS:
        recipe = recipe_of(name, device=device)
        numbers = recipe.learning_rate, recipe.warm_up, recipe.label_smoothing, recipe.betas
        if name in TRANSFORMERS:
            assert numbers == (1.5e-3, 400, 0.1, (0.9, 0.98))
            assert recipe.bfloat16 is fast
            assert recipe_of(name, device=device, bfloat16=not fast).bfloat16 is not fast
        else:
            assert numbers == (1e-3, 0, 0.0, (0.9, 0.999))
            assert not recipe.bfloat16


def test_transformers_warm_up_and_are_smoothed_and_recurrent_models_are_not():
    for name in MODELS:
        recipe = recipe_of(name, device="cpu", bfloat16=False)
        shares = recipe.schedule(steps=10_000)
        if name in TRANSFORMERS:
            assert recipe.loss_of == SmoothedTranslationLoss(smoothing=0.1)
            assert [shares(step) for step in (1, 400)] == [1 / 400, 1] and shares(10_000) < 0.001
        else:
            assert type(recipe.loss_of) is FastTranslationLoss
            assert shares is constant


def test_what_is_given_replaces_what_stands_there():
    recipe = recipe_of("transformer", device="cpu", warm_up=0, label_smoothing=0.0, bfloat16=False)
    assert recipe.loss_of == FastTranslationLoss()
    assert recipe.learning_rate == recipe_of("transformer", device="cpu").learning_rate
    assert recipe.schedule() is constant
    assert recipe_of(
        "gru", device="cpu", label_smoothing=0.2, bfloat16=True
    ).loss_of == SmoothedTranslationLoss(smoothing=0.2, bfloat16=True)
    assert recipe_of("gru", device="cpu", warm_up=4).schedule(steps=100)(1) == 0.25
    assert recipe_of("gru", device="cpu", warm_up=1).schedule(steps=1, minutes=1.0)(1) == 1


def test_the_schedule_knows_both_budgets(monkeypatch):
    now = 0.0
    monkeypatch.setattr(schedule.time, "monotonic", lambda: now)
    shares = recipe_of("gru", device="cpu", warm_up=1).schedule(steps=100, minutes=1.0)
    shares(1)
    now = 45.0
    assert shares(2) == pytest.approx(0.25)
    assert shares(91) == pytest.approx(0.1)


@pytest.mark.parametrize("betas", [(0.9, 0.98), (0.5, 0.6)])
def test_the_optimizer_is_adam_with_the_betas_of_the_recipe(betas):
    torch.manual_seed(0)
    start = torch.randn(7, dtype=torch.float64)
    mine, theirs = start.clone().requires_grad_(), start.clone().requires_grad_()
    optimizers = (
        Recipe(betas=betas).optimizer([mine], lr=0.1),
        torch.optim.Adam([theirs], lr=0.1, betas=betas),
    )
    assert isinstance(optimizers[0], torch.optim.Adam)
    for _ in range(8):
        for parameter, optimizer in zip((mine, theirs), optimizers, strict=True):
            parameter.grad = None
            (parameter.sin() ** 2).sum().backward()
            optimizer.step()
        assert torch.allclose(mine, theirs, atol=1e-12, rtol=0)
    other = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([other], lr=0.1)
    for _ in range(8):
        other.grad = None
        (other.sin() ** 2).sum().backward()
        optimizer.step()
    assert not torch.allclose(mine, other, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"learning_rate": 0.0}, "learning_rate must be .*0, got 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate must be .*, got nan"),
        ({"warm_up": -1}, "warm_up must be at least 0, got -1"),
        ({"label_smoothing": 1.0}, r"label_smoothing must lie in \[0, 1\), got 1.0"),
    ],
)
def test_bad_values_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        recipe_of("transformer", device="cpu", **choices)


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match=r"model must be one of .*transformer.*, got 'oracle'"):
        recipe_of("oracle", device="cpu")
