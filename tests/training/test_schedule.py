"""Schedules against their formulas."""

from itertools import pairwise

import pytest

from s2s_course.training import schedule
from s2s_course.training.schedule import WarmUp, WarmUpAndDecay, constant


def test_warm_up_is_equation_3_up_to_its_height():
    shares, d_model, steps = WarmUp(40), 512, range(1, 500)
    paper = [d_model**-0.5 * min(step**-0.5, step * 40**-1.5) for step in steps]
    assert [shares(step) for step in steps] == pytest.approx([rate / max(paper) for rate in paper])
    assert shares(40) == 1


def test_warm_up_and_decay_reaches_zero_with_the_steps():
    shares = WarmUpAndDecay(4, steps=20)
    assert [shares(step) for step in (1, 2, 4)] == pytest.approx([0.25, 0.5, 1])
    assert [shares(step) for step in (11, 20, 21)] == pytest.approx([10 / 17, 1 / 17, 0])
    assert WarmUpAndDecay(0, steps=20)(1) == 1
    assert WarmUpAndDecay(0, steps=20)(30) == 0


def test_minutes_count_from_the_first_step(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(schedule.time, "monotonic", lambda: now)
    shares = WarmUpAndDecay(0, minutes=10.0)
    now = 5000.0
    assert shares(1) == 1
    now += 60 * 7.5
    assert shares(2) == pytest.approx(0.25)
    both = WarmUpAndDecay(0, steps=100, minutes=10.0)
    both(1)
    assert both(91) == pytest.approx(0.1)  # whichever budget is used up more


def test_the_constant_schedule_is_the_rate_itself():
    assert [constant(step) for step in (1, 2, 10**6)] == [1, 1, 1]


def test_the_share_rises_and_falls_in_straight_lines():
    shares = WarmUpAndDecay(10, steps=110)
    rising = [shares(step) for step in range(1, 11)]
    assert rising == pytest.approx([step / 10 for step in range(1, 11)])
    falling = [shares(step) for step in range(11, 111)]
    differences = [before - after for before, after in pairwise(falling)]
    assert differences == pytest.approx([differences[0]] * 99) and differences[0] > 0
    assert falling[0] < 1 and falling[-1] == pytest.approx(differences[0])


def test_minutes_that_have_run_out_leave_a_rate_of_0(monkeypatch):
    now = 0.0
    monkeypatch.setattr(schedule.time, "monotonic", lambda: now)
    shares = WarmUpAndDecay(1, minutes=1.0)
    shares(1)
    for seconds, left in ((15.0, 0.75), (60.0, 0.0), (600.0, 0.0)):
        now = seconds
        assert shares(2) == pytest.approx(left)
    late = WarmUpAndDecay(2, minutes=1.0)
    late(1)
    now += 61  # the budget is over before the rate is up
    assert late(2) == 1 and late(3) == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WarmUp(0), "steps must be at least 1, got 0"),
        (lambda: WarmUpAndDecay(-1, steps=3), "warm_up must be at least 0, got -1"),
        (lambda: WarmUpAndDecay(1), "steps or minutes must be given"),
    ],
)
def test_bad_values_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
