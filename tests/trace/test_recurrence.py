import numpy as np
import pytest
import torch
from torch import nn

from s2s_course.layers.fused import FusedRecurrent
from s2s_course.trace import trace_recurrence

S, E, H = 11, 3, 5
TORCH = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("cell", TORCH)
@pytest.mark.parametrize("as_loop", [False, True])
class TestTrace:
    def trace(self, cell, as_loop, **sizes):
        torch.manual_seed(0)
        network = FusedRecurrent(cell, input_size=E, hidden_size=H, **sizes).double()
        inputs = torch.randn(S, E, dtype=torch.float64)
        return network, inputs, trace_recurrence(network.as_loop() if as_loop else network, inputs)

    def test_states_are_those_of_torch(self, cell, as_loop):
        network, inputs, traced = self.trace(cell, as_loop)
        outputs, last = network.rnn(inputs)
        assert np.allclose(traced.hidden, outputs.detach(), atol=1e-10)
        assert all((part == 0).all() and part.shape == (H,) for part in traced.initial.values())
        if cell == "lstm":
            assert np.allclose(traced.memory_cell[-1], last[1][0].detach(), atol=1e-10)
        else:
            assert traced.memory_cell is None

    def test_the_lowest_layer_is_traced(self, cell, as_loop):
        network, inputs, traced = self.trace(cell, as_loop, num_layers=2, bidirectional=True)
        lowest = TORCH[cell](E, H).double()
        lowest.load_state_dict({name: getattr(network.rnn, name) for name in lowest.state_dict()})
        assert np.allclose(traced.hidden, lowest(inputs)[0].detach(), atol=1e-10)

    def test_gates_explain_the_states(self, cell, as_loop):
        network, inputs, traced = self.trace(cell, as_loop)
        before = np.vstack([traced.initial["hidden"], traced.hidden[:-1]])
        W, U, b, d = (part.detach().numpy() for part in next(network.weights()))
        blocks = np.split(inputs.numpy() @ W.T + b, len(b) // H, axis=1)
        recurrent = np.split(before @ U.T + d, len(b) // H, axis=1)
        gates = traced.gates
        if cell == "rnn":
            assert gates == {}
        elif cell == "lstm":
            i, f, g, o = (x + u for x, u in zip(blocks, recurrent, strict=True))
            expected = {
                "input": sigmoid(i),
                "forget": sigmoid(f),
                "candidate": np.tanh(g),
                "output": sigmoid(o),
            }
            assert gates.keys() == expected.keys()
            assert all(np.allclose(gates[name], expected[name], atol=1e-10) for name in gates)
            cells = np.vstack([traced.initial["cell"], traced.memory_cell[:-1]])
            c = gates["forget"] * cells + gates["input"] * gates["candidate"]
            assert np.allclose(traced.memory_cell, c) and np.allclose(
                traced.hidden, gates["output"] * np.tanh(c)
            )
        else:
            r, z = (sigmoid(x + u) for x, u in zip(blocks[:2], recurrent[:2], strict=True))
            n = np.tanh(blocks[2] + r * recurrent[2])
            expected = dict(
                reset=r,
                update=z,
                candidate=n,
                candidate_from_input=blocks[2],
                candidate_from_hidden=recurrent[2],
            )
            assert gates.keys() == expected.keys()
            assert all(np.allclose(gates[name], expected[name], atol=1e-10) for name in gates)
            assert np.allclose(traced.hidden, (1 - z) * n + z * before)
