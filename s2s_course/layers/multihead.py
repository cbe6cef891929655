"""Multi-head attention: several attentions side by side, each in a smaller space (Vaswani et al. 2017).

Letters: D model size, H heads, d = D / H numbers in a head, T queries, S keys.
"""

import math

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


def attention(
    query: Float[Tensor, "B H T d"],
    key: Float[Tensor, "B H S d"],
    value: Float[Tensor, "B H S d"],
    mask: Bool[Tensor, "... #T S"] | None = None,
    bias: Float[Tensor, "#B H #T S"] | None = None,
) -> tuple[Float[Tensor, "B H T d"], Float[Tensor, "B H T S"]]:
    """softmax(Q Kᵀ / √d) V (equation 1), written out: the weighted sums, and the weights.

    A key has weight only where ``mask`` is True; ``bias`` is added to the scores. Raises ``ValueError`` for a
    query that may attend to nothing: its weights could not sum to one.
    """
    if mask is not None:
        check_mask(mask)
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)
    return weights @ value, weights


def check_mask(mask: Bool[Tensor, "... S"]) -> None:
    """Raise ``ValueError`` unless every row of ``mask`` has a True."""
    if not mask.any(dim=-1).all():
        empty = int((~mask.any(dim=-1)).sum())
        raise ValueError(f"mask must be True for at least one key of each query, got {empty} rows without")


class MultiHeadAttention(nn.Module):
    """H attentions of ``d_model`` / H numbers each, joined and mapped back (section 3.2.2)."""

    def __init__(self, *, d_model: int, num_heads: int, dropout: float = 0.0):
        super().__init__()
        if num_heads < 1 or d_model % num_heads:
            raise ValueError(f"d_model must be a multiple of num_heads, got {d_model} and {num_heads}")
        self.d_model, self.num_heads, self.dropout = d_model, num_heads, dropout
        self.query = nn.Linear(d_model, d_model)
        self.key = nn.Linear(d_model, d_model)
        self.value = nn.Linear(d_model, d_model)
        self.out = nn.Linear(d_model, d_model)
        for linear in (self.query, self.key, self.value):  # as torch begins: one matrix of three blocks
            nn.init.uniform_(linear.weight, -math.sqrt(1.5 / d_model), math.sqrt(1.5 / d_model))
        for linear in (self.query, self.key, self.value, self.out):
            nn.init.zeros_(linear.bias)

    def split(self, vectors: Float[Tensor, "B T D"]) -> Float[Tensor, "B H T d"]:
        """Cut each vector into its heads."""
        return vectors.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def join(self, heads: Float[Tensor, "B H T d"]) -> Float[Tensor, "B T D"]:
        """Put the heads of each vector together again, and map them."""
        return self.out(heads.transpose(1, 2).flatten(2))

    def attend(
        self,
        query: Float[Tensor, "B H T d"],
        key: Float[Tensor, "B H S d"],
        value: Float[Tensor, "B H S d"],
        mask: Bool[Tensor, "... #T S"] | None = None,
        bias: Float[Tensor, "#B H #T S"] | None = None,
        *,
        need_weights: bool = False,
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T S"] | None]:
        """Attention of heads already split; with ``need_weights`` the readable way, without dropout."""
        if need_weights:
            heads, weights = attention(query, key, value, mask, bias)
            return self.join(heads), weights
        allowed = mask if bias is None else bias if mask is None else bias.masked_fill(~mask, -math.inf)
        dropout = self.dropout if self.training else 0.0
        heads = F.scaled_dot_product_attention(query, key, value, attn_mask=allowed, dropout_p=dropout)
        return self.join(heads), None
