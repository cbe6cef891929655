import math

import pytest
import torch
from torch import nn

from s2s_course.data.batch import BucketedBatches, collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.seeds import python_random
from s2s_course.training.loop import fit, mean_loss
from s2s_course.training.objectives import translation_loss

CONFIG = model_config("gru", src_vocab_size=12, tgt_vocab_size=12, embed_size=16, hidden_size=32)


def copy_pairs(count, seed=0):
    random = python_random(seed, "copy")
    sentences = [[random.randrange(4, 12) for _ in range(random.randint(1, 3))] for _ in range(count)]
    return [(s, s) for s in sentences]


def train(**options):
    model = build_model("gru", CONFIG, seed=0)
    options = {"steps": 20, "progress_bar": False, "learning_rate": 0.01, **options}
    return model, fit(model, BucketedBatches(copy_pairs(1000), max_tokens=240), **options)


def test_it_learns_to_copy():
    model, history = train(steps=300)
    assert history.losses[0] > 2.0
    assert mean_loss(model, [collate(copy_pairs(50, seed=1))]) < 0.1
    assert history.ended_by == "steps" and len(history.losses) == 300


def test_the_same_seed_gives_the_same_run_whatever_was_drawn_before():
    first = train()[1].losses
    torch.rand(17)
    assert train()[1].losses == first


def test_a_step_is_adam_on_the_clipped_gradient():
    batch = collate(copy_pairs(5))

    class OneBatch:
        def epoch(self, number):
            return [batch]

    model, twin = build_model("gru", CONFIG, seed=0), build_model("gru", CONFIG, seed=0)
    fit(model, OneBatch(), steps=1, clip_norm=0.01, learning_rate=0.1, progress_bar=False)
    translation_loss(twin, batch).backward()
    norm = math.sqrt(sum(weight.grad.pow(2).sum().item() for weight in twin.parameters()))
    for weight, trained in zip(twin.parameters(), model.parameters(), strict=True):
        gradient = weight.grad * 0.01 / (norm + 1e-6)
        expected = weight - 0.1 * gradient / (gradient.abs() + 1e-8)  # the first step of Adam in closed form
        assert torch.allclose(trained, expected, atol=1e-5)


def test_another_optimizer_and_no_clipping():
    """One step of plain gradient descent, in closed form."""
    batch = collate(copy_pairs(5))

    class OneBatch:
        def epoch(self, number):
            return [batch]

    model, twin = build_model("gru", CONFIG, seed=0), build_model("gru", CONFIG, seed=0)
    options = dict(optimizer=torch.optim.SGD, learning_rate=0.5, clip_norm=math.inf, progress_bar=False)
    fit(model, OneBatch(), steps=1, **options)
    (translation_loss(twin, batch)).backward()
    for weight, trained in zip(twin.parameters(), model.parameters(), strict=True):
        assert torch.allclose(trained, weight - 0.5 * weight.grad, atol=1e-6)


def test_callbacks_hear_of_every_step():
    heard = []
    validation = [collate(copy_pairs(9, seed=1))]
    _, history = train(steps=7, validation=validation, validate_every=3, callbacks=[heard.append])
    assert [progress.step for progress in heard] == list(range(1, 8))
    assert [progress.loss for progress in heard] == history.losses
    assert [p.step for p in heard if p.validation_loss is not None] == history.validation_steps == [3, 6, 7]
    assert all(progress.gradient_norm > 0 for progress in heard)


def test_early_stopping_puts_the_best_weights_back():
    # the learning rate is absurd, so that the loss on validation soon grows
    validation = [collate(copy_pairs(20, seed=1))]
    model, history = train(steps=400, learning_rate=1.0, validation=validation, validate_every=2, patience=3)
    assert history.ended_by == "patience"
    assert history.measurements_since_best == 3
    assert len(history.losses) < 400
    assert mean_loss(model, validation) == pytest.approx(min(history.validation_losses))


def test_minutes_bound_the_time():
    _, history = train(steps=None, minutes=0.005)
    assert history.ended_by == "minutes"
    assert 0.3 <= history.seconds < 5


def test_an_interrupt_ends_training_like_a_spent_budget():
    def interrupt(progress):
        if progress.step == 4:
            raise KeyboardInterrupt

    _, history = train(callbacks=[interrupt])
    assert history.ended_by == "interrupt" and len(history.losses) == 4


def test_mean_loss_weighs_batches_by_their_tokens():
    model = build_model("gru", CONFIG, seed=0)
    pairs = sorted(copy_pairs(30), key=lambda pair: len(pair[0]))
    split = [collate(pairs[:3]), collate(pairs[3:])]
    assert mean_loss(model, split) == pytest.approx(mean_loss(model, [collate(pairs)]), abs=1e-5)


def test_mean_loss_is_taken_without_dropout():
    config = model_config("gru", src_vocab_size=12, tgt_vocab_size=12, dropout=0.5)
    model = build_model("gru", config, seed=0).train()
    batches = [collate(copy_pairs(10))]
    assert mean_loss(model, batches) == mean_loss(model, batches)
    assert model.training


def test_a_loss_that_is_not_finite_is_named():
    with pytest.raises(FloatingPointError, match="not finite at step 1: lower learning_rate"):
        train(loss_of=lambda model, batch: translation_loss(model, batch) * math.nan)


def test_any_model_and_loss_will_do():
    class Counting:
        def epoch(self, number):
            return [collate([([4], [5])])]

    model = nn.Linear(1, 1)
    history = fit(
        model, Counting(), steps=200, learning_rate=0.1, progress_bar=False,
        loss_of=lambda model, batch: (model(torch.ones(1, 1)) - 3).pow(2).sum(),
    )  # fmt: skip
    assert history.losses[-1] < 0.01


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": None}, "steps or minutes must be given"),
        ({"steps": 0}, "steps must be more than 0, got 0"),
        ({"minutes": -1.0}, "minutes must be more than 0, got -1.0"),
        ({"learning_rate": 0.0}, "learning_rate must be more than 0"),
        ({"clip_norm": math.nan}, "clip_norm must be more than 0, got nan"),
        ({"validate_every": 0}, "validate_every must be more than 0"),
        ({"patience": 0}, "patience must be more than 0"),
        ({"seed": -3}, "seed must be 0 or more"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        train(**options)
