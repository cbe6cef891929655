"""The references of chapter 3 against torch's own modules, and answers that are right in another way."""

import itertools
import math
from functools import partial

import pytest
import torch
from torch import nn

from s2s_course.exercises import check
from s2s_course.exercises.chapter_03.count_parameters import count_parameters
from s2s_course.exercises.chapter_03.forget_bias import set_forget_bias
from s2s_course.exercises.chapter_03.gru_step import gru_step
from s2s_course.exercises.chapter_03.join_directions import join_directions
from s2s_course.exercises.chapter_03.lstm_step import lstm_step
from s2s_course.exercises.chapter_03.which_cell import which_cell

from ..float64 import in_float64
from ..lookup import draws_of

TORCH = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def step_of(cell: type[nn.RNNCellBase], state, inputs, W, U, b_input, b_hidden):
    """One step of torch's cell with these weights; the gradient reaches them."""
    module = cell(*W.shape[1:], *U.shape[1:], dtype=W.dtype)
    weights = {"weight_ih": W, "weight_hh": U, "bias_ih": b_input, "bias_hh": b_hidden}
    return torch.func.functional_call(module, weights, (inputs, state))


def torch_lstm_step(inputs, hidden, cell, W, U, b):
    return step_of(nn.LSTMCell, (hidden, cell), inputs, W, U, b, torch.zeros_like(b))


def torch_gru_step(inputs, hidden, W, U, b_input, b_hidden):
    return step_of(nn.GRUCell, hidden, inputs, W, U, b_input, b_hidden)


def test_lstm_step_equals_torch():
    for inputs in map(in_float64, draws_of("3.1")):
        for mine, theirs in zip(lstm_step(*inputs), torch_lstm_step(*inputs), strict=True):
            assert torch.allclose(mine, theirs, rtol=1e-10, atol=1e-10)


def test_some_cell_states_of_lstm_step_are_far_from_zero():
    assert any((cell.abs() > 5).any() for _, _, cell, *_ in draws_of("3.1"))


def test_gru_step_equals_torch():
    for inputs in map(in_float64, draws_of("3.2")):
        assert torch.allclose(gru_step(*inputs), torch_gru_step(*inputs), rtol=1e-10, atol=1e-10)


def torch_count(cell, input_size, hidden_size, num_layers, bidirectional):
    # On the device "meta" a module has shapes and no numbers.
    module = TORCH[cell](
        input_size, hidden_size, num_layers=num_layers, bidirectional=bidirectional, device="meta"
    )
    return torch.tensor(sum(parameter.numel() for parameter in module.parameters()))


@pytest.mark.parametrize("cell", TORCH)
def test_count_parameters_equals_torch(cell):
    for sizes in itertools.product((1, 5, 8), (1, 4, 7), (1, 2, 5), (False, True)):
        assert torch.equal(count_parameters(cell, *sizes), torch_count(cell, *sizes))


def test_the_draws_of_count_parameters_tell_the_sizes_apart():
    draws = draws_of("3.3")
    assert all(E not in (H, 2 * H) for _, E, H, _, _ in draws)
    assert {draw[0] for draw in draws} == set(TORCH)
    assert any(num_layers > 1 and bidirectional for *_, num_layers, bidirectional in draws)


def test_a_plain_number_is_told_how_to_become_a_tensor():
    result = check("3.3", lambda *sizes: int(count_parameters(*sizes)))
    assert result.fault == "type" and "`torch.tensor(…)` makes one." in result.message
    assert "item()" not in result.message and "gradient" not in result.message


@pytest.mark.parametrize("value", [-1.0, 0.0, 1.0, 5.0])
def test_the_forget_gate_of_torch_opens_by_the_value(value):
    """With weights of 0, so with the bias alone, one step leaves sigmoid(value) of the cell state."""
    E, H = 2, 3
    module = nn.LSTMCell(E, H, dtype=torch.float64)
    before = {name: parameter.detach().clone() for name, parameter in module.named_parameters()}
    b_input, b_hidden = set_forget_bias(module.bias_ih, module.bias_hh, value)
    for name, parameter in module.named_parameters():
        assert torch.equal(parameter, before[name])
    zeros = partial(torch.zeros, dtype=torch.float64)

    def step(cell):
        state = zeros(1, H), zeros(1, H) + cell
        return step_of(nn.LSTMCell, state, zeros(1, E), zeros(4 * H, E), zeros(4 * H, H), b_input, b_hidden)[
            1
        ]

    kept = step(1.0) - step(0.0)
    assert torch.allclose(kept, zeros(1, H) + 1 / (1 + math.exp(-value)))
    others = [k for k in range(4 * H) if k not in range(H, 2 * H)]
    assert torch.equal(b_input[others], before["bias_ih"][others])
    assert torch.equal(b_hidden[others], before["bias_hh"][others])


def forget_bias_with_a_gradient(b_input, b_hidden, value):
    forget = torch.arange(len(b_input)) * 4 // len(b_input) == 1
    return b_input.masked_fill(forget, value), b_hidden.masked_fill(forget, 0.0)


def forget_bias_by_torch(b_input, b_hidden, value):
    b_input, b_hidden = b_input.clone(), b_hidden.clone()
    H = len(b_input) // 4
    nn.init.constant_(b_input[H : 2 * H], value)
    nn.init.zeros_(b_hidden.chunk(4)[1])
    return [b_input, b_hidden]


