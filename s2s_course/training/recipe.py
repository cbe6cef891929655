"""How each model is trained when nothing else is asked for: numbers that know how much will be read.

Ten minutes are 600 steps on a slow laptop, 2,000 on a fast one and far more on a GPU. A recipe therefore
starts from the number of target tokens that the budget has room for; ``speed.py`` finds it out where the
budget is in minutes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import torch

from s2s_course.checks import check_at_least, check_more_than_0, check_share
from s2s_course.devices import has_fast_bfloat16
from s2s_course.models.registry import is_transformer
from s2s_course.training.contract import LossOf
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.label_smoothing import SmoothedTranslationLoss
from s2s_course.training.schedule import Schedule, WarmUpAndDecay, constant


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training.

    ``warm_up`` steps up to ``learning_rate``, then down to 0 with the budget; without, a constant rate.
    ``betas`` are those of Adam. ``bfloat16`` is worth it only where there is hardware for it. ``dropout`` is
    for the model, whose own it leaves where it is None.
    """

    max_tokens: Annotated[int, "Largest batch, in target tokens, padding included."] = 2000
    learning_rate: Annotated[float, "Highest step size of Adam."] = 1e-3
    warm_up: Annotated[int, "Steps to the highest rate, which then falls to 0; 0: a constant rate."] = 0
    validate_every: Annotated[int, "Steps between validations."] = 200
    label_smoothing: Annotated[float, "Share of the target spread over the vocabulary."] = 0.0
    bfloat16: Annotated[
        bool, "Matrix products in bfloat16: faster where there is hardware.", "--bf16/--no-bf16"
    ] = False
    betas: tuple[float, float] = (0.9, 0.999)
    dropout: float | None = None

    def __post_init__(self):
        check_at_least(1, max_tokens=self.max_tokens, validate_every=self.validate_every)
        check_more_than_0(learning_rate=self.learning_rate)
        check_at_least(0, warm_up=self.warm_up)
        check_share(label_smoothing=self.label_smoothing)

    @property
    def loss_of(self) -> LossOf:
        """The loss that ``fit`` is to make small."""
        if self.label_smoothing:
            return SmoothedTranslationLoss(bfloat16=self.bfloat16, smoothing=self.label_smoothing)
        return FastTranslationLoss(bfloat16=self.bfloat16)

    @property
    def optimizer(self) -> Callable[..., torch.optim.Optimizer]:
        """Adam. Fused, it updates all weights in one call: faster, and the same but for rounding."""
        return partial(torch.optim.Adam, betas=self.betas, fused=True)

    def schedule(self, *, steps: int | None = None, minutes: float | None = None) -> Schedule:
        """The share of the learning rate at each step of the budget."""
        return WarmUpAndDecay(self.warm_up, steps=steps, minutes=minutes) if self.warm_up else constant


_WARM_UP = 0.1  # share of the steps
_VALIDATIONS, _BETWEEN = 10, 200_000  # at most so many, and at least so many target tokens between two
_FEW = 2.5e6  # target tokens: with room for fewer, those in a hurry

# Trials on Multi30k, German to English, one seed each, in bfloat16; loss in nats and BLEU, greedy and with
# a beam of 5, on validation data. They read 1.4 to 1.65 million target tokens, unless something else is
# said: as many as a machine with 130 GFLOP/s would read in ten minutes with batches of this size.
#
# Transformer, dropout 0.1, label smoothing 0.1                                loss   greedy  beam
#   2,000 tokens a batch (870 steps), rate 1.5e-3, half of the steps warm-up   1.749  36.2    36.7
#   1,000 (1,602), rate 1.5e-3, a tenth warm-up                                1.719  35.5    37.1
#     512 (2,828), the same                                                    1.740  35.5    37.1
#   1,000, rate 1e-3                                                           1.820  33.6    34.6
#   1,000, rate 3e-3                                                           2.189  23.0
#   1,000, rate 1.5e-3, no dropout (1,687)                                     1.713  37.0
#   1,000, rate 2e-3, no dropout                                               1.703  37.1    37.8  taken
# Bahdanau in float32, rate 1e-3 held, no smoothing, no dropout, 2,000 (791)   1.745  33.7    36.5
#   rate 2e-3, a tenth warm-up, smoothing 0.1, dropout 0.1, 1,000 (1,581)      1.774  35.7    37.0  taken
#   that with one matrix for target embedding and logits, in bfloat16          2.100  31.5    33.3
# Luong general, rate 1e-3 held, no smoothing, no dropout, 2,000 (860)         2.098  25.8    28.6
#   rate 2e-3, a tenth warm-up, smoothing 0.1, dropout 0.1, 1,000 (1,581)      2.085  27.8    29.4  taken
#   that with rate 1e-3                                                        2.207  27.3    28.2
# GRU, 0.8 million target tokens, as Luong's first                             2.712  14.4
#   as Luong's second                                                          2.592  17.4          taken
TRANSFORMER = Recipe(learning_rate=1.5e-3, label_smoothing=0.1, betas=(0.9, 0.98))
TRANSFORMER_IN_A_HURRY = replace(TRANSFORMER, max_tokens=1_000, learning_rate=2e-3, dropout=0.0)
RECURRENT = Recipe(learning_rate=2e-3, label_smoothing=0.1, betas=(0.9, 0.98), dropout=0.1)
RECURRENT_IN_A_HURRY = replace(RECURRENT, max_tokens=1_000)


def recipe_of(
    name: str,
    *,
    device: torch.device | str,
    steps: int | None = None,
    tokens: int | float | None = None,
    longest: int = 1,
    **choices: int | float,
) -> Recipe:
    """The recipe of the model ``name`` on ``device``, with ``choices`` in place of its own numbers.

    The budget is ``steps``, or has room for so many target ``tokens``; of both the smaller one counts.
    Warm-up and the distance between validations are shares of it. A batch has room for the ``longest`` row.
    Products are in bfloat16 where the device has hardware for it.

    Raises ``ValueError`` for an unknown model, no budget, and numbers out of their range.
    """
    hurry = tokens is not None and tokens < _FEW
    if is_transformer(name):
        base = TRANSFORMER_IN_A_HURRY if hurry else TRANSFORMER
    else:
        base = RECURRENT_IN_A_HURRY if hurry else RECURRENT
    max_tokens = choices.get("max_tokens", max(longest, base.max_tokens))
    steps = _steps(steps, tokens, max(1, max_tokens))
    of_budget = {
        "max_tokens": max_tokens,
        "warm_up": round(_WARM_UP * steps),
        "validate_every": max(1, math.ceil(steps / _VALIDATIONS), _BETWEEN // max(1, max_tokens)),
        "bfloat16": has_fast_bfloat16(device),
    }
    return replace(base, **{**of_budget, **choices})


def _steps(steps: int | None, tokens: int | float | None, max_tokens: int) -> int:
    """How many steps the budget has room for."""
    if steps is None and tokens is None:
        raise ValueError("steps or tokens must be given: a recipe has to know its budget")
    if steps is not None:
        check_at_least(1, steps=steps)
    if tokens is None:
        return steps
    check_more_than_0(tokens=tokens)
    from_tokens = max(1, round(tokens / max_tokens))
    return from_tokens if steps is None else min(steps, from_tokens)
