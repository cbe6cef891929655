"""What the training loop asks of data and losses. It knows no model and no task."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn


@runtime_checkable
class TrainingBatch(Protocol):
    """What the loop must know of a batch: how to move it, and how many answers it asks for."""

    num_targets: int

    def to(self, device: torch.device | str) -> "TrainingBatch": ...


@runtime_checkable
class Epochs(Protocol):
    """Training data: any object that gives the batches of epoch ``number``."""

    def epoch(self, number: int) -> Iterable[TrainingBatch]: ...


@runtime_checkable
class Stateful(Protocol):
    """A loss, a schedule or data that change while they are used: with their state a run can go on.

    The state is made of plain values and tensors.
    """

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


LossOf = Callable[[nn.Module, TrainingBatch], Tensor]  # what is to become small: a mean over targets
Step = tuple[int, int, int, Tensor, Tensor]  # its number, its epoch, targets, loss, norm of the gradient
