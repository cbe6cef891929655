"""How many parameters does a GRU have, compared with an LSTM?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import Within
from s2s_course.claims.figures import Bars
from s2s_course.layers.fused import FusedRecurrent

SIZES = {"smoke": (2, 3), "quick": (96, 128), "full": (1024, 1024)}  # numbers in an input, units


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Count them; the seed changes nothing."""
    input_size, hidden_size = SIZES[scale]
    values = {}
    for cell in ("rnn", "lstm", "gru"):
        network = FusedRecurrent(cell, input_size=input_size, hidden_size=hidden_size)
        values[f"{cell}_parameters"] = float(sum(weights.numel() for weights in network.parameters()))
    values["gru_over_lstm"] = values["gru_parameters"] / values["lstm_parameters"]
    return values


CLAIM = Claim(
    id="gru-parameters",
    chapter=3,
    title="A GRU has three quarters of the parameters",
    statement="A GRU has three quarters of an LSTM's recurrent parameters.",
    source="Cho et al. 2014, section 2.3: three blocks of weights against four",
    conditions="One layer with 128 units that reads 96 numbers a step, counted. Exact, and the same for any "
    "size.",
    experiment=experiment,
    clauses=(Within("", "gru_over_lstm", 0.75, 0.75, digits=2),),
    figures=(
        Bars(
            "recurrent parameters",
            {
                "rnn_parameters": "RNN",
                "gru_parameters": "GRU",
                "lstm_parameters": "LSTM",
            },
            digits=0,
        ),
    ),
    names={
        "gru_over_lstm": "recurrent parameters, GRU over LSTM",
    },
)
