"""All that changes while a model is trained: what a run keeps, and goes on from."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from s2s_course.models.contract import device_of
from s2s_course.seeds import random_states, restore_random_states
from s2s_course.training.contract import Epochs, Stateful, TrainingBatch
from s2s_course.training.history import History
from s2s_course.training.validation import BestSoFar


class TrainingState:
    """A training after ``step`` steps, the last of which took batch number ``batch`` of ``epoch``.

    ``parts`` are what may have a state of its own: data, schedule, loss.
    """

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, best: BestSoFar, **parts: Any):
        self.model, self.optimizer, self.best, self.history = model, optimizer, best, History()
        self.parts = {name: part for name, part in parts.items() if isinstance(part, Stateful)}
        self.step = self.epoch = self.batch = 0
        self._random: dict[str, Any] | None = None

    def took(self, step: int, epoch: int) -> None:
        """Step ``step`` was taken, in ``epoch``."""
        self.batch = 1 + (self.batch if epoch == self.epoch else 0)
        self.step, self.epoch = step, epoch

    def values(self) -> dict[str, Any]:
        """All of it but the best weights; what the device still has is read first."""
        self.history.read()
        history = self.history
        return {
            "step": self.step, "epoch": self.epoch, "batch": self.batch,
            "model": dict(self.model.state_dict()), "optimizer": self.optimizer.state_dict(),
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
            "random": random_states(),
            "best": {"loss": self.best.loss, "measurements_since": self.best.measurements_since},
            "history": {
                "losses": torch.tensor(history.losses, dtype=torch.float64),
                "gradient_norms": torch.tensor(history.gradient_norms, dtype=torch.float64),
                "validation_steps": history.validation_steps, "validation_losses": history.validation_losses,
                "targets": history.targets, "seconds": history.seconds, "ended_by": history.ended_by,
            },
        }  # fmt: skip

    def restore(self, values: dict[str, Any], best: dict[str, Tensor]) -> None:
        """Go on from what ``values`` gave, perhaps on another device.

        Raises ``LookupError``, ``TypeError``, ``ValueError`` or ``RuntimeError`` where it does not fit.
        """
        device = device_of(self.model)
        self.model.load_state_dict(values["model"])
        self.optimizer.load_state_dict(values["optimizer"])
        for name, part in self.parts.items():
            part.load_state_dict(_moved(values["parts"][name], device))
        self.best.weights = {name: best[name].to(device) for name in self.best.weights}
        self.best.loss = float(values["best"]["loss"])
        self.best.measurements_since = int(values["best"]["measurements_since"])
        history = dict(values["history"])
        for name in ("losses", "gradient_norms"):
            history[name] = history[name].tolist()
        self.history.__init__(**history)
        self.step, self.epoch, self.batch = (int(values[name]) for name in ("step", "epoch", "batch"))
        self._random = values["random"]
        self.draws_go_on()

    def rest_of(self, batches: Epochs) -> Epochs:
        """``batches`` without those of this epoch that were used. Then every generator is where it was."""
        return _Rest(self, batches) if self._random else batches

    def draws_go_on(self) -> None:
        """Put the generators where they were when ``values`` was asked."""
        restore_random_states(self._random)


class _Rest:
    def __init__(self, training: TrainingState, batches: Epochs):
        self.training, self.batches = training, batches
        self.epoch_of_start, self.used = training.epoch, training.batch

    def epoch(self, number: int) -> Iterator[TrainingBatch]:
        batches = iter(self.batches.epoch(number))
        if number == self.epoch_of_start:
            for _ in islice(batches, self.used):
                pass
            self.training.draws_go_on()
        yield from batches


def _moved(value: Any, device: torch.device) -> Any:
    """``value`` with its tensors on ``device``."""
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, (list, tuple)):
        return type(value)(_moved(each, device) for each in value)
    return {key: _moved(each, device) for key, each in value.items()} if isinstance(value, dict) else value
