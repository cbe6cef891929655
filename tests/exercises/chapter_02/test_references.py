"""Chapter 2: every reference against torch."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from s2s_course.exercises.chapter_02.bptt_step import bptt_step
from s2s_course.exercises.chapter_02.gradient_clipping import clip_by_global_norm
from s2s_course.exercises.chapter_02.orthogonal import orthogonal
from s2s_course.exercises.chapter_02.rnn_over_time import rnn_over_time
from s2s_course.exercises.chapter_02.rnn_step import rnn_step
from s2s_course.exercises.chapter_02.truncated_unroll import truncated_unroll
from s2s_course.seeds import torch_generator

from ..float64 import in_float64
from ..lookup import draws_of


def normal(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch_generator(seed, *shape), dtype=torch.float64)


def copied_into(module: nn.Module, W: torch.Tensor, U: torch.Tensor, b: torch.Tensor) -> nn.Module:
    """``module`` (``nn.RNNCell`` or ``nn.RNN``) with these weights; torch's second bias is 0."""
    module = module.double()
    with torch.no_grad():
        for parameter, value in zip(module.parameters(), (W, U, b, torch.zeros_like(b)), strict=True):
            parameter.copy_(value)
    return module


def torch_rnn(W: torch.Tensor, U: torch.Tensor, b: torch.Tensor) -> nn.RNN:
    return copied_into(nn.RNN(W.shape[1], W.shape[0], batch_first=True), W, U, b)


def near(mine: torch.Tensor, theirs: torch.Tensor, tolerance: float = 1e-10) -> bool:
    return mine.shape == theirs.shape and torch.allclose(mine, theirs, rtol=tolerance, atol=tolerance)


