"""Over how many steps does each cell learn to remember a number and add another?"""

from functools import partial

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.memory_tasks import LAGS, adds, longest_solved

COMPARED = ("rnn", "lstm", "lstm_forget_bias_1", "gru")


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The longest adding problem that each network solves; a length is tried after the one before."""
    return {
        f"{name}_longest_length": longest_solved(partial(adds, name, scale=scale, seed=seed), LAGS[scale])
        for name in COMPARED
    }


CLAIM = Claim(
    id="adding-length",
    chapter=3,
    title="LSTM and GRU add over longer sequences",
    statement="Within one budget, both an LSTM and a GRU solve longer adding problems than a plain RNN.",
    source="Hochreiter and Schmidhuber 1997, experiment 4, for the LSTM; the task in the form of Le et al. "
    "2015",
    conditions="Sequences of 5, 10, 15, 20, 30, 40, 50, 75 or 100 steps, solved when the mean squared error "
    "is at most 0.01, where the answer 1 has 0.17. Each network has 64 units and 400 steps of 64 fresh "
    "sequences with Adam, with each of two learning rates, of which the better counts. Weights begin as "
    "torch draws them; the LSTM also with a forget bias of 1, which does not enter the verdict.",
    experiment=experiment,
    clauses=(
        More(
            "An LSTM solves longer problems than a plain RNN.",
            "lstm_longest_length",
            "rnn_longest_length",
            unit="steps",
        ),
        More(
            "A GRU solves longer problems than a plain RNN.",
            "gru_longest_length",
            "rnn_longest_length",
            unit="steps",
        ),
    ),
    figures=(
        Bars(
            "longest problem solved (steps)",
            {
                "rnn_longest_length": "RNN",
                "lstm_longest_length": "LSTM",
                "lstm_forget_bias_1_longest_length": "LSTM, forget bias 1",
                "gru_longest_length": "GRU",
            },
        ),
    ),
)
