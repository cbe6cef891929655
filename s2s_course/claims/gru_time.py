"""Does a GRU save time against an LSTM?"""

import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.timing import REPEATS, milliseconds, on_threads, training_step
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.seeds import seed_everything

BATCH_SIZE, LENGTH, SIZE = 32, 50, 128


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Milliseconds for each step of the sequence in training, by torch and as a loop, and their ratios."""
    seed_everything(seed)
    inputs, tasks = torch.randn(BATCH_SIZE, LENGTH, SIZE), {}
    for cell in ("lstm", "gru"):
        fused = FusedRecurrent(cell, input_size=SIZE, hidden_size=SIZE)
        tasks[f"{cell}_fused"] = on_threads(1, training_step(fused, inputs))
        tasks[f"{cell}_loop"] = on_threads(1, training_step(fused.as_loop(), inputs))
    taken = milliseconds(tasks, repeats=REPEATS[scale])
    values = {f"{name}_ms_per_step": total / LENGTH for name, total in taken.items()}
    for kind in ("fused", "loop"):
        values[f"{kind}_time_ratio"] = taken[f"gru_{kind}"] / taken[f"lstm_{kind}"]
    return values


CLAIM = Claim(
    id="gru-time",
    chapter=3,
    title="A step of a GRU is faster",
    statement="A step of a GRU takes less time than a step of an LSTM of the same size.",
    source="Its three blocks of weights against four; Cho et al. 2014, section 2.3, call it much simpler to "
    "compute",
    conditions="128 units that read 128 numbers a step, 32 sequences of 50 steps, forward and backward on "
    "one core: with torch's own network, and with the readable loop of this book. Medians of 15 runs, taken "
    "in turns on a quiet processor.",
    experiment=experiment,
    clauses=(
        More("It takes less time in torch's own networks.", 1.0, "fused_time_ratio", unit="times", digits=2),
        More("It takes less time in the readable loop.", 1.0, "loop_time_ratio", unit="times", digits=2),
    ),
    figures=(
        Bars(
            "milliseconds a step, forward and backward",
            {
                "lstm_loop_ms_per_step": "LSTM, readable loop",
                "gru_loop_ms_per_step": "GRU, readable loop",
                "lstm_fused_ms_per_step": "LSTM, torch's own",
                "gru_fused_ms_per_step": "GRU, torch's own",
            },
            digits=3,
        ),
    ),
    names={
        "fused_time_ratio": "time of a step, GRU over LSTM, torch's own",
        "loop_time_ratio": "time of a step, GRU over LSTM, readable loop",
    },
)
