"""How far back a gradient reaches: the size of a loss's derivative with respect to each input before it."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor


def gradient_by_lag(
    losses: Float[Tensor, " B"], inputs: Float[Tensor, "B S E"], lags: Sequence[int]
) -> np.ndarray:
    """The Euclidean norm of d loss / d x at each of ``lags``, a geometric mean over the batch: (lags,).

    ``losses`` holds one loss a row, taken at the last step; lag 0 is that step's own input, lag 1 the one
    before. Each row's loss must depend on its own inputs only. Computed in the precision of ``inputs``,
    which must require a gradient. Raises ``ValueError`` for a lag longer than the sequence.
    """
    longest = inputs.size(1) - 1
    wrong = [lag for lag in lags if not 0 <= lag <= longest]
    if wrong:
        raise ValueError(f"lags must lie in 0 … {longest}, the steps before the last, got {wrong[0]}")
    (gradient,) = torch.autograd.grad(losses.sum(), inputs)
    by_lag = gradient.norm(dim=2).flip(1)[:, list(lags)]
    return by_lag.log().mean(dim=0).exp().cpu().double().numpy()


def gradient_flow(losses: Float[Tensor, " S"], inputs: Float[Tensor, "S E"]) -> np.ndarray:
    """Row t, column s: the norm of the gradient of the loss at step t with respect to input s: (S, S).

    Zero where s comes after t, since a network that reads from left to right cannot see the future.
    """
    rows = []
    for loss in losses:
        (gradient,) = torch.autograd.grad(loss, inputs, retain_graph=True)
        rows.append(gradient.norm(dim=1))
    return torch.stack(rows).cpu().double().numpy()
