"""How far a run is, from budgets, steps and seconds that are written out by hand."""

import pytest
from torch import nn

from s2s_course.training.budget import Budget
from s2s_course.training.history import History, Progress
from s2s_course.training.pace import Pace


def at(step: int, seconds: float, **known) -> Progress:
    return Progress(nn.Identity(), step, 0, History(seconds=seconds, **known), None, False)


def test_with_steps_the_time_left_is_that_of_the_steps_at_the_speed_so_far():
    pace = Pace(Budget(steps=2000))
    start = pace.standing(at(1, 0.5))
    assert (start.used, start.line) == (1 / 2000, "step 1/2,000"), "one moment has no speed"
    later = pace.standing(at(501, 60.5))  # 60 seconds for 500 steps: 179.88 for 1,499
    assert later.used == 501 / 2000 and later.line == "step 501/2,000, 03:00 left"


def test_with_minutes_the_time_left_is_what_they_leave():
    standing = Pace(Budget(minutes=90.0)).standing(at(7, 60.0))
    assert standing.used == pytest.approx(1 / 90) and standing.line == "step 7, 1:29:00 left"


@pytest.mark.parametrize(("step", "used", "left"), [(101, 0.1, "01:30"), (500, 0.5, "00:10")])
def test_of_two_budgets_the_one_counts_that_ends_first(step, used, left):
    pace = Pace(Budget(steps=1000, minutes=100 / 60))
    pace.standing(at(1, 0.0))
    standing = pace.standing(at(step, 10.0))  # ten seconds of a hundred
    assert standing.used == pytest.approx(used, abs=0.01)
    assert standing.line == f"step {step}/1,000, {left} left"


def test_a_run_that_is_continued_goes_on_where_it_was_at_the_speed_of_today():
    pace = Pace(Budget(steps=2000))
    first = pace.standing(at(1201, 3600.0, losses=[2.0] * 1200))
    assert first.used == pytest.approx(0.6, abs=1e-3) and first.line == "step 1,201/2,000, loss 2.000"
    assert "00:07 left" in pace.standing(at(1301, 3601.0)).line  # a hundred steps a second

    standing = Pace(Budget(minutes=61.0)).standing(at(1201, 3600.0))
    assert standing.used == pytest.approx(60 / 61) and "01:00 left" in standing.line


def test_what_is_over_is_not_more_than_all():
    standing = Pace(Budget(minutes=1.0)).standing(at(9, 61.0))
    assert standing.used == 1.0 and "00:00 left" in standing.line


def test_it_tells_the_smoothed_training_loss_and_the_last_and_the_best_validation_loss():
    def line(**known) -> str:
        return Pace(Budget(steps=90)).standing(at(9, 1.0, **known)).line

    assert line(losses=[50.0, *[1.0, 2.0] * 10]) == "step 9/90, loss 1.500", "of the last 20 steps"
    assert line(validation_steps=[3], validation_losses=[1.25]).endswith(", validation 1.250 (best)")
    worse = line(validation_steps=[3, 6], validation_losses=[1.25, 1.5])
    assert worse.endswith(", validation 1.500, best 1.250")


def test_it_tells_when_the_last_copy_arrived():
    copied = at(9, 1.0, copied="step 7 at 14:02")
    assert Pace(Budget(steps=90)).standing(copied).line.endswith(", copied: step 7 at 14:02")
