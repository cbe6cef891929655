"""One step against closed forms, on a model small enough to be worked out by hand."""

import math

import pytest
import torch
from torch import nn

from s2s_course.data.batch import collate
from s2s_course.training.step import train_step

BATCH = collate([([4], [5])])


class Slope(nn.Module):
    """Two weights; the loss is 3 a + 4 b, whose gradient (3, 4) has norm 5."""

    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.tensor([1.0, 2.0]))


def slope(model, batch):
    return (model.weights * torch.tensor([3.0, 4.0])).sum()


def step(model, optimizer=None, *, loss_of=slope, clip_norm=math.inf):
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.1)
    return train_step(model, BATCH, optimizer, loss_of, clip_norm)


def test_it_goes_against_the_gradient_and_tells_the_loss_before():
    model = Slope()
    loss, norm = step(model)
    assert loss.item() == pytest.approx(11) and norm.item() == pytest.approx(5)
    assert not loss.requires_grad and not norm.requires_grad
    assert model.weights.tolist() == pytest.approx([1 - 0.3, 2 - 0.4])


@pytest.mark.parametrize(("clip_norm", "share"), [(1.0, 1 / 5), (2.5, 1 / 2), (5.5, 1.0), (math.inf, 1.0)])
def test_a_gradient_that_is_too_long_is_shortened_and_keeps_its_direction(clip_norm, share):
    model = Slope()
    _, norm = step(model, clip_norm=clip_norm)
    assert norm.item() == pytest.approx(5), "the norm is that before clipping"
    assert model.weights.tolist() == pytest.approx([1 - 0.3 * share, 2 - 0.4 * share], abs=1e-6)


def test_gradients_of_earlier_steps_do_not_add_up():
    model = Slope()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        _, norm = step(model, optimizer)
        assert norm.item() == pytest.approx(5)
    assert model.weights.tolist() == pytest.approx([1 - 3 * 0.3, 2 - 3 * 0.4])


def test_the_loss_is_asked_for_this_model_and_this_batch():
    asked, model = [], Slope()

    def loss_of(model, batch):
        asked.append((model, batch))
        return slope(model, batch)

    step(model, loss_of=loss_of)
    assert asked == [(model, BATCH)]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_gradient_that_is_not_finite_is_told(bad):
    _, norm = step(Slope(), loss_of=lambda model, batch: slope(model, batch) * bad)
    assert not math.isfinite(norm)
