import numpy as np
import pytest
import torch

from s2s_course.layers.fused import FusedRecurrent
from s2s_course.trace import gradient_by_lag, gradient_flow


def linear_memory(inputs, factor):
    """h_t = factor · h_{t-1} + x_t: the gradient at lag k is factor ** k in closed form."""
    state, states = torch.zeros_like(inputs[:, 0]), []
    for t in range(inputs.size(1)):
        state = factor * state + inputs[:, t]
        states.append(state)
    return torch.stack(states, dim=1)


def make_inputs(*shape):
    torch.manual_seed(0)
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5])
def test_the_gradient_of_a_linear_memory_in_closed_form(factor):
    inputs, direction = make_inputs(4, 31, 3), torch.tensor([2.0, -1.0, 2.0], dtype=torch.float64)
    losses = linear_memory(inputs, factor)[:, -1] @ direction  # the direction's norm is 3
    lags = [0, 1, 7, 30]
    assert np.allclose(gradient_by_lag(losses, inputs, lags), [3 * factor**lag for lag in lags], rtol=1e-12)


def test_the_batch_is_averaged_geometrically():
    inputs = make_inputs(2, 3, 1)
    losses = linear_memory(inputs, 1.0)[:, -1, 0] * torch.tensor([1.0, 100.0], dtype=torch.float64)
    assert np.allclose(gradient_by_lag(losses, inputs, [0, 2]), [10, 10])


@pytest.mark.parametrize("lag", [5, -1])
def test_a_lag_longer_than_the_sequence_is_refused(lag):
    inputs = make_inputs(2, 5, 1)
    with pytest.raises(ValueError, match=f"lags must lie in 0 … 4, the steps before the last, got {lag}"):
        gradient_by_lag(linear_memory(inputs, 1.0)[:, -1, 0], inputs, [0, lag])


def test_flow_of_every_loss_to_every_input_by_finite_differences():
    torch.manual_seed(0)
    network = FusedRecurrent("lstm", input_size=2, hidden_size=4).double()
    inputs = make_inputs(6, 2)

    def losses(x):
        return (network(x[None])[0][0] ** 2).sum(dim=1)

    flow = gradient_flow(losses(inputs), inputs)
    step = 1e-6
    for s in range(6):
        changes = []
        for e in range(2):
            nudge = torch.zeros_like(inputs)
            nudge[s, e] = step
            changes.append((losses(inputs + nudge) - losses(inputs - nudge)).detach() / (2 * step))
        assert np.allclose(flow[:, s], torch.stack(changes).norm(dim=0), atol=1e-8)
    assert (flow[np.triu_indices(6, k=1)] == 0).all() and (np.diag(flow) > 0).all()
