import pytest
import torch

from s2s_course.layers.fused import FusedRecurrent
from s2s_course.layers.initialization import forget_bias_, orthogonal_
from s2s_course.layers.recurrent import Recurrent

KINDS = pytest.mark.parametrize("kind", [Recurrent, FusedRecurrent])


@KINDS
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_block_of_the_recurrent_weights_is_orthogonal(kind, cell):
    torch.manual_seed(0)
    network = kind(cell, input_size=3, hidden_size=7, num_layers=2, bidirectional=True).double()
    before = [W.clone() for W, *_ in network.weights()]
    orthogonal_(network)
    for weights, old in zip(network.weights(), before, strict=True):
        for block in weights.U.split(7):
            assert torch.allclose(block @ block.T, torch.eye(7, dtype=torch.float64), atol=1e-10)
        assert torch.equal(weights.W, old)


@KINDS
def test_with_no_input_the_forget_gate_is_the_sigmoid_of_the_bias(kind):
    torch.manual_seed(0)
    network = kind("lstm", input_size=3, hidden_size=5, num_layers=2).double()
    kept = [weights.b_input.clone() for weights in network.weights()]
    forget_bias_(network, 1.0)
    loop = network if kind is Recurrent else network.as_loop()
    for cell, old in zip(loop.cells, kept, strict=True):
        gates = cell.gates(
            torch.zeros(1, cell.input_size, dtype=torch.float64), torch.zeros(1, 5, dtype=torch.float64)
        )
        assert torch.allclose(gates["forget"], torch.tensor(1.0, dtype=torch.float64).sigmoid())
        others = [0, 1, 2, 3, 4, *range(10, 20)]
        assert torch.equal(cell.from_input.bias[others], old[others])


def test_only_an_lstm_has_a_forget_gate():
    with pytest.raises(ValueError, match=r"network must be of cell 'lstm': .* got 'gru'"):
        forget_bias_(Recurrent("gru", input_size=2, hidden_size=2), 1.0)
