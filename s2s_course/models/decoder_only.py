"""A decoder-only model that translates: source and target are one sequence, and the source is its beginning.

So Liu et al. 2018 write summaries, and GPT does its tasks (Radford et al. 2019). The mask has two forms:
*causal* throughout, or *prefix*, where the source may see all of itself (Dong et al. 2019; Raffel et al.
2020, section 3.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.checks import check_at_least, check_one_of
from s2s_course.layers.cache import KeyValueCache
from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.lean import LeanStack
from s2s_course.layers.transformer import EncoderLayer, StackSizes
from s2s_course.masks import causal_mask
from s2s_course.models.contract import EncoderDecoder, State

# A bias by distance or a rotation would count the padding that lies between source and target; positions that
# are concatenated do not go with tied weights.
POSITIONS_OF_PARTS = ("none", "sinusoidal", "learned")


@dataclass(frozen=True, kw_only=True)
class DecoderOnlyConfig(StackSizes):
    """Sizes and choices of a decoder-only model.

    ``prefix`` lets the source see all of itself. The two languages have embeddings of their own, and each
    counts its positions from 0. ``tied`` as in ``TransformerConfig``.
    """

    src_vocab_size: int
    tgt_vocab_size: int
    prefix: bool = False
    num_layers: Annotated[int, "Layers in encoder and decoder."] = 6
    tied: Annotated[bool, "One matrix for target embedding and logits.", "--tied/--untied"] = True

    def __post_init__(self):
        super().__post_init__()
        check_at_least(1, src_vocab_size=self.src_vocab_size, tgt_vocab_size=self.tgt_vocab_size)
        check_one_of(POSITIONS_OF_PARTS, positions=self.positions)


@dataclass(frozen=True)
class DecoderOnlyState(State):
    """``caches``, one a layer, hold keys and values of the source and of the ``read`` words so far.

    ``lean`` is as in ``TransformerState``.
    """

    caches: tuple[KeyValueCache, ...]
    read: int
    lean: bool


class DecoderOnly(EncoderDecoder):
    """One stack reads the source and goes on with the target."""

    attends = False  # its weights go to source and target together, so those over the source are no whole

    def __init__(self, config: DecoderOnlyConfig):
        super().__init__()
        self.config = config
        self.src_embedding = PositionedEmbedding(config.src_vocab_size, config)
        self.tgt_embedding = PositionedEmbedding(config.tgt_vocab_size, config)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.num_layers))
        self.norm = nn.LayerNorm(config.d_model) if config.norm_first else nn.Identity()
        self.to_logits = nn.Linear(config.d_model, config.tgt_vocab_size)
        if config.tied:
            self.to_logits.weight = self.tgt_embedding.words.weight
        self.lean = LeanStack(self.layers, self.norm, self.to_logits)

    def mask(self, src_mask: Bool[Tensor, "B S"], target_length: int) -> Bool[Tensor, "B 1 R R"]:
        """Who may attend to whom in a sequence of R = S + ``target_length`` tokens."""
        source_length = src_mask.size(1)
        allowed = causal_mask(source_length + target_length, device=src_mask.device)
        if self.config.prefix:
            allowed[:source_length, :source_length] = True
        real = torch.cat([src_mask, src_mask.new_ones(len(src_mask), target_length)], dim=1)
        return allowed & real[:, None, None]

    def outputs(
        self,
        src: Int[Tensor, "B S"],
        tgt_in: Int[Tensor, "B T"],
        src_mask: Bool[Tensor, "B S"],
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> Float[Tensor, "B T O"]:
        vectors = torch.cat([self.src_embedding(src), self.tgt_embedding(tgt_in)], dim=1)
        outputs = self._run(vectors, self.mask(src_mask, tgt_in.size(1)))
        return outputs[:, src.size(1) :]

    def init_state(
        self,
        src: Int[Tensor, "B S"],
        src_mask: Bool[Tensor, "B S"],
        *,
        need_weights: bool = False,
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> DecoderOnlyState:
        """The state has no weights, whether needed or not: see ``attends``."""
        caches = tuple(KeyValueCache() for _ in self.layers)
        memory = self._run(self.src_embedding(src), self.mask(src_mask, 0), caches)
        lean = not (self.training or torch.is_grad_enabled())
        if lean:
            self.lean.refresh()
        output = memory.new_zeros(memory[:, 0].shape)
        return DecoderOnlyState(memory, src_mask, output, weights=None, caches=caches, read=0, lean=lean)

    def step(
        self, tokens: Int[Tensor, " B"], state: DecoderOnlyState
    ) -> tuple[Float[Tensor, "B V"], DecoderOnlyState]:
        read, caches = state.read + 1, tuple(cache.fork() for cache in state.caches)
        real = torch.cat([state.src_mask, state.src_mask.new_ones(len(tokens), read)], dim=1)
        allowed = real[:, None, None]
        if state.lean:
            vectors = self.tgt_embedding.step(tokens, state.read)
            output, logits = self.lean(vectors, self.src_embedding.positions, allowed, caches)
        else:
            vectors = self.tgt_embedding(tokens[:, None], first=state.read)
            output = self._run(vectors, allowed, caches)[:, 0]
            logits = self.to_logits(output)
        return logits, replace(state, output=output, caches=caches, read=read)

    def _run(
        self, vectors: Tensor, allowed: Tensor, caches: Sequence[KeyValueCache | None] | None = None
    ) -> Tensor:
        """``vectors`` after the layers. ``caches`` hold the positions before, and then these as well."""
        for layer, cache in zip(self.layers, caches or [None] * len(self.layers), strict=True):
            vectors, _ = layer(vectors, self.src_embedding.positions, allowed, cache=cache)
        return self.norm(vectors)
