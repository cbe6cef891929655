"""Several processes that train one model, through Hugging Face Accelerate.

Each holds the whole model and takes its share of every batch; after the backward pass the gradients are
averaged over all of them (data parallelism; Li et al. 2020, "PyTorch Distributed"). Then all take the same
step, so their weights stay the same to the last bit.
"""

import os
from collections.abc import Iterable, Iterator, Sequence

import torch
from accelerate import Accelerator
from accelerate.utils import (
    InitProcessGroupKwargs,
    broadcast_object_list,
    gather_object,
    send_to_device,
)
from torch import Tensor, nn

from s2s_course.seeds import derive, random_states, seed_everything
from s2s_course.training.contract import Epochs, LossOf, Step, TrainingBatch
from s2s_course.training.processes import Processes
from s2s_course.training.shares import Share, Shares
from s2s_course.training.training_state import TrainingState
from s2s_course.training.validation import mean_loss

# Decisions travel between processors, so that no GPU has to be waited for.
_BACKENDS = {"cpu": "gloo", "cuda": "cpu:gloo,cuda:nccl"}

_REASONS = ("", "interrupt", "SIGTERM")  # to stop: where processes have different ones, the last counts


class AcceleratedProcesses(Processes):
    """Those that ``accelerate launch`` started this one with."""

    def __init__(self, device: str):
        """``device``: the kind that all of them use, cpu or cuda; each has a GPU of its own.

        Raises ``ValueError`` for another device, and where there are more processes than GPUs.
        """
        if device not in _BACKENDS:
            raise ValueError(f"device must be cpu or cuda where several processes train, got {device}")
        local_rank = int(os.environ["LOCAL_RANK"])
        if device == "cuda" and local_rank >= torch.cuda.device_count():
            raise ValueError(
                f"each process needs a GPU of its own, and this machine has {torch.cuda.device_count()}"
            )
        self.accelerator = Accelerator(
            cpu=device == "cpu",
            mixed_precision="no",  # the loss sees to it itself
            kwargs_handlers=[InitProcessGroupKwargs(backend=_BACKENDS[device])],
        )
        self.rank, self.count = self.accelerator.process_index, self.accelerator.num_processes
        self.is_first = self.accelerator.is_main_process

    def own_device(self, device: str) -> str:
        return str(self.accelerator.device)

    def own_seed(self, seed: int) -> int:
        """Each drops other units. The first draws as one that trains alone."""
        return seed if self.rank == 0 else derive(seed, "process", self.rank)

    def go_on_from_the_first(self, training: TrainingState, seed: int) -> None:
        step = round(self.agree(float(training.step)))
        if step == 0:
            return
        state = (training.values(), training.best.weights) if self.is_first else None
        [(values, best)] = broadcast_object_list([send_to_device(state, "cpu")])
        if not self.is_first:  # it has kept its own draws only
            seed_everything(derive(seed, "process", self.rank, step))
            training.restore({**values, "random": random_states()}, best)

    def shares(self, batches: Epochs) -> Epochs:
        return Shares(batches, self.rank, self.count)

    def loss_of(self, model: nn.Module, loss_of: LossOf) -> LossOf:
        together = self.accelerator.prepare(_Loss(model, loss_of))
        return lambda _, share: together(share)

    def together(self, steps: Iterable[Step]) -> Iterator[Step]:
        for step, epoch, targets, loss, norm in steps:
            yield step, epoch, targets, self.accelerator.reduce(loss, reduction="mean"), norm

    def agree(self, value: float) -> float:
        return self.accelerator.reduce(torch.tensor(value, dtype=torch.float64), reduction="max").item()

    def any_stop(self, reason: str) -> str:
        return _REASONS[round(self.agree(float(_REASONS.index(reason))))]

    def mean_loss(self, model: nn.Module, batches: Sequence[TrainingBatch], loss_of: LossOf) -> float:
        """Each measures every so many-th batch."""
        mine = batches[self.rank :: self.count]
        loss = mean_loss(model, mine, loss_of=loss_of) if mine else 0.0
        measured = gather_object([(loss, sum(batch.num_targets for batch in mine))])
        return sum(loss * count for loss, count in measured) / sum(count for _, count in measured)


class _Loss(nn.Module):
    """The loss as the ``forward`` of a module: gradients are averaged for what is called through one.

    A loss calls other methods of the model than ``forward``, and they would be missed.
    """

    def __init__(self, model: nn.Module, loss_of: LossOf):
        super().__init__()
        self.model, self.of = model, loss_of

    def forward(self, share: Share) -> Tensor:
        return self.of(self.model, share.rows) * share.weight
