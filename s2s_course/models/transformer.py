"""The Transformer: an encoder–decoder with attention and no recurrence (Vaswani et al. 2017)."""

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.layers.positions import POSITIONS
from s2s_course.layers.transformer import ACTIVATIONS, DecoderLayer, EncoderLayer, KeysValues, LayerSizes
from s2s_course.masks import causal_mask
from s2s_course.models.contract import EncoderDecoder, State


@dataclass(frozen=True, kw_only=True)
class TransformerConfig:
    """Sizes and choices of a Transformer.

    ``norm_first`` puts the norm before each part (pre-norm), else after it, as in the paper. ``positions``
    is one of ``layers.positions.POSITIONS``; a learned table has ``max_length`` rows. ``tied`` uses one
    matrix for the target's embedding and the logits (Press and Wolf 2017).
    """

    src_vocab_size: int
    tgt_vocab_size: int
    d_model: int = 256
    num_heads: int = 8
    d_ff: int = 512
    num_layers: int = 3
    dropout: float = 0.1
    positions: str = "sinusoidal"
    max_length: int = 512
    norm_first: bool = True
    activation: str = "relu"
    tied: bool = True

    def __post_init__(self):
        for name in (
            "src_vocab_size", "tgt_vocab_size", "d_model", "num_heads", "d_ff", "num_layers", "max_length",
        ):  # fmt: skip
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.d_model % self.num_heads:
            raise ValueError(
                f"d_model must be a multiple of num_heads, got {self.d_model} and {self.num_heads}"
            )
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1), got {self.dropout}")
        for name, allowed in (("positions", POSITIONS), ("activation", ACTIVATIONS)):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")

    @property
    def layer_sizes(self) -> LayerSizes:
        return LayerSizes(
            d_model=self.d_model,
            num_heads=self.num_heads,
            d_ff=self.d_ff,
            dropout=self.dropout,
            norm_first=self.norm_first,
            activation=self.activation,
        )


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

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.config = config
        self.src_embedding = nn.Embedding(config.src_vocab_size, config.d_model)
        self.tgt_embedding = nn.Embedding(config.tgt_vocab_size, config.d_model)
        choices = dict(d_model=config.d_model, num_heads=config.num_heads, max_length=config.max_length)
        self.src_positions = POSITIONS[config.positions](**choices)
        self.tgt_positions = POSITIONS[config.positions](**choices)
        layers = range(config.num_layers)
        self.encoder_layers = nn.ModuleList(EncoderLayer(config.layer_sizes) for _ in layers)
        self.decoder_layers = nn.ModuleList(DecoderLayer(config.layer_sizes) for _ in layers)
        # in pre-norm nothing has normalized what comes out of the last layer
        self.encoder_norm = nn.LayerNorm(config.d_model) if config.norm_first else nn.Identity()
        self.decoder_norm = nn.LayerNorm(config.d_model) if config.norm_first else nn.Identity()
        self.dropout = nn.Dropout(config.dropout)
        self.to_logits = nn.Linear(config.d_model, config.tgt_vocab_size)
        for embedding in (self.src_embedding, self.tgt_embedding):
            nn.init.normal_(embedding.weight, std=config.d_model**-0.5)
        if config.tied:
            self.to_logits.weight = self.tgt_embedding.weight

    def encode(self, src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B S D"]:
        """The encoder's output at every source token."""
        vectors = self._embed(self.src_embedding, src, self.src_positions, 0)
        for layer in self.encoder_layers:
            vectors, _, _ = layer(vectors, self.src_positions, src_mask[:, None, None])
        return self.encoder_norm(vectors)

    def outputs(
        self, src: Int[Tensor, "B S"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> Float[Tensor, "B T O"]:
        memory = self.encode(src, src_mask)
        vectors = self._embed(self.tgt_embedding, tgt_in, self.tgt_positions, 0)
        mask = causal_mask(tgt_in.size(1), device=tgt_in.device)
        for layer in self.decoder_layers:
            keys_values = layer.memory_keys_values(memory)
            vectors, _, _ = layer(vectors, self.tgt_positions, keys_values, src_mask, mask)
        return self.decoder_norm(vectors)

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
        vectors = self._embed(self.tgt_embedding, tokens[:, None], self.tgt_positions, first)
        past, weights = [], []
        for i, layer in enumerate(self.decoder_layers):
            vectors, keys_values, of_layer = layer(
                vectors,
                self.tgt_positions,
                state.memory_keys_values[i],
                state.src_mask,
                past=state.past[i] if state.past else None,
                need_weights=True,
            )
            past.append(keys_values)
            weights.append(of_layer[:, :, 0])
        output = self.decoder_norm(vectors)[:, 0]
        after = replace(state, output=output, weights=torch.stack(weights, dim=1), past=tuple(past))
        return self.to_logits(output), after

    def _embed(
        self, embedding: nn.Embedding, tokens: Int[Tensor, "B T"], positions: nn.Module, first: int
    ) -> Float[Tensor, "B T D"]:
        """Embeddings times √D (section 3.4), told their positions, of which ``first`` is the first."""
        here = torch.arange(first, first + tokens.size(1), device=tokens.device)
        vectors = embedding(tokens) * math.sqrt(self.config.d_model)
        return self.dropout(positions.embed(vectors, here))
