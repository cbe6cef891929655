"""How far back does the gradient reach in networks that were trained on the same task?"""

import numpy as np

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Curves
from s2s_course.claims.memory_tasks import HIDDEN_SIZE, STEPS, adding_error, train_on_adding
from s2s_course.data.toy import adding_problem
from s2s_course.trace.gradients import gradient_by_lag

LAGS = (1, 10, 25, 50, 75, 100)
CELLS = ("rnn", "lstm", "gru")
LENGTH = 10  # of the problem that they are trained on


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """log10 of the gradient at each lag, relative to lag 0, and the error on the task trained on."""
    examples = adding_problem(32, max(LAGS) + 1, seed=-1 - seed)
    values = {}
    for cell in CELLS:
        model = train_on_adding(
            cell, LENGTH, steps=STEPS[scale], hidden_size=HIDDEN_SIZE[scale], learning_rate=1e-2, seed=seed
        )
        values[f"{cell}_error"] = adding_error(model, LENGTH, seed=seed)
        inputs = examples.inputs.double().requires_grad_()
        losses = (model.double()(inputs).squeeze(1) - examples.targets.double()) ** 2
        norms = gradient_by_lag(losses, inputs, (0, *LAGS))
        for lag, relative in zip(LAGS, np.log10(norms[1:] / norms[0]), strict=True):
            values[f"{cell}_lag_{lag}"] = float(relative)
    return values


CLAIM = Claim(
    id="gradient-reach",
    chapter=3,
    title="After training the gradient reaches farther through gates",
    statement="In an LSTM and in a GRU, the gradient that reaches the input 100 steps back is larger than "
    "in a plain RNN that was trained on the same task.",
    source="Hochreiter and Schmidhuber 1997, section 3; Chung et al. 2014, section 3",
    conditions="64 units, trained on the adding problem of 10 steps with the same 400 batches and the same "
    "learning rate (the plain network learns it less well), weights begun as torch draws them. Then the "
    "loss on sequences of 101 steps is differentiated with respect to every input, in double precision. "
    "What is compared is the size relative to lag 0, as a power of ten.",
    experiment=experiment,
    clauses=(
        More(
            "In an LSTM it is larger than in a plain RNN.",
            "lstm_lag_100",
            "rnn_lag_100",
            unit="powers of ten",
        ),
        More(
            "In a GRU it is larger than in a plain RNN.", "gru_lag_100", "rnn_lag_100", unit="powers of ten"
        ),
    ),
    figures=(
        Curves(
            "gradient relative to lag 0 (power of ten)",
            {
                "rnn_lag_": "RNN",
                "lstm_lag_": "LSTM",
                "gru_lag_": "GRU",
            },
            xlabel="lag (steps back)",
            at="lag {}".format,
        ),
    ),
    names={
        "rnn_error": "RNN, error on the task",
        "lstm_error": "LSTM, error on the task",
        "gru_error": "GRU, error on the task",
    },
)
