"""How does the time of a recurrent network grow with length, and does a second core help?"""

import math

import torch
from torch import Tensor

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More, Within
from s2s_course.claims.figures import Curves
from s2s_course.claims.timing import REPEATS, milliseconds, on_threads, training_step
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.seeds import seed_everything

LENGTHS = (25, 50, 100, 200)
BATCH_SIZE: dict[Scale, int] = {"smoke": 1, "quick": 32, "full": 32}
SIZE: dict[Scale, int] = {"smoke": 4, "quick": 128, "full": 128}


class OneByOne(torch.nn.Module):
    """One linear map for each step, one after the other, though none waits for the result of another."""

    def __init__(self, product: torch.nn.Linear):
        super().__init__()
        self.product = product

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.stack([self.product(step) for step in inputs.unbind(dim=1)], dim=1)


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Milliseconds of a training step of a GRU, and of one matrix product, at once or step by step."""
    seed_everything(seed)
    size = SIZE[scale]
    fused = FusedRecurrent("gru", input_size=size, hidden_size=size)
    loop, product = fused.as_loop(), torch.nn.Linear(size, 6 * size)  # as many weights as the GRU
    tasks = {}
    for length in LENGTHS:
        inputs = torch.randn(BATCH_SIZE[scale], length, size, requires_grad=True)
        tasks[f"loop_ms_{length}"] = on_threads(1, training_step(loop, inputs))
        for cores, name in ((1, ""), (2, "two_cores_")):
            tasks[f"fused_{name}ms_{length}"] = on_threads(cores, training_step(fused, inputs))
            tasks[f"product_{name}ms_{length}"] = on_threads(cores, training_step(product, inputs))
            tasks[f"pieces_{name}ms_{length}"] = on_threads(cores, training_step(OneByOne(product), inputs))
    values = milliseconds(tasks, repeats=REPEATS[scale])
    values["exponent"] = math.log(values["fused_ms_200"] / values["fused_ms_25"]) / math.log(200 / 25)
    for name in ("fused", "product", "pieces"):
        values[f"{name}_speedup"] = values[f"{name}_ms_200"] / values[f"{name}_two_cores_ms_200"]
    values["loop_over_fused"] = values["loop_ms_200"] / values["fused_ms_200"]
    return values


CLAIM = Claim(
    id="sequential-time",
    chapter=2,
    title="A second core cannot help a recurrence",
    statement="The time of a GRU with 128 units grows in proportion to the length, and a second core does "
    "not shorten it by a tenth, while it shortens a matrix product that takes all steps at once by more.",
    source="The argument against recurrence in Vaswani et al. 2017, section 1",
    conditions="Forward and backward through a GRU with 128 units, 32 sequences of 25 to 200 steps, on one "
    "core and on two; beside it one matrix product with as many weights, for all steps at once or one step "
    "after the other. Medians of 15 runs, taken in turns on a quiet processor. Growth is an exponent: 1 is "
    "proportional; between 0.9 and 1.1 counts.",
    experiment=experiment,
    clauses=(
        Within("The time of the GRU grows in proportion to the length.", "exponent", 0.9, 1.1, digits=2),
        More(
            "A second core shortens the product at once by more than the GRU.",
            "product_speedup",
            "fused_speedup",
            unit="times",
            digits=2,
        ),
        More(
            "A second core does not shorten the GRU by a tenth.", 1.1, "fused_speedup", unit="times", digits=2
        ),
    ),
    figures=(
        Curves(
            "milliseconds a training step",
            {
                "loop_ms_": "readable GRU, one core",
                "fused_ms_": "torch's GRU, one core",
                "fused_two_cores_ms_": "torch's GRU, two cores",
                "pieces_two_cores_ms_": "product in pieces, two cores",
                "product_ms_": "product at once, one core",
                "product_two_cores_ms_": "product at once, two cores",
            },
            xlabel="length (steps)",
            at="{} steps".format,
            log="xy",
        ),
    ),
    family="gru",
    names={
        "pieces_ms_": "product in pieces, one core, {} steps",
        "exponent": "growth with the length, as an exponent",
        "fused_speedup": "gain of torch's GRU from a second core",
        "product_speedup": "gain of the product at once from a second core",
        "pieces_speedup": "gain of the product in pieces from a second core",
        "loop_over_fused": "time of the readable loop over that of torch's GRU",
    },
)
