"""What is known of a training run: during it, and after it."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

READ_EVERY = 0.5  # seconds: whoever reads a number waits until the device has computed it


@dataclass
class History:
    """What happened: one entry a step, one entry a validation, and why training ended.

    Losses are means over targets. While training runs, the last steps are missing: their losses and norms
    are still on the device, and are read together now and then.
    """

    losses: list[float] = field(default_factory=list)
    gradient_norms: list[float] = field(default_factory=list)  # before clipping
    validation_steps: list[int] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    targets: int = 0  # answers asked for: in translation, real target tokens
    seconds: float = 0.0
    ended_by: str = ""  # "steps", "minutes", "patience", "interrupt" or "SIGTERM"
    copied: str = ""  # which state of the run has arrived where it is copied to, and when
    _unread: list[tuple[Tensor, Tensor]] = field(default_factory=list, repr=False, compare=False)
    _read_at: float = field(default=0.0, repr=False, compare=False)

    def add_step(self, loss: Tensor, norm: Tensor, targets: int, seconds: float) -> None:
        """A step was taken; ``seconds`` have passed since the start."""
        self._unread.append((loss, norm))
        self.targets += targets
        self.seconds = seconds
        if seconds - self._read_at >= READ_EVERY:
            self.read()

    def read(self) -> None:
        """Wait for the device, and read what the steps so far have left there.

        Raises ``FloatingPointError`` when the gradient of a step was not finite.
        """
        if self._unread:
            losses, norms = zip(*self._unread, strict=True)
            self._unread.clear()
            self.losses += torch.stack(losses).tolist()
            self.gradient_norms += (read := torch.stack(norms).tolist())
            self._read_at = self.seconds
            for step, norm in enumerate(read, start=1 + len(self.gradient_norms) - len(read)):
                check_finite(norm, "gradient", step)

    def add_validation(self, step: int, loss: float) -> None:
        """The loss on validation data was measured after ``step``.

        Raises ``FloatingPointError`` when it is not finite.
        """
        check_finite(loss, "loss on validation data", step)
        self.validation_steps.append(step)
        self.validation_losses.append(loss)

    @property
    def best_step(self) -> int:
        """The step after which the validation loss was lowest.

        Raises ``ValueError`` where none was measured.
        """
        if not self.validation_losses:
            raise ValueError("validation_losses must hold a number, got none")
        return min(zip(self.validation_losses, self.validation_steps, strict=True))[1]


@dataclass(frozen=True)
class Progress:
    """What a callback is told after each step; ``history`` is that of the run so far."""

    model: nn.Module
    step: int
    epoch: int
    history: History
    validation_loss: float | None
    is_best: bool


def check_finite(value: float, what: str, step: int) -> None:
    """FloatingPointError unless ``value`` is a finite number."""
    if not math.isfinite(value):
        raise FloatingPointError(f"the {what} is not finite at step {step}: lower learning_rate")
