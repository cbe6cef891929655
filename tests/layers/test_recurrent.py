"""The readable loop and its fused twin against torch's own modules, in double precision."""

import itertools

import pytest
import torch
from torch import nn

from s2s_course.layers.cells import CELLS, find_cell
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.layers.recurrent import Recurrent, unroll

B, S, E, H = 5, 11, 3, 7
TORCH = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
TORCH_CELLS = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}
CELL = pytest.mark.parametrize("cell", CELLS)
LENGTHS = [5, 11, 1, 2, 7]


def close(mine, theirs):
    return torch.allclose(mine, theirs, atol=1e-10, rtol=0)


def padding(lengths=LENGTHS):
    return torch.arange(S) < torch.tensor(lengths)[:, None]


def make(kind, cell, **sizes):
    torch.manual_seed(0)
    return kind(cell, input_size=E, hidden_size=H, **sizes).double()


def make_twins(cell, **sizes):
    fused = make(FusedRecurrent, cell, **sizes)
    return fused.as_loop(), fused


def random_state(network):
    cells = network.num_layers * network.directions
    return tuple(torch.randn(B, cells, H, dtype=torch.float64) for _ in network.state_names)


@CELL
def test_a_cell_equals_torchs_cell(cell):
    torch.manual_seed(1)
    theirs = TORCH_CELLS[cell](E, H).double()
    mine = find_cell(cell)(input_size=E, hidden_size=H).double()
    for copy, name in zip(mine.weights, ("weight_ih", "weight_hh", "bias_ih", "bias_hh"), strict=True):
        copy.data.copy_(getattr(theirs, name))
    inputs = torch.randn(B, E, dtype=torch.float64)
    state = tuple(torch.randn(B, H, dtype=torch.float64) for _ in mine.state_names)
    expected = theirs(inputs, state if cell == "lstm" else state[0])
    for part, other in zip(mine(inputs, state), expected if cell == "lstm" else (expected,), strict=True):
        assert close(part, other)


@CELL
@pytest.mark.parametrize("kind", [Recurrent, FusedRecurrent])
def test_weights_begin_as_torch_draws_them(cell, kind):
    torch.manual_seed(0)
    network = kind(cell, input_size=64, hidden_size=100)
    for parameter in next(network.weights()):
        assert parameter.abs().max() <= 0.1
        assert parameter.std().item() == pytest.approx(0.1 / 3**0.5, rel=0.2)


@CELL
@pytest.mark.parametrize("num_layers, bidirectional", [(1, False), (2, False), (3, True), (1, True)])
@pytest.mark.parametrize("padded, given_state", list(itertools.product([False, True], repeat=2)))
class TestBothEqualTorch:
    """Row by row without padding, by a module of torch's own, with gradients of everything."""

    def run(self, network, inputs, mask, state):
        outputs, last = network(inputs, mask, state)
        total = (outputs * torch.linspace(-1, 1, outputs.numel()).view_as(outputs)).sum()
        total = total + sum((part**2).sum() for part in last)
        wanted = [inputs, *(state or ()), *itertools.chain(*network.weights())]
        return outputs, last, torch.autograd.grad(total, wanted)

    def test_the_loop_equals_the_fused_twin(self, cell, num_layers, bidirectional, padded, given_state):
        loop, fused = make_twins(cell, num_layers=num_layers, bidirectional=bidirectional)
        inputs = torch.randn(B, S, E, dtype=torch.float64, requires_grad=True)
        state = tuple(part.requires_grad_() for part in random_state(loop)) if given_state else None
        mask = padding() if padded else None
        mine, theirs = self.run(loop, inputs, mask, state), self.run(fused, inputs, mask, state)
        assert close(mine[0], theirs[0])
        for part, other in zip([*mine[1], *mine[2]], [*theirs[1], *theirs[2]], strict=True):
            assert part.shape == other.shape and close(part, other)

    def test_each_row_equals_torch_without_padding(
        self, cell, num_layers, bidirectional, padded, given_state
    ):
        fused = make(FusedRecurrent, cell, num_layers=num_layers, bidirectional=bidirectional)
        plain = TORCH[cell](E, H, num_layers, bidirectional=bidirectional).double()  # time first
        plain.load_state_dict(fused.rnn.state_dict())
        inputs = torch.randn(B, S, E, dtype=torch.float64)
        state = random_state(fused) if given_state else None
        lengths = LENGTHS if padded else [S] * B
        outputs, last = fused(inputs, padding() if padded else None, state)
        for row, length in enumerate(lengths):
            first = None if state is None else tuple(part[row, :, None] for part in state)
            first = first if first is None or cell == "lstm" else first[0]
            expected, final = plain(inputs[row, :length, None], first)
            assert close(outputs[row, :length], expected[:, 0])
            assert outputs[row, length:].eq(0).all()
            for part, other in zip(last, final if cell == "lstm" else (final,), strict=True):
                assert close(part[row], other[:, 0])