def gradients(output: torch.Tensor, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Of a fixed random sum of ``output``."""
    return torch.autograd.grad((output * normal(99, *output.shape)).sum(), inputs, materialize_grads=True)


def test_one_step_equals_the_rnn_cell_of_torch():
    for inputs, hidden, W, U, b in map(in_float64, draws_of("2.1")):
        cell = copied_into(nn.RNNCell(W.shape[1], W.shape[0]), W, U, b)
        assert near(rnn_step(inputs, hidden, W, U, b), cell(inputs, hidden))
        assert hidden.abs().max() < 1  # as states are


def packed(inputs, mask, W, U, b):
    rnn = torch_rnn(W, U, b)
    sequence = pack_padded_sequence(inputs, mask.sum(1), batch_first=True, enforce_sorted=False)
    states, last = rnn(sequence)
    return pad_packed_sequence(states, batch_first=True, total_length=mask.shape[1])[0], last[0], rnn


def test_a_padded_batch_equals_the_packed_rnn_of_torch():
    for inputs, mask, *weights in map(in_float64, draws_of("2.2")):
        leaf, *leaves = (value.clone().requires_grad_() for value in (inputs, *weights))
        mine, theirs = both(*rnn_over_time(leaf, mask, *leaves)), inputs.clone().requires_grad_()
        states, last, rnn = packed(theirs, mask, *weights)
        assert near(mine, both(states, last))
        parameters = (rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0)
        pairs = zip(
            gradients(mine, leaf, *leaves), gradients(both(states, last), theirs, *parameters), strict=True
        )
        assert all(itertools.starmap(near, pairs))


def both(states: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
    return torch.cat([states, last.unsqueeze(1)], dim=1)


def test_padding_changes_neither_states_nor_gradients():
    for inputs, mask, W, U, b in map(in_float64, draws_of("2.2")):
        results = []
        for filler in (0.0, 50.0):
            leaf = torch.where(mask.unsqueeze(2), inputs, filler).requires_grad_()
            states, last = rnn_over_time(leaf, mask, W, U, b)
            [grad] = gradients(both(states, last), leaf)
            assert not grad[~mask].any() and not states[~mask].any()
            results += [(states, last, grad)]
        assert all(torch.equal(*pair) for pair in zip(*results, strict=True))


def test_the_cases_of_the_padded_batch_hold_what_is_hard():
    masks = []
    for inputs, mask, *_ in map(in_float64, draws_of("2.2")):
        assert mask[:, 0].all() and not (~mask[:, :-1] & mask[:, 1:]).any()  # real tokens first, at least one
        assert inputs[~mask].all() or mask.all(), "NaN counts as true, and 0 does not"
        masks.append(mask)
    assert any(mask.all() for mask in masks) and any(not mask[:, -1].any() for mask in masks)
    assert any(mask[:, -1].any() and not mask[:, -1].all() for mask in masks)


def test_one_step_back_equals_autograd():
    for grad_hidden, hidden, previous, inputs, U in map(in_float64, draws_of("2.3")):
        W, b = normal(1, len(U), inputs.shape[1]), normal(2, len(U))
        cell = copied_into(nn.RNNCell(inputs.shape[1], len(U)), W, U, b)
        before = previous.clone().requires_grad_()
        result = cell(inputs, before)
        wanted = torch.autograd.grad(
            result, (before, cell.weight_ih, cell.weight_hh, cell.bias_ih), grad_hidden
        )
        mine = bptt_step(grad_hidden, result.detach(), previous, inputs, U)
        assert all(itertools.starmap(near, zip(mine, wanted, strict=True)))
        assert max(hidden.abs().max(), previous.abs().max()) < 1


def test_step_after_step_back_equals_autograd_through_the_rnn_of_torch():
    B, S, E, H = 3, 7, 2, 5
    inputs, first, losses = normal(0, B, S, E), normal(1, B, H).tanh(), normal(2, B, S, H)
    W, U, b = normal(3, H, E), normal(4, H, H), normal(5, H)
    rnn, leaf = torch_rnn(W, U, b), first.clone().requires_grad_()
    states, _ = rnn(inputs, leaf.unsqueeze(0))
    wanted = torch.autograd.grad(states, (leaf, rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0), losses)

    states, grad, totals = states.detach(), torch.zeros(B, H).double(), [0, 0, 0]
    for t in reversed(range(S)):
        previous = states[:, t - 1] if t else first
        grad, *shares = bptt_step(grad + losses[:, t], states[:, t], previous, inputs[:, t], U)
        totals = [total + share for total, share in zip(totals, shares, strict=True)]
    assert all(itertools.starmap(near, zip((grad, *totals), wanted, strict=True)))


def clipped_by_torch(*gradients_and_max_norm):
    *found, max_norm = gradients_and_max_norm
    parameters = [nn.Parameter(torch.zeros_like(gradient)) for gradient in found]
    for parameter, gradient in zip(parameters, found, strict=True):
        parameter.grad = gradient.detach().clone()
    nn.utils.clip_grad_norm_(parameters, max_norm)
    return tuple(parameter.grad for parameter in parameters)


def test_clipping_equals_torch():
    for draw in map(in_float64, draws_of("2.4")):
        mine, theirs = clip_by_global_norm(*draw), clipped_by_torch(*draw)
        # torch divides by the norm plus 1e-6
        assert all(near(*pair, 1e-5) for pair in zip(mine, theirs, strict=True))


def test_clipped_gradients_have_the_norm_and_the_direction_asked_for():
    seen = set()
    for *found, max_norm in map(in_float64, draws_of("2.4")):
        before, after = (torch.cat([g.flatten() for g in grads]) for grads in (found, clip(found, max_norm)))
        long = bool(before.norm() > max_norm)
        seen.add((long, bool(before.any())))
        if long:
            assert after.norm().item() == pytest.approx(max_norm, rel=1e-12)
            assert near(after / max_norm, before / before.norm())
        else:
            assert torch.equal(after, before)
    assert seen == {(True, True), (False, True), (False, False)}


def clip(found, max_norm):
    return clip_by_global_norm(*found, max_norm)


def chunks_of_torch(inputs, hidden, W, U, b, chunk):
    """``nn.RNN`` on one chunk after the other, as a training loop does it."""
    rnn, state, states = torch_rnn(W, U, b), hidden.unsqueeze(0), []
    for part in inputs.split(chunk, dim=1):
        outputs, state = rnn(part, state)
        states.append(outputs)
        state = state.detach()
    return torch.cat(states, 1), (rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0)


def test_truncated_unroll_equals_the_rnn_of_torch_on_detached_chunks():
    for *tensors, chunk in map(in_float64, draws_of("2.5")):
        mine, theirs = ([value.clone().requires_grad_() for value in tensors] for _ in range(2))
        states, (wanted, parameters) = truncated_unroll(*mine, chunk), chunks_of_torch(*theirs, chunk)
        assert near(states, wanted)
        pairs = zip(gradients(states, *mine), gradients(wanted, *theirs[:2], *parameters), strict=True)
        assert all(itertools.starmap(near, pairs))


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 7])
def test_a_state_depends_on_the_inputs_of_its_own_chunk_only(chunk):
    S = 5
    inputs, hidden = normal(0, 1, S, 2), normal(1, 1, 3)
    weights = normal(2, 3, 2), normal(3, 3, 3), normal(4, 3)

    def states(x, h):
        return truncated_unroll(x, h, *weights, chunk)

    to_inputs, to_hidden = torch.autograd.functional.jacobian(states, (inputs, hidden))
    reached = to_inputs[0].abs().amax(dim=(1, 2, 4)) > 0  # (S, S): from which step to which one
    wanted = [[u <= t and u // chunk == t // chunk for u in range(S)] for t in range(S)]
    assert reached.tolist() == wanted
    assert (to_hidden[0].abs().amax(dim=(1, 2, 3)) > 0).tolist() == [t < chunk for t in range(S)]


def test_the_cases_of_the_truncated_unroll_hold_what_is_hard():
    kinds = {
        (S % chunk == 0, chunk == 1, chunk >= S)
        for S, chunk in map(steps_and_chunk, map(in_float64, draws_of("2.5")))
    }
    assert kinds >= {(True, False, False), (False, False, False), (True, True, False), (False, False, True)}


def steps_and_chunk(draw):
    return draw[0].shape[1], draw[-1]


def test_orthogonal_equals_the_initializer_of_torch():
    for H in (1, 2, 3, 5, 11):
        theirs = torch.empty(H, H, dtype=torch.float64)
        nn.init.orthogonal_(theirs, generator=torch_generator(H))
        gaussian = torch.empty(H, H, dtype=torch.float64).normal_(generator=torch_generator(H))
        assert near(orthogonal(gaussian), theirs)


def test_orthogonal_by_its_definition():
    for (matrix,) in map(in_float64, draws_of("2.6")):
        Q = orthogonal(matrix)
        R = Q.T @ matrix
        assert near(Q.T @ Q, torch.eye(len(Q)).double()) and near(R, R.triu())
        assert (R.diagonal() > 0).all() and torch.linalg.cond(matrix) < 10


def test_no_sign_is_preferred_over_many_gaussian_matrices():
    corners = torch.stack([orthogonal(matrix)[0, 0] for matrix in normal(0, 1000, 3, 3)])
    assert abs(corners.mean()) < 0.06  # three standard errors; the raw factor of LAPACK has a mean of -1/2
