"""Self-attention without positions: reorder the words, and the outputs are reordered alike."""

import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import Within
from s2s_course.claims.figures import Bars
from s2s_course.claims.position_names import NAMES
from s2s_course.models.stack import Stack, StackConfig
from s2s_course.seeds import seed_everything

WORDS, LENGTH = 50, 13
WAYS = ("none", "sinusoidal", "concatenated", "learned", "relative", "alibi", "rotary")
ROUNDING = -12.0  # as a power of ten: far above the rounding of float64, far below any effect


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The largest difference between reordered outputs and outputs of reordered words, for each way."""
    values = {}
    for way in WAYS:
        seed_everything(seed)
        stack = Stack(StackConfig(vocab_size=WORDS, positions=way, num_layers=3, dropout=0.0)).double().eval()
        words = torch.randint(WORDS, (1, LENGTH))
        order = torch.randperm(LENGTH)
        mask = torch.ones(1, LENGTH, dtype=torch.bool)
        with torch.inference_mode():
            outputs, reordered = stack(words, mask), stack(words[:, order], mask)
        difference = (outputs[:, order] - reordered).abs().max().item()
        values[f"{way}_exponent"] = torch.tensor(difference).clamp(min=1e-20).log10().item()
    return values


CLAIM = Claim(
    id="permutation-equivariance",
    chapter=7,
    title="Self-attention does not know the order",
    statement="Self-attention without positions and without a mask does not know the order of its words: "
    "reorder them, and the outputs are the same, reordered alike, to the rounding of float64. With any kind "
    "of positions they are not.",
    source="Follows from equation 1 of Vaswani et al. 2017; section 3.5 there gives it as the reason for "
    "positions",
    conditions="Three layers of self-attention and feed-forward, 256 numbers, 8 heads, untrained, in "
    "float64; 13 random words in a random order. (In the reversed order ALiBi would not notice.) Given is "
    "the exponent of 10 of the largest difference between two outputs.",
    experiment=experiment,
    clauses=(
        Within(
            "Without positions the outputs are the same to the rounding of float64.",
            "none_exponent",
            high=ROUNDING,
            each_seed=True,
            unit="(power of ten)",
        ),
        *(
            Within(
                f"With {name} positions they are not.",
                f"{way}_exponent",
                low=-3.0,
                each_seed=True,
                unit="(power of ten)",
            )
            for way, name in NAMES.items()
        ),
    ),
    figures=(
        Bars(
            "largest difference between two outputs (power of ten)",
            {
                "none_exponent": "none",
                "sinusoidal_exponent": "sinusoidal, added",
                "concatenated_exponent": "sinusoidal, concatenated",
                "learned_exponent": "learned",
                "relative_exponent": "relative bias",
                "alibi_exponent": "ALiBi",
                "rotary_exponent": "rotary",
            },
        ),
    ),
)