@CELL
def test_padding_gets_no_gradient_and_gives_none(cell):
    for network in make_twins(cell, bidirectional=True):
        inputs = torch.randn(B, S, E, dtype=torch.float64, requires_grad=True)
        outputs, last = network(inputs, padding())
        (outputs.sum() + sum(part.sum() for part in last)).backward()
        assert inputs.grad[~padding()].eq(0).all() and inputs.grad[padding()].ne(0).all()


@CELL
def test_a_row_gives_the_same_whatever_it_is_batched_with(cell):
    for network in make_twins(cell, num_layers=2, bidirectional=True):
        inputs = torch.randn(B, S, E, dtype=torch.float64)
        together, _ = network(inputs, padding())
        other = inputs.clone()
        other[:, 2:] = 9.0  # the padding of row 3, and everything after it in the others
        again, _ = network(other, padding())
        assert close(together[3], again[3])
        assert not close(together[1], again[1])


@CELL
def test_columns_that_are_padding_in_every_row_are_kept(cell):
    for network in make_twins(cell):
        outputs, _ = network(torch.randn(B, S, E, dtype=torch.float64), padding([4, 2, 1, 1, 3]))
        assert outputs.shape == (B, S, H) and outputs[:, 4:].eq(0).all()


@CELL
def test_reading_in_two_pieces_with_the_state_carried_equals_reading_at_once(cell):
    for network in make_twins(cell, num_layers=2):
        inputs = torch.randn(B, S, E, dtype=torch.float64)
        whole, last = network(inputs)
        first, state = network(inputs[:, :4])
        second, end = network(inputs[:, 4:], state=state)
        assert close(torch.cat([first, second], dim=1), whole)
        assert all(close(a, b) for a, b in zip(end, last, strict=True))


@CELL
def test_dropout_falls_between_layers_only(cell):
    for network in make_twins(cell, num_layers=1, dropout=0.5):
        inputs = torch.randn(B, S, E, dtype=torch.float64)
        assert close(network.train()(inputs)[0], network.eval()(inputs)[0])
    for network in make_twins(cell, num_layers=2, dropout=0.5):
        inputs = torch.randn(B, S, E, dtype=torch.float64)
        assert not close(network.train()(inputs)[0], network.eval()(inputs)[0])
        first, top = (part[:, 0] for part in (network.train()(inputs)[1][0], network.eval()(inputs)[1][0]))
        assert close(first, top)


def test_the_upper_layer_reads_what_dropout_leaves_of_the_lower():
    """Each number is 0, with the probability that was given, or made larger by as much as is lost."""
    network, below, above = make(Recurrent, "gru", num_layers=2, dropout=0.3).train(), [], []
    network.cells[0].register_forward_hook(lambda _, args, state: below.append(state[0]))
    network.cells[1].register_forward_pre_hook(lambda _, args: above.append(args[0]))
    network(torch.randn(50, S, E, dtype=torch.float64))
    whole, read = torch.stack(below), torch.stack(above)
    kept = read != 0
    assert close(read[kept], whole[kept] / 0.7)
    assert (~kept).double().mean().item() == pytest.approx(0.3, abs=0.05)


def test_the_loop_is_in_the_mode_of_its_twin():
    fused = make(FusedRecurrent, "rnn", num_layers=2, dropout=0.5)
    assert fused.train().as_loop().training and not fused.eval().as_loop().training


