"""The layers of the Transformer: encoder and decoder, with the norm before or after (Vaswani et al. 2017).

In *post-norm*, as in the paper, each part is x ← norm(x + part(x)). In *pre-norm* it is x ← x + part(norm(x))
(Xiong et al. 2020): then there is a path from top to bottom without any norm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from s2s_course.checks import check_at_least, check_one_of, check_share
from s2s_course.layers.cache import KeyValueCache
from s2s_course.layers.multihead import MultiHeadAttention
from s2s_course.layers.positions import POSITIONS, Positions

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu, "silu": F.silu}


@dataclass(frozen=True, kw_only=True)
class LayerSizes:
    """What every layer of a Transformer must know. ``d_ff`` is the width inside the feed-forward part.

    ``norm_first`` puts the norm before each part (pre-norm), else after it, as in the paper.
    """

    d_model: Annotated[int, "Transformer: size of a vector."] = 256
    num_heads: Annotated[int, "Transformer: heads of each attention."] = 8
    d_ff: Annotated[int, "Transformer: width of the feed-forward part."] = 512
    dropout: Annotated[float, "Share of units dropped in training."] = 0.1
    norm_first: Annotated[bool, "Transformer: norm before or after a part.", "--pre-norm/--post-norm"] = True
    activation: str = "relu"

    def __post_init__(self):
        check_at_least(1, d_model=self.d_model, num_heads=self.num_heads, d_ff=self.d_ff)
        if self.d_model % self.num_heads:
            raise ValueError(
                f"d_model must be a multiple of num_heads, got {self.d_model} and {self.num_heads}"
            )
        check_share(dropout=self.dropout)
        check_one_of(ACTIVATIONS, activation=self.activation)


@dataclass(frozen=True, kw_only=True)
class StackSizes(LayerSizes):
    """What a stack of such layers must know besides.

    ``positions`` is one of ``layers.positions.POSITIONS``; a learned table has ``max_length`` rows.
    """

    num_layers: Annotated[int, "Layers in encoder and decoder."] = 3
    positions: Annotated[str, f"Transformer: {', '.join(POSITIONS)}."] = "sinusoidal"
    max_length: int = 512

    def __post_init__(self):
        super().__post_init__()
        check_at_least(1, num_layers=self.num_layers, max_length=self.max_length)
        check_one_of(POSITIONS, positions=self.positions)


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
        cache: KeyValueCache | None = None,
        need_weights: bool = False,
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T U"] | None]:
        """The vectors after the layer, and the weights of its attention if they are needed.

        ``cache`` holds the positions before ``vectors``: then these T are the last ones.
        """
        read = self.around_attention.before(vectors)
        change, weights = self.self_attention(
            read, read, mask, cache, positions=positions, need_weights=need_weights
        )
        vectors = self.around_attention.after(vectors, change)
        change = self.feed_forward(self.around_feed_forward.before(vectors))
        return self.around_feed_forward.after(vectors, change), weights


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

    def forward(
        self,
        vectors: Float[Tensor, "B T D"],
        positions: Positions,
        memory: Float[Tensor, "N S D"] | None,
        src_mask: Bool[Tensor, "N S"],
        mask: Bool[Tensor, "... #T U"] | None = None,
        *,
        cache: KeyValueCache | None = None,
        memory_cache: KeyValueCache | None = None,
        need_weights: bool = False,
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T U"] | None, Float[Tensor, "N H Q S"] | None]:
        """As ``EncoderLayer``, but with two attentions: the weights to itself, then those to ``memory``.

        A step has ``memory_cache`` in the place of ``memory``. Several rows may share one source, N of which
        there are: they stand behind one another, and their queries are asked together, Q for a source.
        """
        read = self.around_self.before(vectors)
        change, to_self = self.self_attention(
            read, read, mask, cache, positions=positions, need_weights=need_weights
        )
        vectors = self.around_self.after(vectors, change)
        read = self.around_cross.before(vectors).reshape(len(src_mask), -1, vectors.size(2))
        change, to_memory = self.cross_attention(
            read, memory, src_mask[:, None, None], memory_cache, need_weights=need_weights
        )
        vectors = self.around_cross.after(vectors, change.view_as(vectors))
        change = self.feed_forward(self.around_feed_forward.before(vectors))
        return self.around_feed_forward.after(vectors, change), to_self, to_memory
