"""The training loop. It knows no model: ``loss_of(model, batch)`` says what is to become small."""

import itertools
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from s2s_course.models.contract import device_of, evaluating
from s2s_course.seeds import seed_everything
from s2s_course.training.objectives import translation_loss


@runtime_checkable
class TrainingBatch(Protocol):
    """What the loop must know of a batch: how to move it, and how many answers it asks for."""

    num_targets: int

    def to(self, device: str) -> "TrainingBatch": ...


@runtime_checkable
class Epochs(Protocol):
    """Training data: any object that gives the batches of epoch ``number``."""

    def epoch(self, number: int) -> Iterable[TrainingBatch]: ...


LossOf = Callable[[nn.Module, TrainingBatch], Tensor]


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
    ended_by: str = ""

    @property
    def best_step(self) -> int:
        """The step after which the validation loss was lowest."""
        return self.validation_steps[self.validation_losses.index(min(self.validation_losses))]

    @property
    def measurements_since_best(self) -> int:
        """How many validations followed the best one."""
        return len(self.validation_steps) - 1 - self.validation_steps.index(self.best_step)


def mean_loss(
    model: nn.Module, batches: Iterable[TrainingBatch], *, loss_of: LossOf = translation_loss
) -> float:
    """The loss per target over ``batches``, each weighted by its targets; dropout is off."""
    total, targets = 0.0, 0
    with evaluating(model), torch.inference_mode():
        for batch in batches:
            count = batch.num_targets
            total += loss_of(model, batch.to(device_of(model))).item() * count
            targets += count
    return total / targets


def fit(
    model: nn.Module,
    batches: Epochs,
    *,
    steps: int | None = None,
    minutes: float | None = None,
    validation: Sequence[TrainingBatch] = (),
    validate_every: int = 200,
    patience: int | None = None,
    optimizer: type[torch.optim.Optimizer] = torch.optim.Adam,
    learning_rate: float = 1e-3,
    clip_norm: float = 1.0,
    seed: int = 0,
    device: str = "cpu",
    callbacks: Sequence[Callable[[Progress], None]] = (),
    loss_of: LossOf = translation_loss,
    progress_bar: bool = True,
) -> History:
    """Train ``model`` in place until ``steps`` or ``minutes`` are used up, whichever is first.

    The gradient is scaled down to a norm of at most ``clip_norm``; ``math.inf`` leaves it as it is. Every
    ``validate_every`` steps, and at the end, the loss on ``validation`` is measured; training ends early when
    ``patience`` measurements in a row brought no new minimum, and the weights of the best measurement are put
    back in any case. An interrupt from the keyboard ends training as if its time were up.

    Raises ``ValueError`` for a budget, interval, patience, rate or norm that is missing or not positive,
    and ``FloatingPointError`` when the loss is no longer finite.
    """
    if steps is None and minutes is None:
        raise ValueError("steps or minutes must be given: training would have no end")
    for name in ("steps", "minutes", "validate_every", "patience", "learning_rate", "clip_norm"):
        value = locals()[name]
        if value is not None and not value > 0:
            raise ValueError(f"{name} must be more than 0, got {value}")
    seed_everything(seed)
    model.to(device).train()
    stepper = optimizer(model.parameters(), lr=learning_rate)
    history, best_weights, start = History(), None, time.monotonic()
    # tqdm's own switch, which its notebook bar ignores
    hidden = not progress_bar or "TQDM_DISABLE" in os.environ
    bar = tqdm(total=steps, desc="training", unit="step", leave=False, disable=hidden)
    try:
        for step, (epoch, batch) in enumerate(_endless(batches), start=1):
            batch = batch.to(device)
            loss = loss_of(model, batch)
            norm = _update(model, stepper, loss, clip_norm, step)
            history.losses.append(loss.item())
            history.targets += batch.num_targets
            history.seconds = time.monotonic() - start
            history.ended_by = _budget_spent(step, steps, history.seconds, minutes)
            measured = None
            if validation and (step % validate_every == 0 or history.ended_by):
                measured = mean_loss(model, validation, loss_of=loss_of)
                history.validation_steps.append(step)
                history.validation_losses.append(measured)
                if history.best_step == step:
                    best_weights = {name: value.clone() for name, value in model.state_dict().items()}
                elif patience is not None and history.measurements_since_best >= patience:
                    history.ended_by = history.ended_by or "patience"
            is_best = measured is not None and history.best_step == step
            report = Progress(model, step, epoch, history.losses[-1], norm, measured, is_best)
            for callback in callbacks:
                callback(report)
            bar.update()
            bar.set_postfix_str(f"loss {report.loss:.3f}", refresh=False)
            if history.ended_by:
                break
    except KeyboardInterrupt:
        history.ended_by = "interrupt"
    finally:
        bar.close()
    if best_weights is not None:
        model.load_state_dict(best_weights)
    return history


def _endless(batches: Epochs) -> Iterator[tuple[int, TrainingBatch]]:
    for epoch in itertools.count():
        for batch in batches.epoch(epoch):
            yield epoch, batch


def _update(
    model: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor, clip_norm: float, step: int
) -> float:
    """One step against the gradient, whose norm before clipping is returned."""
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm).item()
    if not math.isfinite(norm):
        raise FloatingPointError(f"the gradient is not finite at step {step}: lower learning_rate")
    optimizer.step()
    return norm


def _budget_spent(step: int, steps: int | None, seconds: float, minutes: float | None) -> str:
    """Which budget is used up, if one is."""
    if step == steps:
        return "steps"
    if minutes is not None and seconds >= 60 * minutes:
        return "minutes"
    return ""
