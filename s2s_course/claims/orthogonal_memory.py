"""Does an orthogonal start lengthen the memory of a plain RNN?"""

from functools import partial

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.memory_tasks import LAGS, copies, longest_solved


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The longest lag at which the RNN solves copy-memory, from either start."""
    return {
        f"{name}_longest_lag": longest_solved(partial(copies, name, scale=scale, seed=seed), LAGS[scale])
        for name in ("rnn", "rnn_orthogonal")
    }


CLAIM = Claim(
    id="orthogonal-memory",
    chapter=2,
    title="Orthogonal weights remember longer",
    statement="A plain RNN whose recurrent weights begin orthogonal solves copy-memory at longer lags than "
    "one whose weights begin as torch draws them.",
    source="Saxe et al. 2014 for deep linear networks; Le et al. 2015 for a start at the identity",
    conditions="One symbol of eight to recall at a lag of 5, 10, 15, 20, 30, 40, 50, 75 or 100 steps, "
    "solved when 95 % of 512 are right. 64 units, 400 steps of 64 fresh sequences with Adam, with each of "
    "two learning rates, of which the better counts.",
    experiment=experiment,
    clauses=(More("", "rnn_orthogonal_longest_lag", "rnn_longest_lag", unit="steps"),),
    figures=(
        Bars(
            "longest lag solved (steps)",
            {"rnn_longest_lag": "as torch draws U", "rnn_orthogonal_longest_lag": "orthogonal U"},
        ),
    ),
    family="rnn",
)
