"""The layers of the Transformer: encoder and decoder, with the norm before or after (Vaswani et al. 2017).

In *post-norm*, as in the paper, each part is x ← norm(x + part(x)). In *pre-norm* it is x ← x + part(norm(x))
(Xiong et al. 2020): then there is a path from top to bottom without any norm.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.layers.multihead import MultiHeadAttention
from s2s_course.layers.positions import POSITIONS, Positions

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu, "silu": F.silu}


@dataclass(frozen=True, kw_only=True)
class LayerSizes:
    """What every layer of a Transformer must know. ``d_ff`` is the width inside the feed-forward part.

    ``norm_first`` puts the norm before each part (pre-norm), else after it, as in the paper.
    """

    d_model: int = 256
    num_heads: int = 8
    d_ff: int = 512
    dropout: float = 0.1
    norm_first: bool = True
    activation: str = "relu"

    def __post_init__(self):
        at_least_one(self, "d_model", "num_heads", "d_ff")
        if self.d_model % self.num_heads:
            raise ValueError(
                f"d_model must be a multiple of num_heads, got {self.d_model} and {self.num_heads}"
            )
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1), got {self.dropout}")
        one_of(self, "activation", ACTIVATIONS)


@dataclass(frozen=True, kw_only=True)
class StackSizes(LayerSizes):
    """What a stack of such layers must know besides.

    ``positions`` is one of ``layers.positions.POSITIONS``; a learned table has ``max_length`` rows.
    """

    num_layers: int = 3
    positions: str = "sinusoidal"
    max_length: int = 512

    def __post_init__(self):
        super().__post_init__()
        at_least_one(self, "num_layers", "max_length")
        one_of(self, "positions", POSITIONS)


def at_least_one(sizes: LayerSizes, *names: str) -> None:
    """Raise ``ValueError`` for a size below 1."""
    for name in names:
        if getattr(sizes, name) < 1:
            raise ValueError(f"{name} must be at least 1, got {getattr(sizes, name)}")


def one_of(sizes: LayerSizes, name: str, allowed: Iterable[str]) -> None:
    """Raise ``ValueError`` for a choice that does not exist."""
    if getattr(sizes, name) not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {getattr(sizes, name)!r}")


KeysValues = tuple[Tensor, Tensor]  # each (B, H, positions, d)


class FeedForward(nn.Module):
    """Two linear maps with a bend between, for each position alone (section 3.3)."""

    def __init__(self, sizes: LayerSizes):
        super().__init__()
        self.widen = nn.Linear(sizes.d_model, sizes.d_ff)
        self.narrow = nn.Linear(sizes.d_ff, sizes.d_model)
        self.activation = ACTIVATIONS[sizes.activation]
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, vectors: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        return self.narrow(self.dropout(self.activation(self.widen(vectors))))


class Residual(nn.Module):
    """A part of a layer with the path around it, dropout and norm."""

    def __init__(self, sizes: LayerSizes):
        super().__init__()
        self.norm_first = sizes.norm_first
        self.norm = nn.LayerNorm(sizes.d_model)
        self.dropout = nn.Dropout(sizes.dropout)

    def before(self, vectors: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """What the part reads."""
        return self.norm(vectors) if self.norm_first else vectors

    def after(
        self, vectors: Float[Tensor, "B T D"], change: Float[Tensor, "B T D"]
    ) -> Float[Tensor, "B T D"]:
        """``vectors`` and what the part adds to them."""
        total = vectors + self.dropout(change)
        return total if self.norm_first else self.norm(total)


class EncoderLayer(nn.Module):
    """Self-attention, then feed-forward."""

    def __init__(self, sizes: LayerSizes):
        super().__init__()
        sizes_of_attention = dict(d_model=sizes.d_model, num_heads=sizes.num_heads, dropout=sizes.dropout)
        self.self_attention = MultiHeadAttention(**sizes_of_attention)
        self.feed_forward = FeedForward(sizes)
        self.around_attention, self.around_feed_forward = Residual(sizes), Residual(sizes)

    def forward(
        self,
        vectors: Float[Tensor, "B T D"],
        positions: Positions,
        mask: Bool[Tensor, "... #T U"] | None = None,
        *,
        past: KeysValues | None = None,
        need_weights: bool = False,
    ) -> tuple[Float[Tensor, "B T D"], KeysValues, Float[Tensor, "B H T U"] | None]:
        """The vectors after the layer, the keys and values of all positions so far, and the weights.

        ``past`` holds keys and values of the positions before ``vectors``: then these T are the last ones.
        """
        read = self.around_attention.before(vectors)
        change, keys_values, weights = attend_to_self(
            self.self_attention, read, positions, mask, past=past, need_weights=need_weights
        )
        vectors = self.around_attention.after(vectors, change)
        change = self.feed_forward(self.around_feed_forward.before(vectors))
        return self.around_feed_forward.after(vectors, change), keys_values, weights


class DecoderLayer(nn.Module):
    """Masked self-attention, attention to the encoder's outputs, feed-forward."""

    def __init__(self, sizes: LayerSizes):
        super().__init__()
        sizes_of_attention = dict(d_model=sizes.d_model, num_heads=sizes.num_heads, dropout=sizes.dropout)
        self.self_attention = MultiHeadAttention(**sizes_of_attention)
        self.cross_attention = MultiHeadAttention(**sizes_of_attention)
        self.feed_forward = FeedForward(sizes)
        self.around_self, self.around_cross = Residual(sizes), Residual(sizes)
        self.around_feed_forward = Residual(sizes)

    def memory_keys_values(self, memory: Float[Tensor, "B S D"]) -> KeysValues:
        """What of the cross-attention depends on the source alone: computed once for a sentence."""
        attention = self.cross_attention
        return attention.split(attention.key(memory)), attention.split(attention.value(memory))

    def forward(
        self,
        vectors: Float[Tensor, "B T D"],
        positions: Positions,
        memory: KeysValues,
        src_mask: Bool[Tensor, "B S"],
        mask: Bool[Tensor, "... #T U"] | None = None,
        *,
        past: KeysValues | None = None,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "B T D"],
        KeysValues,
        tuple[Float[Tensor, "B H T U"], Float[Tensor, "B H T S"]] | None,
    ]:
        """As ``EncoderLayer``, but the weights are two: of self-attention and of cross-attention."""
        read = self.around_self.before(vectors)
        change, keys_values, to_self = attend_to_self(
            self.self_attention, read, positions, mask, past=past, need_weights=need_weights
        )
        vectors = self.around_self.after(vectors, change)
        cross = self.cross_attention
        query = cross.split(cross.query(self.around_cross.before(vectors)))
        change, to_memory = cross.attend(query, *memory, src_mask[:, None, None], need_weights=need_weights)
        vectors = self.around_cross.after(vectors, change)
        change = self.feed_forward(self.around_feed_forward.before(vectors))
        weights = (to_self, to_memory) if need_weights else None
        return self.around_feed_forward.after(vectors, change), keys_values, weights


def attend_to_self(
    attention: MultiHeadAttention,
    vectors: Float[Tensor, "B T D"],
    positions: Positions,
    mask: Bool[Tensor, "... #T U"] | None,
    *,
    past: KeysValues | None = None,
    need_weights: bool = False,
) -> tuple[Float[Tensor, "B T D"], KeysValues, Float[Tensor, "B H T U"] | None]:
    """Self-attention of ``vectors``, which follow those of ``past``, if there are any."""
    before = 0 if past is None else past[0].size(2)
    here: Int[Tensor, " T"] = torch.arange(before, before + vectors.size(1), device=vectors.device)
    query = positions.rotate(attention.split(attention.query(vectors)), here)
    key = positions.rotate(attention.split(attention.key(vectors)), here)
    value = attention.split(attention.value(vectors))
    if past is not None:
        key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
    bias = positions.bias(here, torch.arange(key.size(2), device=vectors.device))
    bias = None if bias is None else bias.to(query)
    change, weights = attention.attend(query, key, value, mask, bias, need_weights=need_weights)
    return change, (key, value), weights
