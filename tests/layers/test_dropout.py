"""Dropout from random bytes: its rate, its independence, and that it is otherwise torch's own."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from s2s_course.layers.dropout import Dropout, dropped_values
from s2s_course.layers.multihead import MultiHeadAttention

SHARES = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5, 0.8, 0.9]


def mask_of(p: float, *shape: int, seed: int = 0) -> torch.Tensor:
    """Which of so many numbers are kept."""
    torch.manual_seed(seed)
    return Dropout(p)(torch.ones(shape)) != 0


def sigmas(mask: torch.Tensor, share: float) -> float:
    """By how many standard deviations the number of ones misses what ``share`` lets expect."""
    count = mask.numel()
    return abs(mask.sum().item() - count * share) / math.sqrt(count * share * (1 - share))


@pytest.mark.parametrize("p", SHARES)
def test_the_share_that_is_dropped_is_the_nearest_multiple_of_a_256th(p):
    k = dropped_values(p)
    assert abs(k / 256 - p) <= 1 / 512
    assert sigmas(mask_of(p, 1_000_003), 1 - k / 256) < 4


@pytest.mark.parametrize("p", [1e-6, 0.001, 0.003, 0.01, 0.99, 0.9999])
def test_a_share_to_which_no_multiple_is_near_is_torch_s_own_dropout(p):
    assert dropped_values(p) is None
    numbers = torch.randn(997)
    torch.manual_seed(3)
    mine = Dropout(p)(numbers)
    torch.manual_seed(3)
    assert torch.equal(mine, F.dropout(numbers, p))


@pytest.mark.parametrize("p", SHARES)
def test_what_is_kept_is_scaled_so_that_the_mean_stays(p):
    numbers = torch.randn(31, 37, dtype=torch.float64)
    dropped = Dropout(p)(numbers)
    kept = dropped != 0
    assert torch.allclose(dropped[kept], numbers[kept] / (1 - dropped_values(p) / 256), rtol=1e-14)
    assert Dropout(p)(torch.ones(1_000_003)).mean().item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("apart", [1, 2, 3, 7, 8, 9, 64, 512])
def test_neighbors_are_independent(apart):
    kept = mask_of(0.5, 1_000_000)
    assert sigmas(kept[apart:] == kept[:-apart], 0.5) < 4


def test_each_place_of_a_random_number_drops_its_share():
    for place in mask_of(0.25, 100_000, 8).unbind(dim=1):
        assert sigmas(place, 0.75) < 4


def test_calls_are_independent_and_a_seed_repeats_them():
    torch.manual_seed(1)
    first, second = (Dropout(0.5)(torch.ones(100_003)) != 0 for _ in range(2))
    assert sigmas(first == second, 0.5) < 4
    assert torch.equal(mask_of(0.5, 100_003, seed=1), first)
    assert not torch.equal(mask_of(0.5, 100_003, seed=2), first)


def test_the_gradient_passes_where_the_number_did():
    numbers = torch.randn(5, 7, 11, dtype=torch.float64, requires_grad=True)
    dropped = Dropout(0.25)(numbers)
    gradient = torch.randn(numbers.shape, dtype=torch.float64)
    dropped.backward(gradient)
    expected = gradient * (dropped != 0) * (256 / 192)
    assert torch.allclose(numbers.grad, expected, atol=1e-15)


def test_its_gradient_is_that_of_its_own_differences():
    def dropped(numbers):
        torch.manual_seed(0)
        return Dropout(0.25)(numbers)

    assert torch.autograd.gradcheck(dropped, torch.randn(3, 5, dtype=torch.float64, requires_grad=True))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 5), (2, 0, 3), (2, 3, 5, 7)])
def test_any_shape_and_kind_of_float(shape, dtype):
    numbers = torch.randn(shape).to(dtype).requires_grad_()
    dropped = Dropout(0.5)(numbers)
    dropped.sum().backward()
    assert dropped.dtype == numbers.grad.dtype == dtype
    assert dropped.shape == numbers.shape
    assert ((dropped == 0) | (dropped == 2 * numbers)).all()
    assert torch.equal(numbers.grad, torch.where(dropped == 0, 0.0, 2.0).to(dtype))


def test_numbers_that_do_not_lie_one_after_the_other():
    numbers = torch.randn(13, 11).T
    dropped = Dropout(0.5)(numbers)
    assert ((dropped == 0) | (dropped == 2 * numbers)).all()


@pytest.mark.parametrize("module", [Dropout(0.0), Dropout(0.5).eval()])
def test_without_dropout_the_numbers_stay_and_no_random_number_is_drawn(module):
    numbers, state = torch.randn(5, 3), torch.get_rng_state()
    assert torch.equal(module(numbers), numbers)
    assert torch.equal(torch.get_rng_state(), state)


def test_elsewhere_than_on_the_cpu_it_is_torch_s_own():
    assert Dropout(0.5)(torch.ones(3, 5, device="meta")).device.type == "meta"


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5, math.nan])
def test_what_is_no_share_is_refused(p):
    with pytest.raises(ValueError, match=r"p must lie in \[0, 1\), got "):
        Dropout(p)


def test_attention_in_training_drops_weights_and_scales_the_others():
    torch.manual_seed(0)
    attention = MultiHeadAttention(d_model=4, num_heads=2, dropout=0.5).double()
    for linear in (attention.value, attention.out):  # so that what comes out is the sum of the weights
        nn.init.zeros_(linear.weight)
    nn.init.ones_(attention.value.bias)
    nn.init.eye_(attention.out.weight)
    vectors = torch.zeros(1, 64, 4, dtype=torch.float64)  # each weight is 1/64
    sums = attention(vectors, vectors)[0]
    kept = sums * 64 / 2
    assert torch.allclose(kept, kept.round(), atol=1e-9)
    assert 12 < kept.min() < 32 < kept.max() < 52  # five standard deviations from 32
    assert torch.equal(sums[..., 0], sums[..., 1])  # of one head
    assert not torch.equal(sums[..., 0], sums[..., 2])  # of another
    assert torch.allclose(attention.eval()(vectors, vectors)[0], torch.ones(1, 64, 4, dtype=torch.float64))
