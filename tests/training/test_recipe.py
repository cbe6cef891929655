"""What a model is trained with when nothing else is asked for, and how that is replaced."""

from dataclasses import replace

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
    """Products are in bfloat16 where the device of the training, and none other, has hardware for it."""
    monkeypatch.setattr(recipes, "has_fast_bfloat16", lambda asked: fast == (asked == device))
    for name in MODELS:
        recipe = recipe_of(name, device=device, tokens=1e7)
        numbers = recipe.learning_rate, recipe.label_smoothing, recipe.betas
        rate, dropout = (1.5e-3, None) if name in TRANSFORMERS else (2e-3, 0.1)
        assert numbers == (rate, 0.1, (0.9, 0.98)) and recipe.dropout == dropout
        assert recipe.bfloat16 is fast
        asked = recipe_of(name, device=device, tokens=1e7, bfloat16=not fast)
        assert asked.bfloat16 is not fast


def test_of_two_budgets_the_smaller_one_counts():
    for budget in ({"steps": 300}, {"steps": 300, "tokens": 1e9}, {"steps": 10**6, "tokens": 300 * 2000}):
        assert recipe_of("transformer", device="cpu", max_tokens=2_000, **budget).warm_up == 30
    with pytest.raises(ValueError, match="steps or tokens must be given"):
        recipe_of("transformer", device="cpu")


def test_with_a_small_budget_a_transformer_takes_small_batches_a_higher_rate_and_no_dropout():
    few, many = (recipe_of("transformer", device="cpu", tokens=tokens) for tokens in (2.4e6, 2.6e6))
    assert (few.max_tokens, few.learning_rate, few.warm_up, few.dropout) == (1_000, 2e-3, 240, 0.0)
    assert (many.max_tokens, many.learning_rate, many.warm_up, many.dropout) == (2_000, 1.5e-3, 130, None)
    assert few.betas == many.betas and few.label_smoothing == many.label_smoothing
    assert recipe_of("transformer", device="cpu", steps=10).max_tokens == 2_000


def test_with_a_small_budget_a_recurrent_model_takes_small_batches_and_the_rest_stays():
    few, many = (recipe_of("luong-dot", device="cpu", tokens=tokens) for tokens in (2.4e6, 2.6e6))
    assert (few.max_tokens, few.warm_up) == (1_000, 240) and (many.max_tokens, many.warm_up) == (2_000, 130)
    same = {"max_tokens": 1, "warm_up": 0, "validate_every": 1}
    assert replace(few, **same) == replace(many, **same)
    assert recipe_of("luong-dot", device="cpu", steps=10).max_tokens == 2_000


def test_a_batch_has_room_for_the_longest_row_unless_its_size_is_given():
    assert recipe_of("gru", device="cpu", steps=1, longest=9_999).max_tokens == 9_999
    assert recipe_of("gru", device="cpu", steps=1, longest=9).max_tokens > 9
    assert recipe_of("gru", device="cpu", steps=1, longest=9, max_tokens=7).max_tokens == 7


@pytest.mark.parametrize(
    ("tokens", "warm_up", "every"),
    [(2e6, 100, 100), (2e7, 1000, 1000), (4e4, 2, 100), (9_000, 0, 100), (1, 0, 100), (3.01e6, 150, 151)],
)
def test_warm_up_and_validation_are_shares_of_the_steps_that_the_budget_has_room_for(tokens, warm_up, every):
    recipe = recipe_of("transformer", device="cpu", tokens=tokens, max_tokens=2_000)
    assert (recipe.warm_up, recipe.validate_every) == (warm_up, every)
    halved = recipe_of("transformer", device="cpu", tokens=tokens / 2, max_tokens=1_000)
    assert halved.warm_up == warm_up and halved.validate_every == max(every, 200)


def test_what_is_given_replaces_what_stands_there():
    recipe = recipe_of(
        "transformer", device="cpu", tokens=1e6, warm_up=0, label_smoothing=0.0, bfloat16=False, max_tokens=7
    )
    assert recipe.loss_of == FastTranslationLoss() and recipe.max_tokens == 7
    assert recipe.learning_rate == recipe_of("transformer", device="cpu", tokens=1e6).learning_rate
    assert recipe.schedule() is constant
    other = recipe_of("gru", device="cpu", tokens=1e6, label_smoothing=0.2, bfloat16=True, validate_every=9)
    assert other.loss_of == SmoothedTranslationLoss(smoothing=0.2, bfloat16=True)
    assert other.validate_every == 9
    assert recipe_of("gru", device="cpu", tokens=1e6, warm_up=4).schedule(steps=100)(1) == 0.25
    assert recipe_of("gru", device="cpu", tokens=1e6, warm_up=1).schedule(steps=1, minutes=1.0)(1) == 1


def test_the_schedule_knows_both_budgets(monkeypatch):
    now = 0.0
    monkeypatch.setattr(schedule.time, "monotonic", lambda: now)
    shares = recipe_of("gru", device="cpu", tokens=1e6, warm_up=1).schedule(steps=100, minutes=1.0)
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
        ({"max_tokens": 0}, "max_tokens must be at least 1, got 0"),
        ({"validate_every": 0}, "validate_every must be at least 1, got 0"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"tokens": 0.0}, "tokens must be .*0, got 0"),
        ({"tokens": float("nan")}, "tokens must be .*, got nan"),
        ({"label_smoothing": 1.0}, r"label_smoothing must lie in \[0, 1\), got 1.0"),
    ],
)
def test_bad_values_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        recipe_of("transformer", device="cpu", **{"tokens": 1e6, **choices})


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match=r"model must be one of .*transformer.*, got 'oracle'"):
        recipe_of("oracle", device="cpu", tokens=1e6)
