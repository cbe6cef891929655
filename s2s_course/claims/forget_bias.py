"""Does a forget bias of 1 help an LSTM at long lags?"""

from functools import partial

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.memory_tasks import LAGS, copies, longest_solved


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The longest lag at which the LSTM solves copy-memory, with either bias."""
    return {
        f"bias_{bias}_longest_lag": longest_solved(
            partial(copies, f"lstm_forget_bias_{bias}", scale=scale, seed=seed), LAGS[scale]
        )
        for bias in (0, 1)
    }


CLAIM = Claim(
    id="forget-bias",
    chapter=3,
    title="A forget bias of 1 helps to remember",
    statement="An LSTM whose forget gates begin with a bias of 1 solves copy-memory at longer lags than one "
    "whose forget gates begin with a bias of 0.",
    source="Gers et al. 2000; Jozefowicz et al. 2015",
    conditions="One symbol of eight to recall at a lag of 5, 10, 15, 20, 30, 40, 50, 75 or 100 steps, "
    "solved when 95 % of 512 are right. 64 units, 400 steps of 64 fresh sequences with Adam, with each of "
    "two learning rates, of which the better counts. All other weights as torch draws them.",
    experiment=experiment,
    clauses=(More("", "bias_1_longest_lag", "bias_0_longest_lag", unit="steps"),),
    figures=(
        Bars(
            "longest lag solved (steps)",
            {"bias_0_longest_lag": "forget bias 0", "bias_1_longest_lag": "forget bias 1"},
        ),
    ),
    family="lstm",
)
