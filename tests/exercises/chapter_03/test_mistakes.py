"""Mistakes of chapter 3 as a learner may write them: other code than ours, the same name for the mistake."""

import pytest
import torch

from s2s_course.exercises import check

from .test_references import TORCH, torch_gru_step, torch_lstm_step


def gru_of_the_paper(inputs, hidden, W, U, b_input, b_hidden):
    """Equations 5 to 8 of Cho et al. (2014), with a bias, one sequence after the other."""
    (W_r, W_z, W_n), (U_r, U_z, U_n) = W.chunk(3), U.chunk(3)
    b_r, b_z, b_n = (b_input + b_hidden).chunk(3)
    rows = []
    for x, h in zip(inputs, hidden, strict=True):
        r = torch.sigmoid(W_r @ x + U_r @ h + b_r)
        z = torch.sigmoid(W_z @ x + U_z @ h + b_z)
        rows.append(z * h + (1 - z) * torch.tanh(W_n @ x + U_n @ (r * h) + b_n))
    return torch.stack(rows)


def test_the_gru_of_the_paper_is_not_the_form_asked_for_and_is_said_to_be_right():
    result = check("3.2", gru_of_the_paper)
    assert result.misconception == "reset gate before the recurrent weights"
    assert "That is right in the paper" in result.message


def test_the_gru_of_other_papers_is_said_to_be_right_too():
    def answer(inputs, hidden, W, U, b_input, b_hidden):
        H = hidden.shape[1]
        flipped = [value.clone() for value in (W, U, b_input, b_hidden)]
        for value in flipped:  # sigmoid(-x) is 1 - sigmoid(x)
            value[H : 2 * H] *= -1
        return gru_of_the_paper(inputs, hidden, *flipped)

    result = check("3.2", answer)
    assert result.misconception == "both gates as in the papers" and "a right GRU" in result.message


def lstm_in_the_order_of_another_program(inputs, hidden, cell, W, U, b):
    H = hidden.shape[1]
    order = [*range(2 * H), *range(3 * H, 4 * H), *range(2 * H, 3 * H)]
    return torch_lstm_step(inputs, hidden, cell, W[order], U[order], b[order])


def lstm_of_the_year_1997(inputs, hidden, cell, W, U, b):
    sums = inputs @ W.T + hidden @ U.T + b
    i, _, g, o = torch.split(sums, hidden.shape[1], dim=1)
    new_cell = cell + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(new_cell), new_cell


def gru_in_the_order_of_another_program(inputs, hidden, W, U, b_input, b_hidden):
    H = hidden.shape[1]
    order = [*range(H, 2 * H), *range(H), *range(2 * H, 3 * H)]
    return torch_gru_step(inputs, hidden, W[order], U[order], b_input[order], b_hidden[order])


def count_of_the_equations(cell, input_size, hidden_size, num_layers, bidirectional):
    H, n = hidden_size, {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    D = 1 + bidirectional
    first, upper = input_size * H + H * H + H, D * H * H + H * H + H
    return torch.tensor(D * n * (first + (num_layers - 1) * upper))


def count_of_directions_that_do_not_meet(cell, input_size, hidden_size, num_layers, bidirectional):
    module = TORCH[cell](input_size, hidden_size, num_layers, device="meta")
    return torch.tensor(sum(p.numel() for p in module.parameters()) * (1 + bidirectional))


def forget_bias_in_both(b_input, b_hidden, value):
    with torch.no_grad():
        biases = b_input.clone(), b_hidden.clone()
        for bias in biases:
            bias[len(bias) // 4 : len(bias) // 2].fill_(value)
    return biases


def forget_bias_in_the_first_quarter(b_input, b_hidden, value):
    b_input, b_hidden = b_input.clone(), b_hidden.clone()
    b_input[: len(b_input) // 4], b_hidden[: len(b_hidden) // 4] = value, 0
    return b_input, b_hidden


def mean_of_the_factors(norms):
    factors = [norms[:, k + 1] / norms[:, k] for k in range(norms.shape[1] - 1)]
    return torch.bucketize(sum(factors) / len(factors), torch.tensor([0.9, 1.0]))


def slope_with_the_wrong_sign(norms):
    factor = torch.exp((norms[:, 0].log() - norms[:, -1].log()) / (norms.shape[1] - 1))
    return torch.bucketize(factor, torch.tensor([0.9, 1.0]))


def joined_after_a_flip(forward_states, backward_states, mask):
    return torch.cat((forward_states, backward_states.flip(dims=[1])), dim=2) * mask[..., None]


def joined_as_they_are(forward_states, backward_states, mask):
    return torch.cat((forward_states, backward_states), dim=2)


@pytest.mark.parametrize(
    "exercise_id, answer, name",
    [
        ("3.1", lstm_in_the_order_of_another_program, "candidate and output gate exchanged"),
        ("3.1", lstm_of_the_year_1997, "nothing is forgotten"),
        ("3.2", gru_in_the_order_of_another_program, "reset gate and update gate exchanged"),
        ("3.3", count_of_the_equations, "one bias"),
        ("3.3", count_of_directions_that_do_not_meet, "upper layers read one direction"),
        ("3.4", forget_bias_in_both, "twice the value"),
        ("3.4", forget_bias_in_the_first_quarter, "another block"),
        ("3.5", mean_of_the_factors, "arithmetic mean"),
        ("3.5", slope_with_the_wrong_sign, "upside down"),
        ("3.6", joined_after_a_flip, "padded row flipped"),
        ("3.6", joined_as_they_are, "not turned back"),
    ],
)
def test_a_mistake_written_in_another_way_is_named(exercise_id, answer, name):
    assert check(exercise_id, answer).misconception == name
