"""What the quiz of chapter 2 says in numbers is computed here, with torch and autograd."""

import math

import pytest
import torch
from torch import nn

from s2s_course.exercises.chapter_02 import quiz as chapter_02

from ..choices import find, right


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


def rnn(inputs, hidden, W, U, b):
    """States h₁ … hₛ of h = tanh(W x + U h′ + b); ``U`` is one matrix for each step."""
    states = []
    for x, u in zip(inputs, U, strict=True):
        hidden = torch.tanh(W @ x + u @ hidden + b)
        states.append(hidden)
    return states


def make_rnn(steps, E=3, H=5):
    shapes = (steps, E), (H,), (H, E), (H, H), (H,)
    return [torch.randn(shape, dtype=torch.float64) / 2 for shape in shapes]


def jacobian(hidden, U):
    return torch.diag(1 - hidden**2) @ U


def test_six_terms_and_none_from_a_later_step():
    inputs, hidden, W, U, b = make_rnn(3)
    copies = [U.clone().requires_grad_() for _ in range(3)]
    losses = [state.square().sum() for state in rnn(inputs, hidden, W, copies, b)]
    terms = [
        torch.autograd.grad(loss, copies, retain_graph=True, allow_unused=True, materialize_grads=True)
        for loss in losses
    ]
    present = [[bool(term.abs().sum() > 0) for term in row] for row in terms]
    assert present == [[True, False, False], [True, True, False], [True, True, True]]
    shared = U.clone().requires_grad_()
    total = sum(state.square().sum() for state in rnn(inputs, hidden, W, [shared] * 3, b))
    [gradient] = torch.autograd.grad(total, shared)
    assert torch.allclose(gradient, sum(term for row in terms for term in row), atol=1e-12)
    assert right(chapter_02.SUM_OVER_PATHS).text.startswith(f"{sum(map(sum, present))}, one for each loss")


def test_the_term_of_a_loss_and_a_step_passes_as_many_jacobians_as_lie_between():
    inputs, hidden, W, U, b = make_rnn(3)
    copies = [U.clone().requires_grad_() for _ in range(3)]
    states = rnn(inputs, hidden, W, copies, b)
    back = torch.autograd.grad(states[2].sum(), states[0], retain_graph=True)[0]
    by_hand = torch.ones(5, dtype=torch.float64) @ jacobian(states[2], U) @ jacobian(states[1], U)
    assert torch.allclose(back, by_hand, atol=1e-12)
    assert "multiplied by t − s Jacobians" in right(chapter_02.SUM_OVER_PATHS).why


def test_with_a_largest_singular_value_of_0_9_at_most_0_5_percent_are_left():
    inputs, first, W, U, b = make_rnn(50)
    U = 0.9 * U / torch.linalg.matrix_norm(U, 2)
    states = rnn(inputs / 100, first.requires_grad_(), W, [U] * 50, b * 0)
    left = torch.linalg.matrix_norm(
        torch.stack([torch.autograd.grad(h, first, retain_graph=True)[0] for h in states[-1]]), 2
    )
    assert left <= 0.9**50 < 0.01
    assert f"0.9⁵⁰ ≈ {0.9**50:.3f}" in right(chapter_02.JACOBIANS).why
    assert "less than 1 %" in right(chapter_02.JACOBIANS).text


def test_a_largest_singular_value_above_1_does_not_make_a_gradient_explode():
    choice = find(chapter_02.JACOBIANS, "With 1.1")
    assert f"1.1⁵⁰ ≈ {1.1**50:.0f}" in choice.why and 1.1**50 > 100
    assert f"1 − 0.9² = {1 - 0.9**2:.2f}" in choice.why
    U = torch.diag(torch.tensor([1.1, 0.5]))
    saturated = torch.tensor([0.9, 0.9])
    product = torch.linalg.matrix_power(jacobian(saturated, U), 50)
    assert torch.linalg.matrix_norm(product, 2) < 1e-30


