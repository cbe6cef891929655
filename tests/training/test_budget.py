import math

import pytest
from unchecked import unchecked

from s2s_course.training.budget import Budget


def test_steps_are_spent_with_the_last_one():
    budget = Budget(steps=3)
    assert [budget.spent(step, 1e9) for step in (1, 2, 3)] == ["", "", "steps"]


def test_minutes_are_spent_when_as_many_seconds_have_passed():
    budget = Budget(minutes=0.5)
    assert [budget.spent(10**6, seconds) for seconds in (0.0, 29.9, 30.0, 31.0)] == ["", "", *["minutes"] * 2]


def test_of_two_budgets_the_first_that_is_used_up_counts():
    budget = Budget(steps=3, minutes=1.0)
    assert budget.spent(2, 59.0) == ""
    assert budget.spent(3, 0.0) == "steps"
    assert budget.spent(2, 60.0) == "minutes"


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({}, "steps or minutes must be given: training would have no end"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"steps": 5, "minutes": -1.0}, "minutes must be more than 0, got -1.0"),
        ({"minutes": math.nan}, "minutes must be more than 0, got nan"),
        ({"minutes": math.inf}, "minutes must be finite, got inf"),
        ({"steps": 2.5}, "steps must be a whole number, got 2.5"),
        ({"steps": 1000 / 8}, "steps must be a whole number, got 125.0"),
        ({"steps": math.inf}, "steps must be a whole number, got inf"),
    ],
)
def test_a_budget_of_nothing_and_one_without_an_end_are_refused(choices, message):
    budget = unchecked(Budget, steps=choices.get("steps"), minutes=choices.get("minutes"))
    with pytest.raises(ValueError, match=message):
        budget.__post_init__()