def test_setting_the_bias_of_the_arguments_themselves_is_told():
    def in_place(b_input, b_hidden, value):
        b_input.data[len(b_input) // 4 : len(b_input) // 2] = value
        b_hidden.data[len(b_input) // 4 : len(b_input) // 2] = 0
        return b_input, b_hidden

    result = check("3.4", in_place)
    assert result.fault == "modified" and "b_input and b_hidden in place" in result.message


@pytest.mark.parametrize("factor, kind", [(0.3, 0), (0.899, 0), (0.901, 1), (0.999, 1), (1.001, 2), (3.0, 2)])
@pytest.mark.parametrize("L", [2, 3, 40])
def test_which_cell_on_curves_with_one_factor(factor, kind, L):
    curve = 7.0 * factor ** torch.arange(L, dtype=torch.float64)
    assert which_cell(torch.stack([curve, 1e-3 * curve])).tolist() == [kind, kind]


def test_which_cell_on_the_gradient_of_linear_networks():
    """h_t = a h_{t-1}: autograd gives the norms, and a the factor."""
    curves = []
    for a in (0.7, 0.95, 1.1):
        states = [torch.ones(4, requires_grad=True)]
        for _ in range(12):
            states.append(a * states[-1])
        gradients = torch.autograd.grad(states[-1].square().sum(), states)
        curves.append(torch.stack([gradient.norm() for gradient in reversed(gradients)]))
    assert which_cell(torch.stack(curves)).tolist() == [0, 1, 2]


def noisy(norms) -> bool:
    """Neither constant nor of a single step: those lie on the bounds."""
    return norms.shape[1] > 2 and bool((norms != norms[:, :1]).any())


def test_the_draws_of_which_cell_are_noisy_and_away_from_the_bounds():
    for (norms,) in draws_of("3.5"):
        assert (norms > 0).all()
        factors = (norms[:, 1:] / norms[:, :-1]).log().mean(dim=1).exp()
        if noisy(norms):
            assert all((factors - bound).abs().min() > 0.015 for bound in (0.9, 1.0))
    draws = [norms for (norms,) in draws_of("3.5") if noisy(norms)]
    first = torch.cat([norms[:, 1] / norms[:, 0] for norms in draws])
    kinds = torch.cat([which_cell(norms) for norms in draws])
    assert {0, 1, 2} == set(kinds.tolist())
    assert ((first > 1) != (kinds == 2)).float().mean() > 0.3  # so often does the first step mislead


def by_logarithms(norms):
    factor = norms.log().diff(dim=1).mean(dim=1).exp()
    return torch.bucketize(factor, torch.tensor([0.9, 1.0]))


def test_join_directions_equals_a_packed_bidirectional_network_of_torch():
    torch.manual_seed(0)
    B, S, E, H = 5, 7, 3, 2
    lengths = torch.tensor([3, 7, 1, 5, 7])
    mask = torch.arange(S) < lengths.unsqueeze(1)
    tokens = torch.randn(B, S, E, dtype=torch.float64)
    module = nn.LSTM(E, H, batch_first=True, bidirectional=True, dtype=torch.float64)
    packed = nn.utils.rnn.pack_padded_sequence(tokens, lengths, batch_first=True, enforce_sorted=False)
    theirs, _ = nn.utils.rnn.pad_packed_sequence(module(packed)[0], batch_first=True)

    def one_direction(suffix, rows):
        alone = nn.LSTM(E, H, batch_first=True, dtype=torch.float64)
        alone.load_state_dict({name: module.state_dict()[name + suffix] for name in alone.state_dict()})
        return alone(rows)[0]

    backwards = torch.full_like(tokens, 9.0)
    for row, length in enumerate(lengths.tolist()):
        for t in range(length):
            backwards[row, t] = tokens[row, length - 1 - t]
    states = one_direction("", tokens), one_direction("_reverse", backwards)
    assert torch.allclose(join_directions(*states, mask), theirs, rtol=1e-10, atol=1e-10)


def test_what_stands_at_padding_changes_nothing():
    for forward_states, backward_states, mask in draws_of("3.6"):
        spoiled = [
            states.masked_fill(~mask.unsqueeze(-1), torch.nan) for states in (forward_states, backward_states)
        ]
        assert torch.equal(
            join_directions(*spoiled, mask), join_directions(forward_states, backward_states, mask)
        )


def test_the_draws_of_join_directions_have_padding_that_is_not_zero():
    draws = draws_of("3.6")
    assert any(not mask.all() for *_, mask in draws) and all(mask.any(dim=1).all() for *_, mask in draws)
    for forward_states, backward_states, mask in draws:
        assert (forward_states[~mask] != 0).all() and (backward_states[~mask] != 0).all()


def by_gather(forward_states, backward_states, mask):
    steps = mask.sum(dim=1, keepdim=True) - 1 - torch.arange(mask.shape[1])
    index = steps.clamp(min=0).unsqueeze(-1).expand_as(backward_states)
    both = torch.cat([forward_states, backward_states.gather(1, index)], dim=-1)
    return both * mask.unsqueeze(-1)


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("3.1", torch_lstm_step),
        ("3.2", torch_gru_step),
        ("3.3", torch_count),
        ("3.4", forget_bias_with_a_gradient),
        ("3.4", forget_bias_by_torch),
        ("3.5", by_logarithms),
        ("3.6", by_gather),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(exercise_id, answer):
    assert check(exercise_id, answer).passed
