"""Tensors as learners see them."""

import pytest
import torch

from s2s_course.exercises.engine.display import show_named, show_value


@pytest.mark.parametrize(
    "value, text",
    [
        (torch.tensor(1.23456), "1.2346"),
        (torch.tensor(float("-inf")), "-inf"),
        (torch.tensor([3, -10]), "[  3, -10]"),
        (torch.tensor([[True], [False]]), "[[ True],\n [False]]"),
        (torch.tensor([[[1.0, 2.0]], [[-3.0, 4.0]]]), "[[[ 1.0000,  2.0000]],\n [[-3.0000,  4.0000]]]"),
        (torch.zeros(2, 0), "[[],\n []]"),
        (torch.zeros(0, 2), "[]"),
        (torch.zeros(61), "float32 tensor of shape (61,)"),
        (torch.zeros(1, requires_grad=True), "[0.0000]"),
        ([[1, 2], []], "[[1, 2], []]"),
    ],
)
def test_values(value, text):
    assert show_value(value) == text


def test_print_options_of_torch_change_nothing():
    torch.set_printoptions(precision=1)
    try:
        assert show_value(torch.tensor([0.12345])) == "[0.1235]"
    finally:
        torch.set_printoptions(profile="default")


def test_rows_stand_below_each_other_behind_a_name():
    assert show_named("ab", torch.tensor([[1], [2]])) == "ab = [[1],\n      [2]]"
