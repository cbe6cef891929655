"""The Transformer: an encoder–decoder with attention and no recurrence (Vaswani et al. 2017)."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.multihead import check_mask
from s2s_course.layers.transformer import (
    DecoderLayer,
    EncoderLayer,
    KeysValues,
    StackSizes,
    at_least_one,
)
from s2s_course.masks import causal_mask
from s2s_course.models.contract import EncoderDecoder, State


@dataclass(frozen=True, kw_only=True)
class TransformerConfig(StackSizes):
    """Sizes and choices of a Transformer; encoder and decoder have ``num_layers`` each.

    ``tied`` uses one matrix for the target's embedding and the logits (Press and Wolf 2017);
    ``norm_embedding`` puts a norm behind the embeddings.
    """

    src_vocab_size: int
    tgt_vocab_size: int
    tied: bool = True
    norm_embedding: bool = False

    def __post_init__(self):
        super().__post_init__()
        at_least_one(self, "src_vocab_size", "tgt_vocab_size")
        if self.tied and self.positions == "concatenated":
            raise ValueError("tied must be False with concatenated positions: word vectors are shorter there")


@dataclass(frozen=True)
class TransformerState(State):
    """Keys and values of each decoder layer, so that a step computes nothing twice.

    ``memory_keys_values`` are those of the source, ``past`` those of the words read so far (empty at first).
    ``weights`` are those of the cross-attention: layers, heads, source.
    """

    memory_keys_values: tuple[KeysValues, ...]
    past: tuple[KeysValues, ...]


class Transformer(EncoderDecoder):
    """Layers of self-attention read the source; layers with a causal mask write the target from it."""

    attends = True

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.config = config
        self.src_embedding, self.tgt_embedding = (
            PositionedEmbedding(size, config, norm=config.norm_embedding)
            for size in (config.src_vocab_size, config.tgt_vocab_size)
        )
        layers = range(config.num_layers)
        self.encoder_layers = nn.ModuleList(EncoderLayer(config) for _ in layers)
        self.decoder_layers = nn.ModuleList(DecoderLayer(config) for _ in layers)
        # in pre-norm nothing has normalized what comes out of the last layer
        self.encoder_norm = nn.LayerNorm(config.d_model) if config.norm_first else nn.Identity()
        self.decoder_norm = nn.LayerNorm(config.d_model) if config.norm_first else nn.Identity()
        self.to_logits = nn.Linear(config.d_model, config.tgt_vocab_size)
        if config.tied:
            self.to_logits.weight = self.tgt_embedding.words.weight

    def encode(self, src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B S D"]:
        """The encoder's output at every source token."""
        memory, _ = self._read(src, src_mask)
        return memory

    def decode(
        self, memory: Float[Tensor, "B S D"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> Float[Tensor, "B T D"]:
        """The decoder's output at every target position, from the encoder's output ``memory``."""
        outputs, _ = self._write(memory, tgt_in, src_mask)
        return outputs

    def outputs(
        self, src: Int[Tensor, "B S"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> Float[Tensor, "B T O"]:
        return self.decode(self.encode(src, src_mask), tgt_in, src_mask)

    def init_state(self, src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "B S"]) -> TransformerState:
        memory = self.encode(src, src_mask)
        return TransformerState(
            memory,
            src_mask,
            output=memory.new_zeros(len(src), self.config.d_model),
            weights=None,
            memory_keys_values=tuple(layer.memory_keys_values(memory) for layer in self.decoder_layers),
            past=(),
        )

    def step(
        self, tokens: Int[Tensor, " B"], state: TransformerState
    ) -> tuple[Float[Tensor, "B V"], TransformerState]:
        first = state.past[0][0].size(2) if state.past else 0
        vectors = self.tgt_embedding(tokens[:, None], first=first)
        past, weights = [], []
        for i, layer in enumerate(self.decoder_layers):
            vectors, keys_values, (_, to_memory) = layer(
                vectors,
                self.tgt_embedding.positions,
                state.memory_keys_values[i],
                state.src_mask,
                past=state.past[i] if state.past else None,
                need_weights=True,
            )
            past.append(keys_values)
            weights.append(to_memory[:, :, 0])
        output = self.decoder_norm(vectors)[:, 0]
        after = replace(state, output=output, weights=torch.stack(weights, dim=1), past=tuple(past))
        return self.to_logits(output), after

    def attentions(
        self, src: Int[Tensor, "B S"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> tuple[Float[Tensor, "B L H S S"], Float[Tensor, "B L H T T"], Float[Tensor, "B L H T S"]]:
        """All weights with the true past given: of the encoder, of the decoder, and of cross-attention."""
        memory, encoder = self._read(src, src_mask, need_weights=True)
        _, pairs = self._write(memory, tgt_in, src_mask, need_weights=True)
        decoder, cross = zip(*pairs, strict=True)
        return tuple(torch.stack(weights, dim=1) for weights in (encoder, decoder, cross))

    def _read(self, src: Tensor, src_mask: Tensor, *, need_weights: bool = False) -> tuple[Tensor, list]:
        check_mask(src_mask)
        vectors, all_weights = self.src_embedding(src), []
        for layer in self.encoder_layers:
            vectors, _, weights = layer(
                vectors, self.src_embedding.positions, src_mask[:, None, None], need_weights=need_weights
            )
            all_weights.append(weights)
        return self.encoder_norm(vectors), all_weights

    def _write(
        self, memory: Tensor, tgt_in: Tensor, src_mask: Tensor, *, need_weights: bool = False
    ) -> tuple[Tensor, list]:
        vectors, positions, all_weights = self.tgt_embedding(tgt_in), self.tgt_embedding.positions, []
        mask = causal_mask(tgt_in.size(1), device=tgt_in.device)
        for layer in self.decoder_layers:
            keys_values = layer.memory_keys_values(memory)
            vectors, _, weights = layer(
                vectors, positions, keys_values, src_mask, mask, need_weights=need_weights
            )
            all_weights.append(weights)
        return self.decoder_norm(vectors), all_weights
