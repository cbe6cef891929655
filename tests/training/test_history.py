import math

import pytest
import torch

from s2s_course.training.history import READ_EVERY, History


@pytest.mark.parametrize(("losses", "best"), [([3.0, 1.0, 2.0], 20), ([1.0, 1.0], 10), ([2.0, 2.5, 1.0], 30)])
def test_the_best_step_has_the_lowest_loss_and_of_equals_is_the_first(losses, best):
    history = History()
    for n, loss in enumerate(losses, 1):
        history.add_validation(10 * n, loss)
    assert history.best_step == best


def test_without_a_measurement_there_is_no_best_step():
    with pytest.raises(ValueError, match="validation_losses must hold a number, got none"):
        _ = History().best_step


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_measurement_that_is_not_finite_is_refused(loss):
    history = History()
    with pytest.raises(FloatingPointError, match="loss on validation data is not finite at step 7"):
        history.add_validation(7, loss)
    assert history.validation_steps == history.validation_losses == []


def test_steps_are_read_together_and_in_their_order():
    history = History()
    for n in range(1, 8):
        history.add_step(torch.tensor(n / 8), torch.tensor(10.0 * n), n, READ_EVERY * n / 5)
        assert len(history.losses) == len(history.gradient_norms) == (0 if n < 5 else 5)
    assert history.targets == 28 and history.seconds == READ_EVERY * 7 / 5
    history.read()
    assert history.losses == [n / 8 for n in range(1, 8)]
    assert history.gradient_norms == [10.0 * n for n in range(1, 8)]
    history.read()
    assert len(history.losses) == 7


def test_the_step_whose_gradient_was_not_finite_is_named():
    history = History(losses=[1.0], gradient_norms=[1.0])
    for norm in (1.0, math.inf, math.nan):
        history.add_step(torch.tensor(1.0), torch.tensor(norm), 1, 0.0)
    with pytest.raises(FloatingPointError, match="gradient is not finite at step 3: lower learning_rate"):
        history.read()


def test_what_is_not_read_yet_is_no_part_of_what_is_known():
    read, waiting = History(), History()
    waiting.add_step(torch.tensor(1.0), torch.tensor(2.0), 0, 0.0)
    assert read == waiting and "tensor" not in repr(waiting)
    waiting.read()
    assert read != waiting and "losses=[1.0]" in repr(waiting)
    late = History()
    late.add_step(torch.tensor(1.0), torch.tensor(2.0), 0, 0.0)
    late.seconds = 5.0
    late.read()
    late.seconds = 0.0
    assert late == waiting, "when it was read does not matter"
