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


def lengths_of(mask: Bool[Tensor, "B S"]) -> Int[Tensor, " B"]:
    """The number of real steps in each row, on the CPU. Another device is waited for.

    Raises ``ValueError`` unless every row has one, and real steps come first.
    """
    mask = mask.cpu()
    if not (mask[:, 0].all() and (mask[:, 1:] <= mask[:, :-1]).all()):
        raise ValueError("mask must have at least one real step in every row, and real steps first")
    return mask.sum(dim=1)


def places_of(mask: Bool[Tensor, "..."]) -> Int[Tensor, " N"]:
    """Where ``mask`` is True, counted row by row. A device is waited for, since N is not known before."""
    return mask.flatten().nonzero().squeeze(1)


def causal_mask(length: int, *, device: torch.device | str | None = None) -> Bool[Tensor, "T T"]:
    """True where position ``t`` (row) may see position ``u`` (column): ``u <= t``, the past and itself."""
    check_at_least(1, length=length)
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()
