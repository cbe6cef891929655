"""What does a GRU save against an LSTM in parameters and in time?"""

import torch

from s2s_course.claims.claim import Claim, Scale, Values, Verdict, all_of, compare_paired, within
from s2s_course.claims.timing import REPEATS, milliseconds, on_threads, training_step
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.seeds import seed_everything

BATCH_SIZE, LENGTH, SIZE = 32, 50, 128


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Parameters, and milliseconds for each step of the sequence in training, fused and as a loop."""
    seed_everything(seed)
    inputs = torch.randn(BATCH_SIZE, LENGTH, SIZE)
    values, tasks = {}, {}
    for cell in ("lstm", "gru"):
        fused = FusedRecurrent(cell, input_size=SIZE, hidden_size=SIZE)
        values[f"{cell}_parameters"] = float(sum(weight.numel() for weight in fused.parameters()))
        tasks[f"{cell}_fused"] = on_threads(1, training_step(fused, inputs))
        tasks[f"{cell}_loop"] = on_threads(1, training_step(fused.as_loop(), inputs))
    for name, taken in milliseconds(tasks, repeats=REPEATS[scale]).items():
        values[f"{name}_ms_per_step"] = taken / LENGTH
    values["parameter_ratio"] = values["gru_parameters"] / values["lstm_parameters"]
    for kind in ("fused", "loop"):
        values[f"{kind}_time_ratio"] = (
            values[f"gru_{kind}_ms_per_step"] / values[f"lstm_{kind}_ms_per_step"]
            if scale != "smoke" else 1.0
        )  # fmt: skip
    return values


def holds(values: Values) -> Verdict:
    ones = [1.0] * len(values["parameter_ratio"])
    return all_of(
        within(values["parameter_ratio"], 0.75, 0.75),
        compare_paired(ones, values["fused_time_ratio"]),
        compare_paired(ones, values["loop_time_ratio"]),
    )


CLAIM = Claim(
    id="gru-size",
    chapter=3,
    statement="A GRU has three quarters of an LSTM's recurrent parameters and takes less time for a step.",
    source="Cho et al. 2014, section 2.3: three blocks of weights against four; Chung et al. 2014",
    conditions="128 units that read 128 numbers a step, 32 sequences of 50 steps, forward and backward on "
    "one core: with torch's kernel, and with the readable loop of this book. Medians of 15 runs, taken in "
    "turns on a quiet processor.",
    experiment=experiment,
    holds=holds,
    measures=(
        "s2s_course.claims.timing",
        "s2s_course.layers.fused",
        "s2s_course.layers.cells",
        "s2s_course.layers.recurrent",
    ),
)
