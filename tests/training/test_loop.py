import itertools
import math
from contextlib import contextmanager

import pytest
import torch
from torch import nn

from s2s_course.data.batch import BucketedBatches, collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.seeds import python_random
from s2s_course.training import loop
from s2s_course.training.budget import Budget
from s2s_course.training.history import History
from s2s_course.training.loop import fit, training_loop
from s2s_course.training.objectives import translation_loss
from s2s_course.training.schedule import WarmUpAndDecay, constant
from s2s_course.training.step import train_step
from s2s_course.training.validation import Validation, mean_loss

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
    validation = Validation([collate(copy_pairs(9, seed=1))], every=3)
    _, history = train(steps=7, validation=validation, callbacks=[heard.append])
    assert [progress.step for progress in heard] == list(range(1, 8))
    assert all(progress.history is history for progress in heard)
    assert [p.step for p in heard if p.validation_loss is not None] == history.validation_steps == [3, 6, 7]
    assert len(history.losses) == len(history.gradient_norms) == 7 and min(history.gradient_norms) > 0


def test_early_stopping_puts_the_best_weights_back():
    # the learning rate is absurd, so that the loss on validation soon grows
    held_out = [collate(copy_pairs(20, seed=1))]
    validation = Validation(held_out, every=2, patience=3)
    model, history = train(steps=400, learning_rate=1.0, validation=validation)
    assert history.ended_by == "patience"
    assert len(history.losses) == history.validation_steps[-1] == history.best_step + 3 * 2 < 400
    assert mean_loss(model, held_out) == pytest.approx(min(history.validation_losses))


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


def test_a_spent_budget_is_named_before_patience():
    validation = Validation([collate(copy_pairs(20, seed=1))], every=2, patience=1)
    stopped = train(steps=400, learning_rate=1.0, validation=validation)[1]
    assert stopped.ended_by == "patience"
    history = train(steps=len(stopped.losses), learning_rate=1.0, validation=validation)[1]
    assert history.ended_by == "steps" and history.losses == stopped.losses


def test_an_interrupt_puts_the_best_weights_back():
    held_out, weights = [collate(copy_pairs(20, seed=1))], []

    def interrupt(progress):
        if progress.is_best:
            weights.append(next(progress.model.parameters()).clone())
        if progress.step == 3:
            raise KeyboardInterrupt

    model, history = train(validation=Validation(held_out, every=2), callbacks=[interrupt])
    assert history.ended_by == "interrupt" and history.validation_steps == [2]
    [kept] = weights
    assert torch.equal(next(model.parameters()), kept)


def test_a_model_in_evaluation_mode_is_trained_with_dropout():
    losses = {}
    for dropout in (0.0, 0.5):
        for training in (True, False):
            config = model_config("gru", src_vocab_size=12, tgt_vocab_size=12, dropout=dropout)
            model = build_model("gru", config, seed=0).train(training)
            batches = BucketedBatches(copy_pairs(100), max_tokens=240)
            losses[dropout, training] = fit(model, batches, steps=2, progress_bar=False).losses
            assert model.training
    assert losses[0.5, True] == losses[0.5, False] != losses[0.0, True] == losses[0.0, False]


def test_without_choices_it_is_adam_at_a_thousandth_with_gradients_of_length_1():
    """Adam's first step is as long as the rate in every direction; descent's shows the clipped gradient."""
    for optimizer, size in ((None, lambda change: change.abs().max()), (torch.optim.SGD, torch.Tensor.norm)):
        model = nn.Linear(3, 1)
        before = model.weight.detach().clone()
        chosen = {"optimizer": optimizer} if optimizer else {}
        fit(
            model, BucketedBatches([([4], [5])], max_tokens=8), steps=1, progress_bar=False, **chosen,
            loss_of=lambda model, batch: 1_000 * model.weight.sum(),
        )  # fmt: skip
        assert size(model.weight.detach() - before).item() == pytest.approx(1e-3, rel=1e-2)


def test_the_bar_moves_with_every_step(monkeypatch):
    moved = []

    @contextmanager
    def bar(budget, *, shown):
        moved.append((budget, shown))
        yield lambda progress: moved.append(progress.step)

    monkeypatch.setattr(loop, "moving_bar", bar)
    train(steps=3, progress_bar=True)
    train(steps=1, progress_bar=False)
    assert moved == [(Budget(steps=3), True), 1, 2, 3, (Budget(steps=1), False), 1]


def test_validation_is_of_the_loss_that_is_trained():
    held_out = [collate(copy_pairs(20, seed=1))]

    def loss_of(model, batch):
        return translation_loss(model, batch) + 100

    model, history = train(steps=2, loss_of=loss_of, validation=Validation(held_out))
    assert history.validation_losses == [mean_loss(model, held_out, loss_of=loss_of)]
    assert history.validation_losses[0] > 100


def test_validation_does_not_change_the_training():
    validation = Validation([collate(copy_pairs(20, seed=1))], every=3)
    assert train(validation=validation)[1].losses == train()[1].losses


