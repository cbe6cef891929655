import math

import pytest

from s2s_course.training.history import History


@pytest.mark.parametrize(
    ("losses", "best"),
    [
        ([3.0, 1.0, 2.0], 20),
        ([1.0, 1.0], 10),  # of equals the first
        ([math.nan, 2.0, 1.0], 30),
        ([2.0, math.nan, 3.0], 10),
        ([-math.inf, 2.0], 20),
    ],
)
def test_the_best_step_has_the_lowest_loss_that_is_a_number(losses, best):
    history = History()
    for n, loss in enumerate(losses, 1):
        history.add_validation(10 * n, loss)
    assert history.best_step == best


@pytest.mark.parametrize("losses", [[], [math.nan], [math.inf, math.nan]])
def test_without_a_number_there_is_no_best_step(losses):
    history = History(validation_steps=list(range(len(losses))), validation_losses=losses)
    with pytest.raises(ValueError, match="validation_losses must hold a finite number, got none"):
        _ = history.best_step
