"""How each model is trained when nothing else is asked for."""

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
    """``warm_up`` steps up to ``learning_rate``, then down to 0 with the budget; without, a constant rate.

    ``betas`` are those of Adam. ``bfloat16`` is worth it only where there is hardware for it.
    """

    learning_rate: Annotated[float, "Highest step size of Adam."] = 1e-3
    warm_up: Annotated[int, "Steps to the highest rate, which then falls to 0; 0: a constant rate."] = 0
    label_smoothing: Annotated[float, "Share of the target spread over the vocabulary."] = 0.0
    bfloat16: Annotated[
        bool, "Matrix products in bfloat16: faster where there is hardware.", "--bf16/--no-bf16"
    ] = False
    betas: tuple[float, float] = (0.9, 0.999)

    def __post_init__(self):
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


# Tried once on Multi30k, ten minutes on two cores with a dropout of 0.15, judged on its validation data.
TRANSFORMER = Recipe(learning_rate=1.5e-3, warm_up=400, label_smoothing=0.1, betas=(0.9, 0.98))


def recipe_of(name: str, *, device: torch.device | str, **choices: int | float) -> Recipe:
    """The recipe of the model ``name`` on ``device``, with ``choices`` in place of its own.

    A Transformer is trained in bfloat16 where the device has hardware for it.
    """
    if not is_transformer(name):
        return replace(Recipe(), **choices)
    return replace(TRANSFORMER, **{"bfloat16": has_fast_bfloat16(device), **choices})
