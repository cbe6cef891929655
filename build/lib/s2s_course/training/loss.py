"""The loss of next-token prediction."""

import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor


def masked_cross_entropy(
    logits: Float[Tensor, "B T V"], tgt_out: Int[Tensor, "B T"], tgt_mask: Bool[Tensor, "B T"]
) -> Float[Tensor, ""]:
    """Mean negative log-likelihood per real target token, in nats. Padding counts for nothing."""
    return F.cross_entropy(logits[tgt_mask], tgt_out[tgt_mask])
