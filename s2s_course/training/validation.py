"""Validation: the loss on data that training never sees, the weights that had the lowest, when to give up."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from s2s_course.checks import check_at_least
from s2s_course.models.contract import device_of, evaluating
from s2s_course.training.contract import LossOf, TrainingBatch
from s2s_course.training.objectives import translation_loss


def mean_loss(
    model: nn.Module, batches: Iterable[TrainingBatch], *, loss_of: LossOf = translation_loss
) -> float:
    """The loss per target over ``batches``, each weighted by its targets; dropout is off."""
    losses, targets = [], []
    with evaluating(model), torch.inference_mode():
        for batch in batches:
            targets.append(batch.num_targets)
            losses.append(loss_of(model, batch.to(device_of(model))))
    each = torch.stack(losses).tolist()  # only now does anything wait for the device
    return sum(loss * count for loss, count in zip(each, targets, strict=True)) / sum(targets)


@dataclass(frozen=True)
class Validation:
    """Every ``every`` steps, and at the end, the loss on ``batches`` is measured.

    Training ends early when ``patience`` measurements in a row brought no new minimum.
    """

    batches: Sequence[TrainingBatch]
    every: int = 200
    patience: int | None = None

    def __post_init__(self):
        if not self.batches:
            raise ValueError("batches must hold at least one batch, got none")
        check_at_least(1, every=self.every)
        if self.patience is not None:
            check_at_least(1, patience=self.patience)


class BestSoFar:
    """The weights that had the lowest loss on validation data; until one is measured, those at the start."""

    def __init__(self, model: nn.Module, *, patience: int | None = None):
        self.model, self.patience = model, patience
        self.loss = math.inf
        self.measurements_since = 0
        self._keep()

    def update(self, loss: float) -> bool:
        """Whether ``loss`` is a new minimum. If so, the model's weights are kept. NaN never is."""
        is_best = loss < self.loss
        if is_best:
            self.loss, self.measurements_since = loss, 0
            self._keep()
        else:
            self.measurements_since += 1
        return is_best

    def _keep(self) -> None:
        self.weights = {name: value.clone() for name, value in self.model.state_dict().items()}

    @property
    def given_up(self) -> bool:
        """Whether ``patience`` measurements in a row brought no new minimum."""
        return self.patience is not None and self.measurements_since >= self.patience

    def put_back(self) -> None:
        """Give the model these weights again."""
        self.model.load_state_dict(self.weights)

    @contextmanager
    def put_back_at_the_end(self) -> Iterator[None]:
        """After the block the model has its best weights, if any were measured.

        If numbers were no longer finite, it has at least those that it had at the start.
        """
        try:
            yield
        except FloatingPointError:
            self.put_back()
            raise
        finally:
            if self.loss < math.inf:
                self.put_back()