def test_the_gates_of_an_lstm_are_those_of_the_paper():
    """One unit, by hand: large biases open or shut each gate."""
    cell = find_cell("lstm")(input_size=1, hidden_size=1).double()
    for parameter in cell.parameters():
        parameter.data.zero_()
    zero, c = torch.zeros(1, 1, dtype=torch.float64), torch.full((1, 1), 0.5, dtype=torch.float64)
    cell.from_input.bias.data = torch.tensor([-50.0, 50.0, 3.0, 50.0], dtype=torch.float64)
    hidden, after = cell(zero, (zero, c))
    assert close(after, c) and close(hidden, torch.tanh(c))  # kept: f = 1, i = 0, o = 1
    cell.from_input.bias.data = torch.tensor([50.0, -50.0, 3.0, -50.0], dtype=torch.float64)
    hidden, after = cell(zero, (zero, c))
    assert close(after, torch.tanh(torch.full_like(c, 3.0))) and close(hidden, zero)  # overwritten, hidden


def test_unrolling_backwards_is_unrolling_the_reversed_sequence():
    cell = find_cell("gru")(input_size=E, hidden_size=H).double()
    inputs = torch.randn(B, S, E, dtype=torch.float64)
    mask, state = torch.ones(B, S, dtype=torch.bool), (torch.zeros(B, H, dtype=torch.float64),)
    backwards, last = unroll(cell, inputs, mask, state, backwards=True)
    turned, end = unroll(cell, inputs.flip(1), mask, state)
    assert close(backwards, turned.flip(1)) and close(last[0], end[0])


def test_the_fused_twin_refuses_a_mask_that_cannot_be_packed():
    inputs, mask = torch.randn(B, S, E, dtype=torch.float64), padding()
    mask[1, 4] = False
    for wrong in (mask, padding([1, 2, 0, 3, 4])):
        with pytest.raises(ValueError, match="mask must have at least one real step in every row, and real"):
            make(FusedRecurrent, "gru")(inputs, wrong)


@pytest.mark.parametrize("lengths", [[S, 1, 2, 5, 3], [2, 2, 1, 1, S]])
def test_lengths_that_are_given_stand_for_the_mask(lengths):
    network, inputs = make(FusedRecurrent, "lstm", bidirectional=True), torch.randn(B, S, E).double()
    mask = padding(lengths)
    outputs, state = network(inputs, mask, lengths=torch.tensor(lengths))
    expected, expected_state = network(inputs, mask)
    assert torch.equal(outputs, expected)
    assert all(map(torch.equal, state, expected_state))
    assert (outputs[~mask] == 0).all() and (outputs[mask] != 0).all()


@pytest.mark.parametrize("kind", [Recurrent, FusedRecurrent])
class TestBadInput:
    def test_an_unknown_cell(self, kind):
        with pytest.raises(ValueError, match="cell must be one of rnn, lstm, gru, got 'ltsm'"):
            make(kind, "ltsm")

    @pytest.mark.parametrize("name", ["input_size", "hidden_size", "num_layers"])
    def test_a_size_of_zero(self, kind, name):
        with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
            kind("gru", **{"input_size": 2, "hidden_size": 2, name: 0})

    def test_a_sequence_of_length_0(self, kind):
        with pytest.raises(ValueError, match=r"inputs must have at least one step, got .* length 0"):
            make(kind, "gru")(torch.randn(B, 0, E, dtype=torch.float64))

    @pytest.mark.parametrize("cell, given", [
        ("gru", [(B, 1, H + 1)]), ("gru", [(B + 1, 1, H)]), ("gru", [(1, B, H)]), ("lstm", [(B, 1, H)]),
        ("rnn", [(B, 1, H), (B, 1, H)]),
    ])  # fmt: skip
    def test_a_state_of_the_wrong_shape(self, kind, cell, given):
        state = tuple(torch.zeros(shape, dtype=torch.float64) for shape in given)
        names = "hidden and cell" if cell == "lstm" else "hidden"
        message = rf"state must hold {names} of shape \(B, cells, H\) = \(5, 1, 7\), got \("
        with pytest.raises(ValueError, match=message):
            make(kind, cell)(torch.randn(B, S, E, dtype=torch.float64), state=state)
