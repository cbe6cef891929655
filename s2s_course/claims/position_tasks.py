"""What the experiments on positions share: two tasks in which nothing but the order matters."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from s2s_course.claims.claim import Scale
from s2s_course.data.examples import Examples, FreshExamples
from s2s_course.models.contract import evaluating
from s2s_course.models.stack import Stack, StackConfig
from s2s_course.seeds import derive, seed_everything, torch_generator
from s2s_course.training.loop import fit
from s2s_course.training.objectives import labeling_loss
from s2s_course.training.schedule import WarmUpAndDecay

SYMBOLS = 12
BATCH_SIZE = 64
WAYS = ("none", "sinusoidal", "concatenated", "learned", "relative", "alibi", "rotary")


@dataclass(frozen=True)
class Budget:
    """``steps`` are of 64 sequences; accuracy is measured on ``tested`` others."""

    steps: int
    tested: int
    d_model: int


BUDGETS: dict[Scale, Budget] = {
    "smoke": Budget(steps=2, tested=8, d_model=16),
    "quick": Budget(steps=800, tested=1_000, d_model=64),
    "full": Budget(steps=20_000, tested=10_000, d_model=256),
}
CONDITIONS = (
    "Two layers, 64 numbers, 4 heads, pre-norm; 800 steps of 64 fresh sequences, Adam at 0.002 after 80 "
    "steps of warm-up, falling to 0; nothing was tuned for any kind of positions. "
)
Make = Callable[..., Examples]


def which_first(*, count: int, length: int, seed: int) -> Examples:
    """Random symbols with one 0 and one 1 among them. The answer, at the first token: is the 0 before the 1?

    The first token is neither, or it would know. Reversing the others turns the answer round and leaves the
    symbols as they are.
    """
    generator = torch_generator(seed, "which-first", length)
    inputs = torch.randint(2, SYMBOLS, (count, length), generator=generator)
    places = 1 + torch.stack([torch.randperm(length - 1, generator=generator)[:2] for _ in range(count)])
    inputs.scatter_(1, places, torch.tensor([[0, 1]]).expand(count, -1))
    targets = (places[:, 0] < places[:, 1]).long()[:, None].expand(-1, length).clone()
    asked = torch.zeros(count, length, dtype=torch.bool)
    asked[:, 0] = True
    return Examples.of(inputs, torch.ones_like(asked), targets, asked)


def symbol_before(*, count: int, length: int, seed: int, distance: int = 3) -> Examples:
    """Random symbols; the answer at each token is the symbol ``distance`` tokens before it."""
    generator = torch_generator(seed, "symbol-before", length)
    inputs = torch.randint(SYMBOLS, (count, length), generator=generator)
    asked = torch.ones(count, length, dtype=torch.bool)
    asked[:, :distance] = False
    return Examples.of(inputs, torch.ones_like(asked), inputs.roll(distance, dims=1), asked)


def accuracies(
    scale: Scale, seed: int, way: str, make: Make, *, lengths: range, tested: tuple[int, ...], **choices
) -> dict[int, float]:
    """Percent of right answers on sequences of each of the ``tested`` lengths, after training on "
    "``lengths``."""
    budget = BUDGETS[scale]

    def batch(*, seed: int) -> Examples:
        length = lengths[derive(seed, "length") % len(lengths)]
        return make(count=BATCH_SIZE, length=length, seed=seed)

    seed_everything(seed)
    stack = Stack(
        StackConfig(
            vocab_size=SYMBOLS, positions=way, d_model=budget.d_model, d_ff=2 * budget.d_model, num_heads=4,
            num_layers=2, dropout=0.0, max_length=max(tested), **choices,
        )
    )  # fmt: skip
    fit(
        stack, FreshExamples(batch, seed=seed), steps=budget.steps, learning_rate=2e-3, seed=seed,
        schedule=WarmUpAndDecay(budget.steps // 10, steps=budget.steps), loss_of=labeling_loss,
        progress_bar=False,
    )  # fmt: skip
    results = {}
    with evaluating(stack), torch.inference_mode():
        for length in tested:
            examples = make(count=budget.tested, length=length, seed=derive(seed, "test"))
            right = stack(examples.inputs, examples.mask).argmax(dim=-1) == examples.targets
            results[length] = 100 * right[examples.target_mask].double().mean().item()
    return results