def test_it_can_explode_although_the_states_are_bounded():
    first = torch.full((2,), 1e-30, dtype=torch.float64, requires_grad=True)
    U = 1.5 * torch.eye(2, dtype=torch.float64)
    states = rnn(torch.zeros(50, 1), first, torch.zeros(2, 1), [U] * 50, torch.zeros(2))
    [gradient] = torch.autograd.grad(states[-1].sum(), first)
    assert states[-1].abs().max() <= 1 and gradient.norm() > 1e8


def test_tanh_is_steepest_at_0_with_slope_1():
    x = torch.arange(-4.0, 4.1, 0.5, requires_grad=True)
    assert x[8] == 0
    [slope] = torch.autograd.grad(torch.tanh(x).sum(), x)
    assert slope.argmax() == 8 and slope[8] == 1


def test_an_orthogonal_matrix_keeps_lengths_and_not_units_and_tanh_still_shrinks():
    matrix = nn.init.orthogonal_(torch.empty(16, 16, dtype=torch.float64))
    assert torch.allclose(torch.linalg.svdvals(matrix), torch.ones(16, dtype=torch.float64))
    vector = torch.randn(16, dtype=torch.float64)
    assert (matrix @ vector).norm() == pytest.approx(vector.norm())
    assert (matrix - torch.eye(16)).abs().max() > 0.5
    product = torch.linalg.matrix_power(jacobian(torch.full((16,), 0.5, dtype=torch.float64), matrix), 50)
    assert torch.linalg.matrix_norm(product, 2) <= 0.75**50 * 1.001
    other = matrix.clone().requires_grad_()
    torch.tanh(other @ vector).sum().backward()
    updated = other.detach() - 0.1 * other.grad
    assert (torch.linalg.svdvals(updated) - 1).abs().max() > 1e-3, "the first update leaves orthogonality"


def test_clipping_by_norm_divides_by_40_and_leaves_small_gradients_alone():
    weights = [nn.Parameter(torch.zeros(3, 2)), nn.Parameter(torch.zeros(4))]
    for norm in (40, 0.01):
        for weight in weights:
            weight.grad = torch.randn(weight.shape)
        length = math.sqrt(sum(float(weight.grad.square().sum()) for weight in weights))
        before = [weight.grad * norm / length for weight in weights]
        for weight, gradient in zip(weights, before, strict=True):
            weight.grad = gradient.clone()
        nn.utils.clip_grad_norm_(weights, 1.0)
        for weight, gradient in zip(weights, before, strict=True):
            assert torch.allclose(weight.grad, gradient / max(norm, 1), rtol=1e-4)
    assert right(chapter_02.CLIPPING).text == "All its numbers are divided by 40."


@pytest.mark.parametrize(("loss_step", "first_reached"), [(50, 41), (41, 41), (60, 41), (20, 1)])
def test_truncation_cuts_the_gradient_at_fixed_places_and_keeps_the_state(loss_step, first_reached):
    inputs, hidden, W, U, b = make_rnn(60)
    W = W * 2

    def run(inputs):
        state = hidden
        for step, x in enumerate(inputs[:loss_step], start=1):
            state = state.detach() if step in (21, 41) else state
            state = torch.tanh(W @ x + U @ state + b)
        return state

    leaf = inputs.clone().requires_grad_()
    [gradient] = torch.autograd.grad(run(leaf).sum(), leaf)
    reached = [step for step in range(1, 61) if gradient[step - 1].abs().sum() > 0]
    assert reached == list(range(first_reached, loss_step + 1))
    changed = inputs.clone()
    changed[max(first_reached - 2, 0)] += 1  # the last token before the cut
    assert not torch.equal(run(changed), run(inputs))
    if loss_step == 50:
        assert "reaches steps 41 to 50" in right(chapter_02.TRUNCATION).text
        twenty = find(chapter_02.TRUNCATION, "Its gradient reaches 20")
        assert "meets one after 10 steps" in twenty.why and len(reached) == 10
