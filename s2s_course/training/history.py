"""What is known of a training run: during it, and after it."""

import math
from dataclasses import dataclass, field

from torch import nn


@dataclass(frozen=True)
class Progress:
    """What a callback is told after each step. Losses are means over targets."""

    model: nn.Module
    step: int
    epoch: int
    loss: float
    gradient_norm: float
    validation_loss: float | None
    is_best: bool


@dataclass
class History:
    """What happened: one entry a step, one entry a validation, and why training ended."""

    losses: list[float] = field(default_factory=list)
    validation_steps: list[int] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    targets: int = 0  # answers asked for: in translation, real target tokens
    seconds: float = 0.0
    ended_by: str = ""  # "steps", "minutes", "patience" or "interrupt"

    def add_step(self, loss: float, targets: int, seconds: float) -> None:
        """A step was taken; ``seconds`` have passed since the start."""
        self.losses.append(loss)
        self.targets += targets
        self.seconds = seconds

    def add_validation(self, step: int, loss: float) -> None:
        """The loss on validation data was measured after ``step``."""
        self.validation_steps.append(step)
        self.validation_losses.append(loss)

    @property
    def best_step(self) -> int:
        """The step after which the validation loss was lowest.

        Raises ``ValueError`` where none was measured, or none is a finite number.
        """
        measured = [
            (loss, step)
            for step, loss in zip(self.validation_steps, self.validation_losses, strict=True)
            if math.isfinite(loss)
        ]
        if not measured:
            raise ValueError("validation_losses must hold a finite number, got none")
        return min(measured)[1]
