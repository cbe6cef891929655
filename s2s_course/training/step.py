"""One step of training."""

import math

import torch
from torch import nn

from s2s_course.training.contract import LossOf, TrainingBatch


def train_step(
    model: nn.Module,
    batch: TrainingBatch,
    optimizer: torch.optim.Optimizer,
    loss_of: LossOf,
    clip_norm: float,
) -> tuple[float, float]:
    """One step against the gradient. Returns the loss before it, and the gradient's norm before clipping.

    The gradient is scaled down to a norm of at most ``clip_norm``. One that is not finite moves nothing.
    """
    loss = loss_of(model, batch)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm).item()
    if math.isfinite(norm):
        optimizer.step()
    return loss.item(), norm
