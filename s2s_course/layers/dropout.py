"""Dropout (Srivastava et al. 2014) whose masks are cut out of random bytes.

torch draws a random number for each unit, on a CPU one after the other, which takes a sixth of a small
Transformer's training step. Here one 64-bit random number is the masks of eight units: a byte b, all values
0 … 255 of which are equally likely, drops its unit if b < k, so with the probability k / 256.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s_course.checks import check_share

_VALUES = 256  # of a byte
_TOLERANCE = 0.025  # by which k / 256 may miss the share, of units dropped or of units kept


def dropped_values(p: float) -> int | None:
    """How many of the 256 values of a byte drop a unit, so that the share ``p`` of units is dropped.

    ``None`` where no number of them is near enough: k / 256 must miss neither ``p`` nor 1 - ``p`` by more
    than 2.5 %.
    """
    k = round(p * _VALUES)
    return k if abs(k / _VALUES - p) <= _TOLERANCE * min(p, 1 - p) else None


class Dropout(nn.Module):
    """In training, set the share ``p`` of all numbers to 0 and multiply the others, so that the mean stays.

    On a CPU the share is that multiple of 1/256 which is nearest to ``p``: 26/256 = 0.1016 for 0.1. Where
    none is near, and on other devices, it is ``torch.nn.Dropout``, which is what to read this class as.
    """

    def __init__(self, p: float):
        super().__init__()
        check_share(p=p)
        self.p = p

    def forward(self, numbers: Tensor) -> Tensor:
        k = dropped_values(self.p)
        if not self.training or not k or numbers.device.type != "cpu":
            return F.dropout(numbers, self.p, self.training)
        return _DropoutFromBytes.apply(numbers, k)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class _DropoutFromBytes(torch.autograd.Function):
    """What is kept for the way back is the mask, a byte for each number."""

    @staticmethod
    def forward(ctx, numbers: Tensor, k: int) -> Tensor:
        count = numbers.numel()
        eight = torch.empty((count + 7) // 8, dtype=torch.int64).random_(-(2**63), None)  # all 2⁶⁴ values
        kept = eight.view(torch.uint8)[:count].view(numbers.shape) >= k
        ctx.kept, ctx.scale = kept.view(torch.uint8), _VALUES / (_VALUES - k)
        return _masked(numbers, ctx.kept, ctx.scale)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        return _masked(gradient, ctx.kept, ctx.scale), None


def _masked(numbers: Tensor, kept: Tensor, scale: float) -> Tensor:
    """``numbers`` times ``scale`` where ``kept`` is 1. Bytes become floats far faster than ``bool`` does."""
    return kept.to(numbers.dtype).mul_(numbers).mul_(scale)
