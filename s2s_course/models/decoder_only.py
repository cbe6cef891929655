"""A decoder-only model that translates: source and target are one sequence, and the source is its beginning.

GPT does its tasks so (Radford et al. 2019). The mask has two forms: *causal* throughout, or *prefix*, where
the source may see all of itself (Raffel et al. 2020, section 3.2).
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.multihead import check_mask
from s2s_course.layers.transformer import EncoderLayer, KeysValues, StackSizes, at_least_one, one_of
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
    num_layers: int = 6
    tied: bool = True

    def __post_init__(self):
        super().__post_init__()
        at_least_one(self, "src_vocab_size", "tgt_vocab_size")
        one_of(self, "positions", POSITIONS_OF_PARTS)


@dataclass(frozen=True)
class DecoderOnlyState(State):
    """``past`` holds keys and values of the source and of the ``read`` words so far."""

    past: tuple[KeysValues, ...]
    read: int


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

    def mask(self, src_mask: Bool[Tensor, "B S"], target_length: int) -> Bool[Tensor, "B 1 R R"]:
        """Who may attend to whom in a sequence of R = S + ``target_length`` tokens."""
        source_length = src_mask.size(1)
        allowed = causal_mask(source_length + target_length, device=src_mask.device)
        if self.config.prefix:
            allowed[:source_length, :source_length] = True
        real = torch.cat([src_mask, src_mask.new_ones(len(src_mask), target_length)], dim=1)
        return allowed & real[:, None, None]

    def outputs(
        self, src: Int[Tensor, "B S"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> Float[Tensor, "B T O"]:
        check_mask(src_mask)
        vectors = torch.cat([self.src_embedding(src), self.tgt_embedding(tgt_in)], dim=1)
        vectors, _ = self._run(vectors, self.mask(src_mask, tgt_in.size(1)))
        return vectors[:, src.size(1) :]

    def init_state(self, src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "B S"]) -> DecoderOnlyState:
        check_mask(src_mask)
        memory, past = self._run(self.src_embedding(src), self.mask(src_mask, 0))
        return DecoderOnlyState(memory, src_mask, memory.new_zeros(memory[:, 0].shape), None, past, 0)

    def step(
        self, tokens: Int[Tensor, " B"], state: DecoderOnlyState
    ) -> tuple[Float[Tensor, "B V"], DecoderOnlyState]:
        read = state.read + 1
        real = torch.cat([state.src_mask, state.src_mask.new_ones(len(tokens), read)], dim=1)
        vectors = self.tgt_embedding(tokens[:, None], first=state.read)
        vectors, past = self._run(vectors, real[:, None, None], state.past)
        output = vectors[:, 0]
        return self.to_logits(output), replace(state, output=output, past=past, read=read)

    def _run(
        self, vectors: Tensor, allowed: Tensor, past: tuple[KeysValues, ...] | None = None
    ) -> tuple[Tensor, tuple[KeysValues, ...]]:
        """``vectors`` after the layers, and the keys and values of all positions so far."""
        keys_values = []
        for i, layer in enumerate(self.layers):
            before = None if past is None else past[i]
            vectors, of_layer, _ = layer(vectors, self.src_embedding.positions, allowed, past=before)
            keys_values.append(of_layer)
        return self.norm(vectors), tuple(keys_values)
