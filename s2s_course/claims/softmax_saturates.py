"""Without the division by √d: what becomes of the weights and of their gradient as d grows?"""

import math

import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import Within, ratio
from s2s_course.claims.figures import Curves
from s2s_course.seeds import torch_generator

SIZES = (4, 16, 64, 256, 1024)
QUERIES: dict[Scale, int] = {"smoke": 50, "quick": 2_000, "full": 20_000}
NUM_KEYS = 16


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Mean largest weight, and mean and median length of the gradient that reaches the scores.

    The gradient is that of the weight of one key, chosen by chance, with respect to the scores as they
    enter the softmax. (What reaches a query is this times a key, and without the division times √d more.)
    """
    generator, values = torch_generator(seed, "softmax-saturates"), {}
    for size in SIZES:
        query = torch.randn(QUERIES[scale], 1, size, generator=generator)
        key = torch.randn(QUERIES[scale], NUM_KEYS, size, generator=generator)
        wanted = torch.randint(NUM_KEYS, (QUERIES[scale], 1, 1), generator=generator)
        for name, factor in (("plain", 1.0), ("scaled", 1 / math.sqrt(size))):
            scores = (factor * query @ key.transpose(1, 2)).requires_grad_()
            weights = scores.softmax(dim=-1)
            weights.gather(2, wanted).sum().backward()
            values[f"{name}_largest_{size}"] = weights.amax(dim=-1).mean().item()
            gradients = scores.grad.norm(dim=-1)
            values[f"{name}_gradient_{size}"] = gradients.mean().item()
            values[f"{name}_median_{size}"] = gradients.median().item()
    return values


CLAIM = Claim(
    id="softmax-saturates",
    chapter=7,
    title="Without division the softmax saturates",
    statement="Without the division by √d the softmax gives nearly all of its weight to one key as d grows, "
    "and the gradient of the weights with respect to the scores shrinks to less than half; with the "
    "division neither depends on d.",
    source="Vaswani et al. 2017, section 3.2.1, who suspect it",
    conditions="Queries and 16 keys of independent random numbers with mean 0 and variance 1, for d from 4 "
    "to 1,024; means over 2,000 queries. The gradient is that of the weight of a random key with respect to "
    "the scores that enter the softmax, as the length of that vector. Within 25 % counts as not depending.",
    experiment=experiment,
    clauses=(
        Within(
            "Without the division the softmax gives nearly all of its weight to one key.",
            "plain_largest_1024",
            low=0.9,
            each_seed=True,
            digits=2,
        ),
        Within(
            "Without it the gradient shrinks to less than half.",
            ratio("gradient at d = 1,024 over that at 4, plain", "plain_gradient_1024", "plain_gradient_4"),
            high=0.5,
            each_seed=True,
            digits=2,
        ),
        Within(
            "With it the largest weight does not depend on d.",
            ratio(
                "largest weight at d = 1,024 over that at 4, divided",
                "scaled_largest_1024",
                "scaled_largest_4",
            ),
            0.75,
            1.25,
            each_seed=True,
            digits=2,
        ),
        Within(
            "With it the gradient does not depend on d.",
            ratio(
                "gradient at d = 1,024 over that at 4, divided", "scaled_gradient_1024", "scaled_gradient_4"
            ),
            0.75,
            1.25,
            each_seed=True,
            digits=2,
        ),
    ),
    figures=(
        Curves(
            "largest of 16 weights, mean",
            {"plain_largest_": "plain", "scaled_largest_": "divided by √d"},
            xlabel="size d of queries and keys",
            at="d = {}".format,
            log="x",
        ),
        Curves(
            "length of the gradient of one weight at the scores",
            {
                "plain_gradient_": "plain, mean",
                "plain_median_": "plain, median",
                "scaled_gradient_": "divided by √d, mean",
                "scaled_median_": "divided by √d, median",
            },
            xlabel="size d of queries and keys",
            at="d = {}".format,
            log="x",
        ),
    ),
    family="transformer",
)
