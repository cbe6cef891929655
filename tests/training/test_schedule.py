"""Schedules against their formulas, and the optimizer against torch's Adam with the rate set by hand."""

import pytest
import torch

from s2s_course.training import schedule
from s2s_course.training.schedule import WarmUp, WarmUpAndDecay, adam


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


@pytest.mark.parametrize("shares", [None, WarmUp(3)])
@pytest.mark.parametrize("fused", [False, True])
def test_the_optimizer_is_adam_with_the_rate_set_by_hand(shares, fused):
    torch.manual_seed(0)
    start = torch.randn(7, dtype=torch.float64)
    mine, theirs = start.clone().requires_grad_(), start.clone().requires_grad_()
    optimizer = adam(shares, fused=fused, betas=(0.9, 0.98))([mine], lr=0.1)
    by_hand = torch.optim.Adam([theirs], lr=0.1, betas=(0.9, 0.98))
    for step in range(1, 9):
        for parameter in (mine, theirs):
            parameter.grad = None
            (parameter.sin() ** 2).sum().backward()
        optimizer.step()
        if shares is not None:
            by_hand.param_groups[0]["lr"] = 0.1 * shares(step)
        by_hand.step()
        assert torch.allclose(mine, theirs, atol=1e-12)


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
