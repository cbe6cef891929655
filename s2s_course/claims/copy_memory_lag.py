"""Over how many steps does each cell learn to remember a symbol?"""

from functools import partial

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.memory_tasks import LAGS, copies, longest_solved

COMPARED = ("rnn", "lstm", "lstm_forget_bias_1", "gru")


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The longest lag at which each network solves copy-memory; a lag is tried after the one before."""
    return {
        f"{name}_longest_lag": longest_solved(partial(copies, name, scale=scale, seed=seed), LAGS[scale])
        for name in COMPARED
    }


CLAIM = Claim(
    id="copy-memory-lag",
    chapter=3,
    title="LSTM and GRU remember symbols longer",
    statement="Within one budget, both an LSTM and a GRU solve copy-memory at longer lags than a plain RNN.",
    source="Hochreiter and Schmidhuber 1997, section 5, for the LSTM",
    conditions="One symbol of eight to recall at a lag of 5, 10, 15, 20, 30, 40, 50, 75 or 100 steps, "
    "solved when 95 % of 512 are right. Each network has 64 units and 400 steps of 64 fresh sequences with "
    "Adam, with each of two learning rates, of which the better counts. Weights begin as torch draws them; "
    "the LSTM also with a forget bias of 1, which does not enter the verdict.",
    experiment=experiment,
    clauses=(
        More(
            "An LSTM solves longer lags than a plain RNN.",
            "lstm_longest_lag",
            "rnn_longest_lag",
            unit="steps",
        ),
        More(
            "A GRU solves longer lags than a plain RNN.", "gru_longest_lag", "rnn_longest_lag", unit="steps"
        ),
    ),
    figures=(
        Bars(
            "longest lag solved (steps)",
            {
                "rnn_longest_lag": "RNN",
                "lstm_longest_lag": "LSTM",
                "lstm_forget_bias_1_longest_lag": "LSTM, forget bias 1",
                "gru_longest_lag": "GRU",
            },
        ),
    ),
)
