"""The Transformer: an encoder–decoder with attention and no recurrence (Vaswani et al. 2017)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.checks import check_at_least
from s2s_course.layers.cache import KeyValueCache
from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.lean import LeanStack
from s2s_course.layers.transformer import DecoderLayer, EncoderLayer, StackSizes
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
    tied: Annotated[bool, "One matrix for target embedding and logits.", "--tied/--untied"] = True
    norm_embedding: bool = False

    def __post_init__(self):
        super().__post_init__()
        check_at_least(1, src_vocab_size=self.src_vocab_size, tgt_vocab_size=self.tgt_vocab_size)
        if self.tied and self.positions == "concatenated":
            raise ValueError("tied must be False with concatenated positions: word vectors are shorter there")


@dataclass(frozen=True)
class TransformerState(State):
    """Keys and values of each decoder layer, so that a step computes nothing twice.

    ``caches`` hold those of the words read so far, ``memory_caches`` those of the source. B / N hypotheses of
    one source share what is known of it: ``memory``, ``src_mask`` and ``memory_caches`` have N rows.
    ``weights`` are those of the cross-attention: layers, heads, source; None unless ``need_weights``. From a
    ``lean`` state, one made where no gradients are wanted, steps go through ``layers/lean.py``.
    """

    caches: tuple[KeyValueCache, ...]
    memory_caches: tuple[KeyValueCache, ...]
    need_weights: bool
    lean: bool

    def select(self, rows: Int[Tensor, " rows"] | Int[Tensor, "N K"]) -> "TransformerState":
        of_source = ("memory", "src_mask", "memory_caches")
        of_row = [field.name for field in fields(self) if field.name not in of_source]
        sources = rows.reshape(len(rows), -1)[:, 0] // (len(self.output) // len(self.memory))
        return self._pick(sources, of_source)._pick(rows.flatten(), of_row)


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
        self.lean = LeanStack(self.decoder_layers, self.decoder_norm, self.to_logits)

    def encode(self, src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B S D"]:
        """The encoder's output at every source token."""
        memory, _ = self._read(src, src_mask)
        return memory

    def decode(
        self, memory: Float[Tensor, "B S D"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> Float[Tensor, "B T D"]:
        """The decoder's output at every target position, from the encoder's output ``memory``."""
        mask = causal_mask(tgt_in.size(1), device=tgt_in.device)
        outputs, *_ = self._write(self.tgt_embedding(tgt_in), memory, src_mask, mask)
        return outputs

    def outputs(
        self,
        src: Int[Tensor, "B S"],
        tgt_in: Int[Tensor, "B T"],
        src_mask: Bool[Tensor, "B S"],
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> Float[Tensor, "B T O"]:
        return self.decode(self.encode(src, src_mask), tgt_in, src_mask)

    def init_state(
        self,
        src: Int[Tensor, "B S"],
        src_mask: Bool[Tensor, "B S"],
        *,
        need_weights: bool = False,
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> TransformerState:
        memory = self.encode(src, src_mask)
        memory_caches = tuple(KeyValueCache() for _ in self.decoder_layers)
        for layer, cache in zip(self.decoder_layers, memory_caches, strict=True):
            cache.append(*layer.cross_attention.keys_values(memory))
        lean = not (need_weights or self.training or torch.is_grad_enabled())
        if lean:
            self.lean.refresh()
        return TransformerState(
            memory,
            src_mask,
            output=memory.new_zeros(len(src), self.config.d_model),
            weights=None,
            caches=tuple(KeyValueCache() for _ in self.decoder_layers),
            memory_caches=memory_caches,
            need_weights=need_weights,
            lean=lean,
        )

    def step(
        self, tokens: Int[Tensor, " B"], state: TransformerState
    ) -> tuple[Float[Tensor, "B V"], TransformerState]:
        caches = tuple(cache.fork() for cache in state.caches)
        if state.lean:
            vectors = self.tgt_embedding.step(tokens, caches[0].length)
            output, logits = self.lean(
                vectors, self.tgt_embedding.positions, None, caches, state.src_mask[:, None, None],
                state.memory_caches,
            )  # fmt: skip
            return logits, replace(state, output=output, caches=caches)
        vectors = self.tgt_embedding(tokens[:, None], first=caches[0].length)
        outputs, _, weights = self._write(
            vectors, None, state.src_mask, caches=caches, memory_caches=state.memory_caches,
            need_weights=state.need_weights,
        )  # fmt: skip
        if state.need_weights:  # of each layer (N, H, hypotheses, S)
            weights = [of_layer.transpose(1, 2).flatten(0, 1) for of_layer in weights]
            state = replace(state, weights=torch.stack(weights, dim=1))
        output = outputs[:, 0]
        return self.to_logits(output), replace(state, output=output, caches=caches)

    def attentions(
        self, src: Int[Tensor, "B S"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> tuple[Float[Tensor, "B L H S S"], Float[Tensor, "B L H T T"], Float[Tensor, "B L H T S"]]:
        """All weights with the true past given: of the encoder, of the decoder, and of cross-attention."""
        memory, encoder = self._read(src, src_mask, need_weights=True)
        mask = causal_mask(tgt_in.size(1), device=tgt_in.device)
        _, decoder, cross = self._write(self.tgt_embedding(tgt_in), memory, src_mask, mask, need_weights=True)
        return tuple(torch.stack(weights, dim=1) for weights in (encoder, decoder, cross))

    def _read(self, src: Tensor, src_mask: Tensor, *, need_weights: bool = False) -> tuple[Tensor, list]:
        vectors, all_weights = self.src_embedding(src), []
        for layer in self.encoder_layers:
            vectors, weights = layer(
                vectors, self.src_embedding.positions, src_mask[:, None, None], need_weights=need_weights
            )
            all_weights.append(weights)
        return self.encoder_norm(vectors), all_weights

    def _write(
        self, vectors: Tensor, memory: Tensor | None, src_mask: Tensor, mask: Tensor | None = None, *,
        caches: Sequence[KeyValueCache] | None = None,
        memory_caches: Sequence[KeyValueCache] | None = None,
        need_weights: bool = False,
    ) -> tuple[Tensor, list, list]:  # fmt: skip
        none, to_self, to_memory = [None] * len(self.decoder_layers), [], []
        for layer, cache, memory_cache in zip(
            self.decoder_layers, caches or none, memory_caches or none, strict=True
        ):
            vectors, *weights = layer(
                vectors, self.tgt_embedding.positions, memory, src_mask, mask,
                cache=cache, memory_cache=memory_cache, need_weights=need_weights,
            )  # fmt: skip
            to_self.append(weights[0]), to_memory.append(weights[1])
        return self.decoder_norm(vectors), to_self, to_memory
