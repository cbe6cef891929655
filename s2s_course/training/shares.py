"""The share of a batch that each of several processes takes.

All processes see the same batches. Of each one process r takes the rows r, r + world, r + 2 world, …: so
every row is taken by exactly one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from s2s_course.training.contract import Epochs, TrainingBatch


@dataclass(frozen=True)
class Share:
    """The rows of a batch that one process takes.

    A loss is a mean over targets, and the processes take the mean of their losses. ``weight`` makes that the
    loss of the whole batch: targets of these rows, times processes, per target of the batch.
    ``num_targets`` are those of the whole batch.
    """

    rows: TrainingBatch
    weight: float
    num_targets: int

    def to(self, device: torch.device | str) -> "Share":
        return Share(self.rows.to(device), self.weight, self.num_targets)


def share_of(batch: TrainingBatch, rank: int, world: int) -> Share:
    """What process ``rank`` of ``world`` takes of ``batch``.

    Where that would be nothing, since there are fewer rows than processes, it takes the whole batch with
    weight 0: its loss must be computed all the same, for the others wait for its gradient.
    """
    rows = batch.rows(slice(rank, None, world))
    if not rows.num_targets:
        return Share(batch, 0.0, batch.num_targets)
    return Share(rows, rows.num_targets * world / batch.num_targets, batch.num_targets)


@dataclass(frozen=True)
class Shares:
    """The shares of process ``rank`` of ``world`` in all ``batches``."""

    batches: Epochs
    rank: int
    world: int

    def epoch(self, number: int) -> Iterator[Share]:
        """The share of each batch of epoch ``number``, counted from 0."""
        for batch in self.batches.epoch(number):
            yield share_of(batch, self.rank, self.world)
