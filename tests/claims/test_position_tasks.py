"""The two tasks on order, against their rules written as loops."""

import pytest
import torch

from s2s_course.claims import position_tasks
from s2s_course.claims.position_tasks import SYMBOLS, accuracies, symbol_before, which_first


def test_which_first_asks_once_and_the_first_token_does_not_tell():
    examples = which_first(count=300, length=5, seed=0)
    for row, targets, asked in zip(
        examples.inputs.tolist(), examples.targets.tolist(), examples.target_mask.tolist(), strict=True
    ):
        assert row.count(0) == row.count(1) == 1 and max(row) < SYMBOLS
        assert row[0] not in (0, 1)
        assert targets[0] == int(row.index(0) < row.index(1))
        assert asked == [True, False, False, False, False]
    assert 0.4 < examples.targets[:, 0].double().mean() < 0.6


def test_symbol_before_asks_wherever_there_is_one():
    examples = symbol_before(count=20, length=7, seed=0, distance=3)
    for row, targets, asked in zip(
        examples.inputs.tolist(), examples.targets.tolist(), examples.target_mask.tolist(), strict=True
    ):
        assert asked == [False] * 3 + [True] * 4
        assert all(targets[t] == row[t - 3] for t in range(3, 7))


@pytest.mark.parametrize("make", [which_first, symbol_before])
def test_a_seed_gives_one_batch(make):
    one, again, other = (make(count=4, length=9, seed=seed).inputs for seed in (0, 0, 1))
    assert torch.equal(one, again) and not torch.equal(one, other)


def test_accuracies_count_answers_that_are_asked_for(monkeypatch):
    """A network of which only the answer at the asked positions is right."""

    def knows_all(stack, *args, **choices):
        def forward(inputs, mask):
            right = inputs.roll(1, dims=1)
            right[:, :1] = -1  # not asked
            return torch.nn.functional.one_hot(right.clamp(min=0), SYMBOLS).float()

        stack.forward = forward

    monkeypatch.setattr(position_tasks, "fit", knows_all)

    def before(**choices):
        return symbol_before(**choices, distance=1)

    def two_before(**choices):
        return symbol_before(**choices, distance=2)

    arguments = {"lengths": range(4, 6), "tested": (4, 50)}
    assert accuracies("smoke", 0, "none", before, **arguments) == {4: 100.0, 50: 100.0}
    found = accuracies("smoke", 0, "none", two_before, **arguments)
    assert all(percent < 40 for percent in found.values())
