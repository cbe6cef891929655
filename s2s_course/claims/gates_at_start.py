"""Do gates carry the gradient before anything is learned?"""

import math

import numpy as np
import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Curves
from s2s_course.claims.memory_tasks import HIDDEN_SIZE, NETWORKS
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.seeds import seed_everything, torch_generator
from s2s_course.trace.gradients import gradient_by_lag

LAGS = (1, 10, 25, 50, 75, 100)
INPUT_SIZE = 16


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """log10 of the gradient at each lag, relative to lag 0, of one direction of the last hidden state."""
    hidden_size = HIDDEN_SIZE[scale]
    generator = torch_generator(seed, "gates at start")
    inputs = torch.randn(32, max(LAGS) + 1, INPUT_SIZE, generator=generator).double().requires_grad_()
    direction = torch.randn(hidden_size, generator=generator).double()
    values = {}
    for name, (cell, start) in NETWORKS.items():
        seed_everything(seed)
        network = FusedRecurrent(cell, input_size=INPUT_SIZE, hidden_size=hidden_size).double()
        if start is not None:
            start(network)
        outputs, _ = network(inputs)
        norms = gradient_by_lag(outputs[:, -1] @ direction, inputs, (0, *LAGS))
        for lag, relative in zip(LAGS, np.log10(norms[1:] / norms[0]), strict=True):
            values[f"{name}_lag_{lag}"] = float(relative)
    return values


CLAIM = Claim(
    id="gates-at-start",
    chapter=3,
    title="Gates alone carry the gradient",
    statement="Gates alone carry the gradient: over 100 steps an LSTM and a GRU that have not been trained "
    "yet keep at least a thousandth of it.",
    source="The common summary that an LSTM does not have vanishing gradients; Hochreiter and Schmidhuber "
    "1997 show it for a cell without a forget gate",
    conditions="64 units that read 16 random numbers a step, weights as torch draws them. What is measured "
    "is the gradient of one random direction of the last hidden state with respect to the input that many "
    "steps before, relative to lag 0, in double precision. A thousandth is our threshold.",
    experiment=experiment,
    clauses=(
        More(
            "An untrained LSTM keeps a thousandth over 100 steps.",
            "lstm_lag_100",
            math.log10(1e-3),
            unit="powers of ten",
        ),
        More(
            "An untrained GRU keeps a thousandth over 100 steps.",
            "gru_lag_100",
            math.log10(1e-3),
            unit="powers of ten",
        ),
    ),
    figures=(
        Curves(
            "gradient relative to lag 0 (power of ten)",
            {
                "rnn_lag_": "RNN",
                "lstm_lag_": "LSTM",
                "gru_lag_": "GRU",
                "lstm_forget_bias_1_lag_": "LSTM, forget bias 1",
                "rnn_orthogonal_lag_": "RNN, orthogonal",
            },
            xlabel="lag (steps back)",
            at="lag {}".format,
        ),
    ),
    names={
        "lstm_forget_bias_0_lag_": "LSTM, forget bias 0, lag {}",
    },
)
