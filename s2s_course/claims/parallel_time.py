"""Training time a token, by length: a GRU goes step by step, self-attention takes all steps at once."""

import math

import torch
from torch import Tensor, nn

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Curves
from s2s_course.claims.timing import REPEATS, milliseconds, on_threads, training_step
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.layers.positions import NoPositions
from s2s_course.layers.transformer import EncoderLayer, LayerSizes
from s2s_course.seeds import seed_everything

LENGTHS = (25, 50, 100, 200, 400, 800)
ROWS: dict[Scale, int] = {"smoke": 1, "quick": 16, "full": 16}
SIZE: dict[Scale, int] = {"smoke": 4, "quick": 128, "full": 128}
HEADS = 4


class SelfAttentionLayer(nn.Module):
    """An encoder layer with about as many weights as the GRU beside it."""

    def __init__(self, size: int):
        super().__init__()
        sizes = LayerSizes(d_model=size, num_heads=HEADS, d_ff=size, dropout=0.0)
        self.layer = EncoderLayer(sizes)
        self.positions = NoPositions(d_model=size, num_heads=HEADS, max_length=max(LENGTHS))

    def forward(self, inputs: Tensor) -> Tensor:
        return self.layer(inputs, self.positions)[0]


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Microseconds a token of a training step, for both layers, on one core and on two, by length."""
    seed_everything(seed)
    rows, size = ROWS[scale], SIZE[scale]
    layers = {
        "gru": FusedRecurrent("gru", input_size=size, hidden_size=size),
        "attention": SelfAttentionLayer(size),
    }
    taken = {}
    for length in LENGTHS:
        # In turns within a length: across lengths the shortest pays for memory that the longest gave back.
        inputs = torch.randn(rows, length, size, requires_grad=True)
        tasks = {
            f"{name}_{cores}_length_{length}": on_threads(cores, training_step(layer, inputs))
            for name, layer in layers.items()
            for cores in (1, 2)
        }
        taken |= milliseconds(tasks, repeats=REPEATS[scale])
    tokens = {name: rows * int(name.rsplit("_", 1)[1]) for name in taken}
    values = {name: 1e3 * time / tokens[name] for name, time in taken.items()}
    for name, layer in layers.items():
        values[f"{name}_parameters"] = float(sum(weight.numel() for weight in layer.parameters()))
        values[f"{name}_speedup"] = values[f"{name}_1_length_100"] / values[f"{name}_2_length_100"]
        values[f"{name}_growth"] = values[f"{name}_1_length_800"] / values[f"{name}_1_length_25"]
    values["attention_exponent"] = math.log2(
        values["attention_1_length_800"] / values["attention_1_length_400"]
    )
    return values


CLAIM = Claim(
    id="parallel-time",
    chapter=7,
    title="Self-attention is faster on short sequences",
    statement="Up to 100 tokens a training step of self-attention takes less time for each token than one "
    "of a GRU of the same size, and gains more from a second core; but its time for each token grows with "
    "the length, and the GRU's does not.",
    source="Vaswani et al. 2017, table 1: n² · d operations, all at once, against n · d², one after the "
    "other",
    conditions="One layer of each with 128 numbers and about as many weights (self-attention and a "
    "feed-forward part of width 128; GRU of torch): forward and backward, 16 sequences at every length from "
    "25 to 800. Medians of 15 runs, both layers in turns at each length, on a quiet processor. Growth is "
    "from 25 to 800 on one core; more than 1.1 times counts as growing. The gain from a second core is "
    "measured at 100.",
    experiment=experiment,
    clauses=(
        *(
            More(
                f"At {length} tokens self-attention takes less time for each.",
                f"gru_1_length_{length}",
                f"attention_1_length_{length}",
                unit="microseconds a token",
            )
            for length in (25, 50, 100)
        ),
        More(
            "It gains more from a second core than the GRU.",
            "attention_speedup",
            "gru_speedup",
            unit="times",
            digits=2,
        ),
        More(
            "Its time for each token grows with the length.", "attention_growth", 1.1, unit="times", digits=2
        ),
        More("The GRU's does not.", 1.1, "gru_growth", unit="times", digits=2),
    ),
    figures=(
        Curves(
            "microseconds a token",
            {
                "gru_1_length_": "GRU, one core",
                "gru_2_length_": "GRU, two cores",
                "attention_1_length_": "self-attention, one core",
                "attention_2_length_": "self-attention, two cores",
            },
            xlabel="length (tokens)",
            at="{} tokens".format,
            log="x",
        ),
    ),
    names={
        "gru_parameters": "GRU, weights",
        "attention_parameters": "self-attention, weights",
        "gru_speedup": "GRU, gain from a second core",
        "attention_speedup": "self-attention, gain from a second core",
        "gru_growth": "GRU, time of a token at 800 over that at 25",
        "attention_growth": "self-attention, time of a token at 800 over that at 25",
        "attention_exponent": "self-attention, growth with the length, as an exponent",
    },
)
