"""One new position through a stack of Transformer layers, in fewer operations: for writing.

``layers/transformer.py`` is what to read. This is its fast twin: the same numbers (tests/layers/test_lean.py)
without gradients, dropout and attention weights. A step is so little work that calling an operation may cost
more than what it does. So query, key and value are one product, nothing goes through modules, and weights
lie in memory as a product with few rows reads them best. Attention reads the whole buffers of a cache, whose
sizes suit a processor, and a bias of -inf hides the places without a key.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from s2s_course.layers.cache import Buffers, KeyValueCache, room
from s2s_course.layers.positions import Positions
from s2s_course.layers.transformer import DecoderLayer, EncoderLayer


class PackedLinear:
    """Linear maps of the same vectors as one product, with a copy of their weights: a matrix (in, out)."""

    def __init__(self, *maps: nn.Linear):
        self.maps = maps
        self.copied: list[tuple[Tensor, int]] = []

    def refresh(self) -> None:
        """Copy the weights again, unless they are still those of the copy.

        A tensor counts its changes; only those through ``.data`` go unseen.
        """
        weights = [weight for linear in self.maps for weight in (linear.weight, linear.bias)]
        if len(self.copied) == len(weights) and all(
            old.data_ptr() == new.data_ptr() and version == new._version
            for (old, version), new in zip(self.copied, weights, strict=True)
        ):
            return
        with torch.no_grad():
            self.weight = torch.cat(weights[::2]).t().contiguous()
            self.bias = torch.cat(weights[1::2])
        self.copied = [(weight.detach(), weight._version) for weight in weights]

    def __call__(self, vectors: Float[Tensor, "B I"]) -> Float[Tensor, "B O"]:
        return torch.addmm(self.bias, vectors, self.weight)


class LeanNorm:
    """A layer norm called as a function; nothing, where the stack has none."""

    def __init__(self, norm: nn.LayerNorm | nn.Identity):
        self.norm = norm
        self.refresh()

    def refresh(self) -> None:
        norm, self.choices = self.norm, None
        if isinstance(norm, nn.LayerNorm):
            self.choices = (norm.normalized_shape, norm.weight, norm.bias, norm.eps)

    def __call__(self, vectors: Float[Tensor, "B D"]) -> Float[Tensor, "B D"]:
        return torch.layer_norm(vectors, *self.choices) if self.choices else vectors


def padded_attention(
    query: Float[Tensor, "B H Q d"], buffers: Buffers, bias: Float[Tensor, "#BH 1 size"]
) -> Float[Tensor, "B H Q d"]:
    """softmax(Q Kᵀ / √d + ``bias``) V over whole buffers. With few queries torch's own function is slower.

    A query that may attend to nothing finds NaN, as in ``attention``.
    """
    key, value = buffers.factors
    scores = torch.baddbmm(bias, query.flatten(0, 1), key, alpha=1 / math.sqrt(query.size(3)))
    return scores.softmax(dim=2).bmm(value).view(query.shape)


class LeanLayer:
    """An ``EncoderLayer`` or a ``DecoderLayer``, for one new position in each of B rows."""

    def __init__(self, layer: EncoderLayer | DecoderLayer):
        own, wide = layer.self_attention, layer.feed_forward
        self.num_heads, self.activation = own.num_heads, wide.activation
        self.norm_first = layer.around_feed_forward.norm_first
        self.own = PackedLinear(own.query, own.key, own.value), PackedLinear(own.out)
        self.wide = PackedLinear(wide.widen), PackedLinear(wide.narrow)
        self.cross: tuple[PackedLinear, ...] = ()
        around = layer.around_attention if isinstance(layer, EncoderLayer) else layer.around_self
        self.around_own, self.around_wide = LeanNorm(around.norm), LeanNorm(layer.around_feed_forward.norm)
        self.kept = [*self.own, *self.wide, self.around_own, self.around_wide]
        if isinstance(layer, DecoderLayer):
            cross = layer.cross_attention
            self.cross = PackedLinear(cross.query), PackedLinear(cross.out)
            self.around_cross = LeanNorm(layer.around_cross.norm)
            self.kept += [*self.cross, self.around_cross]

    def __call__(
        self,
        vectors: Float[Tensor, "B D"],
        positions: Positions,
        bias: Float[Tensor, "#BH 1 size"],
        cache: KeyValueCache,
        src_bias: Float[Tensor, "#NH 1 src_size"] | None,
        memory_cache: KeyValueCache | None,
    ) -> Float[Tensor, "B D"]:
        """As the layer's own ``forward`` with ``cache`` and, in a decoder layer, ``memory_cache``.

        ``bias`` and ``src_bias`` are added to the scores of all places in the buffers of the caches.
        """
        read = self.around_own(vectors) if self.norm_first else vectors
        vectors = vectors + self._ask_itself(read, positions, bias, cache)
        if not self.norm_first:
            vectors = self.around_own(vectors)
        if self.cross:
            read = self.around_cross(vectors) if self.norm_first else vectors
            vectors = vectors + self._ask_memory(read, src_bias, memory_cache)
            if not self.norm_first:
                vectors = self.around_cross(vectors)
        read = self.around_wide(vectors) if self.norm_first else vectors
        widen, narrow = self.wide
        vectors = vectors + narrow(self.activation(widen(read)))
        return vectors if self.norm_first else self.around_wide(vectors)

    def _ask_itself(self, read: Tensor, positions: Positions, bias: Tensor, cache: KeyValueCache) -> Tensor:
        project, out = self.own
        B, D = read.shape
        query, key, value = project(read).view(B, 3, self.num_heads, 1, D // self.num_heads).unbind(1)
        if positions.in_attention:
            query, key = (positions.rotate(heads, cache.length) for heads in (query, key))
        cache.write(key, value)
        return out(padded_attention(query, cache.buffers, bias).view(B, D))

    def _ask_memory(self, read: Tensor, bias: Tensor, memory: KeyValueCache) -> Tensor:
        """Rows that share a source ask side by side."""
        project, out = self.cross
        N, H, _, d = memory.buffers.key.shape
        query = project(read).view(N, -1, H, d).transpose(1, 2)
        found = padded_attention(query, memory.buffers, bias)
        return out(found.transpose(1, 2).reshape(read.shape))


class LeanStack:
    """The layers of a decoder, the norm behind them and the map to logits."""

    def __init__(self, layers: nn.ModuleList, norm: nn.Module, to_logits: nn.Linear):
        self.layers = [LeanLayer(layer) for layer in layers]
        self.num_heads = self.layers[0].num_heads
        self.norm, self.to_logits = LeanNorm(norm), PackedLinear(to_logits)

    def refresh(self) -> None:
        """Take up weights that have changed. To be called before a sentence is begun."""
        for part in (self.norm, self.to_logits, *(part for layer in self.layers for part in layer.kept)):
            part.refresh()

    def __call__(
        self,
        vectors: Float[Tensor, "B D"],
        positions: Positions,
        mask: Bool[Tensor, "B 1 1 U"] | None,
        caches: Sequence[KeyValueCache],
        src_mask: Bool[Tensor, "N 1 1 S"] | None = None,
        memory_caches: Sequence[KeyValueCache] | None = None,
    ) -> tuple[Float[Tensor, "B D"], Float[Tensor, "B V"]]:
        """What comes out of the layers, and its logits."""
        keys = torch.arange(caches[0].length + 1, device=vectors.device)
        bias = positions.bias(keys[-1:], keys)
        bias = vectors.new_zeros(1, 1, 1, len(keys)) if bias is None else bias.to(vectors)
        bias, src_bias = self._for_buffers(bias, mask, len(vectors)), None
        if src_mask is not None:
            src_bias = self._for_buffers(vectors.new_zeros(1, 1, 1, 1), src_mask, len(src_mask))
        for layer, cache, memory in zip(
            self.layers, caches, memory_caches or [None] * len(caches), strict=True
        ):
            vectors = layer(vectors, positions, bias, cache, src_bias, memory)
        output = self.norm(vectors)
        return output, self.to_logits(output)

    def _for_buffers(
        self, bias: Float[Tensor, "#B #H 1 #U"], mask: Bool[Tensor, "B 1 1 U"] | None, rows: int
    ) -> Float[Tensor, "#BH 1 size"]:
        """``bias`` and -inf where nothing may be seen, also where buffers hold nothing yet."""
        if mask is not None:
            bias = bias.where(mask, -math.inf)
        length = bias.size(3)
        bias = F.pad(bias, (0, room(length) - length), value=-math.inf)
        if bias.size(0) == bias.size(1) == 1:
            return bias[0]
        return bias.expand(rows, self.num_heads, -1, -1).flatten(0, 1)
