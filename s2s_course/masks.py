"""Masks, and the one rule for all of them.

A mask is ``bool`` and **True means "may attend"** (or: "counts"). This is the rule of
``torch.nn.functional.scaled_dot_product_attention``. ``torch.nn.MultiheadAttention`` means the opposite:
negate with ``~`` only where it is called.
"""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from s2s_course.checks import check_at_least


def padding_mask(tokens: Int[Tensor, "B S"], pad_index: int) -> Bool[Tensor, "B S"]:
    """True where a token is real, False where it is padding."""
    return tokens != pad_index


def causal_mask(length: int, *, device: torch.device | str | None = None) -> Bool[Tensor, "T T"]:
    """True where position ``t`` (row) may see position ``u`` (column): ``u <= t``, the past and itself."""
    check_at_least(1, length=length)
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()
