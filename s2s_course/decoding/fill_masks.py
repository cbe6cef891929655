"""What an encoder-only model can write: tokens for the gaps in a sequence whose length is given."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from s2s_course.checks import check_at_least

LogitsOf = Callable[[Int[Tensor, "B S"]], Float[Tensor, "B S V"]]


@torch.inference_mode()
def fill_masks(
    logits_of: LogitsOf, tokens: Int[Tensor, "B S"], *, mask_index: int, rounds: int = 1
) -> Int[Tensor, "B S"]:
    """``tokens`` with every ``mask_index`` replaced by the likeliest answer of ``logits_of``.

    With several ``rounds`` the surest gaps are filled first, an equal share in each, and the next round sees
    them (after Ghazvininejad et al. 2019, who also take back what has become unlikely).
    """
    check_at_least(1, rounds=rounds)
    for left in range(rounds, 0, -1):
        gaps = tokens == mask_index
        sureness, answers = logits_of(tokens).softmax(dim=-1).max(dim=-1)
        order = sureness.masked_fill(~gaps, -1.0).argsort(dim=1, descending=True)
        rank = order.argsort(dim=1)
        now = -(-gaps.sum(dim=1, keepdim=True) // left)  # rounded up
        tokens = torch.where(gaps & (rank < now), answers, tokens)
    return tokens
