"""Multi-head attention: several attentions side by side, each in a smaller space (Vaswani et al. 2017).

Letters: D model size, H heads, d = D / H numbers in a head, T queries, S keys.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from s2s_course.layers.cache import KeyValueCache
from s2s_course.layers.positions import Positions


def attention(
    query: Float[Tensor, "B H T d"],
    key: Float[Tensor, "B H S d"],
    value: Float[Tensor, "B H S d"],
    mask: Bool[Tensor, "... #T S"] | None = None,
    bias: Float[Tensor, "#B H #T S"] | None = None,
) -> tuple[Float[Tensor, "B H T d"], Float[Tensor, "B H T S"]]:
    """softmax(Q Kᵀ / √d) V (equation 1), written out: the weighted sums, and the weights.

    A key has weight only where ``mask`` is True; ``bias`` is added to the scores. A query that may attend to
    nothing has no weights that could sum to one: NaN.
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)
    return weights @ value, weights


def fast_attention(
    query: Float[Tensor, "B H T d"],
    key: Float[Tensor, "B H S d"],
    value: Float[Tensor, "B H S d"],
    mask: Bool[Tensor, "... #T S"] | None = None,
    bias: Float[Tensor, "#B H #T S"] | None = None,
    *,
    dropout: float = 0.0,
) -> Float[Tensor, "B H T d"]:
    """The same weighted sums by torch's own function, which need not store the weights.

    ``dropout`` is the share of weights set to 0. A query that may attend to nothing finds zeros, in silence.
    """
    allowed = mask if bias is None else bias if mask is None else bias.masked_fill(~mask, -math.inf)
    return F.scaled_dot_product_attention(query, key, value, attn_mask=allowed, dropout_p=dropout)


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

    def forward(
        self,
        query: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"] | None,
        mask: Bool[Tensor, "... #T U"] | None = None,
        cache: KeyValueCache | None = None,
        *,
        positions: Positions | None = None,
        need_weights: bool = False,
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T U"] | None]:
        """What each ``query`` finds in ``memory`` (self-attention: in the same vectors), and the weights.

        With a ``cache``, ``memory`` is put behind what it holds, and both are asked; without ``memory``, what
        it holds. ``positions`` turn queries and keys or add a bias. The weights come with ``need_weights``
        only: then attention is computed in the readable way, and without dropout.
        """
        first = 0 if cache is None else cache.length
        query = self.queries(query)
        key, value = (cache.key, cache.value) if memory is None else self.keys_values(memory)
        if positions is not None:
            query, key = positions.rotate(query, first), positions.rotate(key, first)
        if memory is not None and cache is not None:
            key, value = cache.append(key, value)
        bias = None
        if positions is not None:
            here = torch.arange(first, first + query.size(2), device=query.device)
            bias = positions.bias(here, torch.arange(key.size(2), device=key.device))
            bias = None if bias is None else bias.to(query)
        if need_weights:
            heads, weights = attention(query, key, value, mask, bias)
        else:
            dropout = self.dropout if self.training else 0.0
            heads, weights = fast_attention(query, key, value, mask, bias, dropout=dropout), None
        return self.out(heads.transpose(1, 2).flatten(2)), weights

    def queries(self, vectors: Float[Tensor, "B T D"]) -> Float[Tensor, "B H T d"]:
        """What the vectors ask in each head."""
        return self.split(self.query(vectors))

    def keys_values(
        self, memory: Float[Tensor, "B S D"]
    ) -> tuple[Float[Tensor, "B H S d"], Float[Tensor, "B H S d"]]:
        """By what the vectors are found in each head, and what they then give."""
        return self.split(self.key(memory)), self.split(self.value(memory))

    def split(self, vectors: Float[Tensor, "B T D"]) -> Float[Tensor, "B H T d"]:
        """Cut each vector into its heads."""
        return vectors.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
