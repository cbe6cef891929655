"""One step of training."""

import torch
from torch import Tensor, nn

from s2s_course.training.contract import LossOf, TrainingBatch


def train_step(
    model: nn.Module,
    batch: TrainingBatch,
    optimizer: torch.optim.Optimizer,
    loss_of: LossOf,
    clip_norm: float,
) -> tuple[Tensor, Tensor]:
    """One step against the gradient. Returns the loss before it, and the gradient's norm before clipping.

    The gradient is scaled down to a norm of at most ``clip_norm``. Both numbers stay on the device, where
    the next step can begin while nobody has read them.
    """
    loss = loss_of(model, batch)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    optimizer.step()
    return loss.detach(), norm
