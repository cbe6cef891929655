"""Switching dropout off for a while: whatever happens inside, the mode is afterwards what it was before."""

import pytest
import torch
from torch import nn

from s2s_course.models.contract import evaluating


def build(training):
    return nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Dropout(0.5), nn.Dropout(0.5))).train(training)


def modes(model):
    return {module.training for module in model.modules()}


@pytest.mark.parametrize("training", [True, False])
def test_it_is_off_inside_and_then_as_it_was(training):
    model = build(training)
    with evaluating(model):
        assert modes(model) == {False}
        x = torch.ones(2, 3)
        assert torch.equal(model(x), model(x))
    assert modes(model) == {training}


@pytest.mark.parametrize("training", [True, False])
def test_an_error_inside_does_not_change_that(training):
    model = build(training)
    with pytest.raises(RuntimeError, match="inside"), evaluating(model):
        raise RuntimeError("inside")
    assert modes(model) == {training}


@pytest.mark.parametrize("training", [True, False])
def test_blocks_inside_each_other(training):
    model = build(training)
    with evaluating(model):
        with evaluating(model):
            assert modes(model) == {False}
        assert modes(model) == {False}, "the outer block is not over"
    assert modes(model) == {training}
