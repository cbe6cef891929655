"""What the quiz of chapter 3 says in numbers is computed here, with torch and autograd."""

import math

import pytest
import torch
from torch import nn

from s2s_course.exercises.chapter_03 import quiz as chapter_03

from ..choices import find, right


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


def test_the_cell_counts_past_1_and_is_carried_unchanged_and_hidden():
    """On torch's own LSTM, with biases that open and close the gates."""
    cell = nn.LSTMCell(2, 1).double()
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias_ih[:] = torch.tensor([-40.0, 40.0, 40.0, -40.0])  # i, f, g, o
        cell.weight_ih[0, 0] = 80.0  # the first input opens i, the second o
        cell.weight_ih[3, 1] = 80.0
    state = torch.zeros(1, 1).double(), torch.zeros(1, 1).double()
    for step in range(105):
        state = cell(torch.tensor([[float(step < 5), 0.0]]).double(), state)
    hidden, memory = (one.item() for one in state)
    assert memory == pytest.approx(5) and hidden == pytest.approx(0, abs=1e-12)
    assert right(chapter_03.CONVEYOR).text == f"c = {memory:.0f} and h = {hidden:.0f}"
    shown, _ = cell(torch.tensor([[0.0, 1.0]]).double(), state)
    assert f"tanh(5) ≈ {shown.item():.4f}" in right(chapter_03.CONVEYOR).why
    assert f"h = {math.tanh(5):.4f}" in find(chapter_03.CONVEYOR, "c = 5 and h = 0.").text


def test_the_gru_interpolates():
    """On torch's own GRU: r = 0, z = 0.9, n = −0.5, h′ = 0.5, and a big weight that r = 0 must hide."""
    cell = nn.GRUCell(1, 1).double()
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias_ih[:] = torch.tensor([-60.0, math.log(9), math.atanh(-0.5)])  # r, z, n
        cell.weight_hh[2] = 7.0
    new = cell(torch.zeros(1, 1).double(), torch.full((1, 1), 0.5).double()).item()
    assert right(chapter_03.GRU_STEP).text == f"{new:.2f}"
    z, n, old = 0.9, -0.5, 0.5
    mistakes = [z * n + (1 - z) * old, (1 - z) * n, None, z * old]
    for choice, mistake in zip(chapter_03.GRU_STEP.choices, mistakes, strict=True):
        assert mistake is None or choice.text == f"{mistake:.2f}".replace("-", "−")


@pytest.mark.parametrize(("inputs", "hidden"), [(1, 1), (7, 13), (128, 64)])
def test_a_gru_has_three_quarters_of_the_parameters(inputs, hidden):
    rnn, gru, lstm = (
        sum(parameter.numel() for parameter in network(inputs, hidden).parameters())
        for network in (nn.RNN, nn.GRU, nn.LSTM)
    )
    assert 4 * gru == 3 * lstm and lstm == 4 * rnn
    assert right(chapter_03.PARAMETERS).text == "Three quarters"


def test_what_a_forget_bias_keeps():
    gate = torch.sigmoid(torch.tensor(1.0, dtype=torch.float64)).item()
    assert f"σ(1) ≈ {gate:.2f}" in chapter_03.FORGET_BIAS.text
    choice = right(chapter_03.FORGET_BIAS)
    assert choice.text == f"About {gate**10:.0%}".replace("%", " %")
    assert f"0.73¹⁰ ≈ {0.73**10:.2f}" in choice.why and f"{gate**10:.2f}" == "0.04"
    assert 2 < math.log(0.5) / math.log(gate) < 2.5 and "little more than two steps" in choice.why
    needed = 0.5**0.1
    assert f"f must be {needed:.2f}, a bias of about {math.log(needed / (1 - needed)):.1f}" in choice.why
    everything = find(chapter_03.FORGET_BIAS, "All of it")
    assert f"a bias of 5 gives about {1 / (1 + math.exp(-5)):.3f}" in everything.why
    zero = find(chapter_03.FORGET_BIAS, "About 0.1 %")
    assert f"{0.5**10:.1%}" == "0.1%" and f"about {gate**10 / 0.5**10:.0f} times" in zero.why


def test_the_gradient_along_the_cell_falls_by_the_forget_gate_and_fits_the_curve():
    """On torch's own LSTM whose gates depend on nothing but their biases."""
    falls = {}
    for gate in (0.98, 0.73):
        cell = nn.LSTMCell(1, 1).double()
        with torch.no_grad():
            for parameter in cell.parameters():
                parameter.zero_()
            cell.bias_ih[1] = math.log(gate / (1 - gate))
        memories = [torch.ones(1, 1).double().requires_grad_()]
        hidden = torch.zeros(1, 1).double()
        for _ in range(40):
            hidden, memory = cell(torch.zeros(1, 1).double(), (hidden, memories[-1]))
            memories.append(memory)
        gradients = torch.autograd.grad(memories[-1].sum(), memories)
        falls[gate] = [float(gradients[40 - lag]) for lag in (0, 20, 40)]
    text = chapter_03.GRADIENT_CURVE.text
    start, middle, end = falls[0.98]
    assert f"reads {start:.0f} at k = 0, {middle:.2f} at k = 20 and {end:.2f} at k = 40" in text
    for ratio, steps in [(0.67, 20), (0.45, 40), (0.45 / 0.67, 20)]:
        assert f"a factor of {ratio ** (1 / steps):.2f}" in right(chapter_03.GRADIENT_CURVE).why
    closing = find(chapter_03.GRADIENT_CURVE, "An LSTM whose forget gates are still")
    assert f"0.73²⁰ ≈ {falls[0.73][1]:.3f}" in closing.why
    small = find(chapter_03.GRADIENT_CURVE, "A plain RNN whose U has 0.8")
    assert f"at most {0.8**20:.3f} is left" in small.why and 0.8**20 < 0.67
    growing = find(chapter_03.GRADIENT_CURVE, "A plain RNN whose gradient grows by 2 %")
    assert f"1.02⁴⁰ ≈ {1.02**40:.1f}" in growing.why


def test_a_bidirectional_output_has_read_the_next_token_and_the_forward_half_has_not():
    network = nn.LSTM(3, 4, bidirectional=True, batch_first=True)
    tokens = torch.randn(1, 6, 3)
    changed = tokens.clone()
    changed[0, 3] += 1
    before, after = network(tokens)[0][0], network(changed)[0][0]
    assert before.shape == (6, 8), "one output for each token"
    assert torch.equal(before[2, :4], after[2, :4]) and not torch.equal(before[2, 4:], after[2, 4:])
    assert not torch.equal(before[0, 4:], after[0, 4:])
    assert right(chapter_03.DIRECTIONS).text.startswith("Finding the part of speech")