def test_the_history_counts_targets_and_time():
    seen = []

    def loss_of(model, batch):
        seen.append(batch.num_targets)
        return translation_loss(model, batch)

    _, history = train(steps=7, loss_of=loss_of)
    assert history.targets == sum(seen) and len(seen) == 7
    assert history.seconds > 0 and history.validation_steps == history.validation_losses == []


def test_the_rate_is_set_before_every_step_and_the_schedule_asked_once():
    asked, taken = [], []

    def schedule(step):
        asked.append(step)
        return 1 / step

    class SGD(torch.optim.SGD):
        def step(self, *arguments):
            taken.append(self.param_groups[0]["lr"])
            return super().step(*arguments)

    train(steps=5, optimizer=SGD, schedule=schedule, learning_rate=0.3)
    assert asked == [1, 2, 3, 4, 5]
    assert taken == [0.3 * (1 / step) for step in asked]


def test_a_schedule_with_an_end_brings_the_rate_down():
    schedule = WarmUpAndDecay(2, steps=8)
    rates = []

    class Adam(torch.optim.Adam):
        def step(self, *arguments):
            rates.append(self.param_groups[0]["lr"])
            return super().step(*arguments)

    train(steps=8, optimizer=Adam, schedule=schedule, learning_rate=0.5)
    assert rates == pytest.approx([0.25, 0.5, *(0.5 * left / 7 for left in (6, 5, 4, 3, 2, 1))])


def test_the_loop_is_train_step_over_the_epochs():
    """By hand: the same model, batches and optimizer, and the same numbers to the last bit."""
    batches = BucketedBatches(copy_pairs(100), max_tokens=120)
    mine, theirs = (build_model("gru", CONFIG, seed=0) for _ in range(2))
    optimizers = [torch.optim.Adam(model.parameters(), lr=0.01) for model in (mine, theirs)]
    taken = training_loop(mine, batches, optimizers[0], 0.01, constant, translation_loss, 1.0)
    by_hand = [
        (epoch, batch.num_targets, *train_step(theirs, batch, optimizers[1], translation_loss, 1.0))
        for epoch in range(2)
        for batch in batches.epoch(epoch)
    ]
    assert len(by_hand) > 4
    for number, expected in enumerate(by_hand, start=1):
        assert next(taken) == (number, *expected)
    assert all(isinstance(each, torch.Tensor) for each in expected[2:]), "left on the device"


def test_a_loss_on_validation_data_that_is_not_finite_ends_training_with_the_best_weights():
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 1.0)
    batch, seen, best = collate(copy_pairs(1)), [], []
    losses = iter([3.0, 2.0, math.nan])

    class OneBatch:
        def epoch(self, number):
            return [batch]

    def loss_of(model, _):
        if torch.is_grad_enabled():
            return model.weight.sum()
        seen.append(model.weight.item())
        return torch.tensor(next(losses))

    with pytest.raises(FloatingPointError, match="loss on validation data is not finite at step 3"):
        fit(
            model, OneBatch(), steps=9, learning_rate=0.5, progress_bar=False, loss_of=loss_of,
            validation=Validation([batch], every=1), callbacks=[lambda p: best.append(p.is_best)],
        )  # fmt: skip
    assert len(set(seen)) == 3 and best == [True, True]
    assert model.weight.item() == seen[1]


def test_a_gradient_that_is_not_finite_is_named_and_the_model_is_what_it_was():
    """Step 3 is noticed a while later, when the numbers are read; without a measurement nothing is best."""
    model = nn.Linear(1, 1, bias=False)
    before, factors = model.weight.item(), iter([1.0, 1.0, math.nan, 1.0, 1.0, 1.0])

    class OneBatch:
        def epoch(self, number):
            return itertools.repeat(collate(copy_pairs(1)))

    with pytest.raises(FloatingPointError, match="gradient is not finite at step 3: lower learning_rate"):
        fit(
            model, OneBatch(), steps=6, progress_bar=False,
            loss_of=lambda model, batch: model.weight.sum() * next(factors),
        )  # fmt: skip
    assert model.weight.item() == before


def test_what_the_device_computes_is_read_now_and_then_and_always_before_it_is_needed(monkeypatch):
    taken, read = [], History.read

    def reading(history):
        before = len(history.losses)
        read(history)
        taken.append(len(history.losses) - before)

    monkeypatch.setattr(History, "read", reading)
    now = itertools.count()
    monkeypatch.setattr(loop.time, "monotonic", lambda: next(now) / 10)
    _, history = train(steps=15, validation=Validation([collate(copy_pairs(9, seed=1))], every=13))
    assert taken == [5, 5, 3, 2, 0], "every half second, before each measurement, and at the end"
    assert len(history.losses) == 15


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
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"minutes": -1.0}, "minutes must be more than 0, got -1.0"),
        ({"learning_rate": 0.0}, "learning_rate must be more than 0"),
        ({"learning_rate": math.inf}, "learning_rate must be finite, got inf"),
        ({"clip_norm": math.nan}, "clip_norm must be more than 0, got nan"),
        ({"seed": -3}, "seed must be 0 or more"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        train(**options)
