"""The recurrent encoder–decoder: one vector carries the whole source."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.layers.cells import find_cell
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.models.contract import EncoderDecoder, State

CONTEXTS = ("first_step", "every_step")


@dataclass(frozen=True, kw_only=True)
class RecurrentConfig:
    """Sizes and choices of a recurrent encoder–decoder. ``cell`` is ``rnn``, ``lstm`` or ``gru``.

    ``context="first_step"`` gives the decoder the context vector as its first state only (Sutskever et
    al. 2014); ``"every_step"`` also joins it to the input of every step (Cho et al. 2014, section 2.2).
    """

    src_vocab_size: int
    tgt_vocab_size: int
    cell: str = "gru"
    embed_size: int = 128
    hidden_size: int = 256
    num_layers: int = 1
    dropout: float = 0.0
    context: str = "first_step"

    def __post_init__(self):
        find_cell(self.cell)
        for name in ("src_vocab_size", "tgt_vocab_size", "embed_size", "hidden_size", "num_layers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1), got {self.dropout}")
        if self.context not in CONTEXTS:
            raise ValueError(f"context must be one of {', '.join(CONTEXTS)}, got {self.context!r}")


@dataclass(frozen=True)
class RecurrentState(State):
    """``context`` is the encoder's last hidden state; ``layers`` the state of the decoder's ``L`` layers."""

    context: Float[Tensor, "B H"]
    layers: tuple[Float[Tensor, "B L H"], ...]


class RecurrentEncoderDecoder(EncoderDecoder):
    """One network reads the source into its last state; a second, started from it, writes the target."""

    def __init__(self, config: RecurrentConfig):
        super().__init__()
        self.config = config
        every_step = config.context == "every_step"
        self.src_embedding = nn.Embedding(config.src_vocab_size, config.embed_size)
        self.tgt_embedding = nn.Embedding(config.tgt_vocab_size, config.embed_size)
        sizes = dict(hidden_size=config.hidden_size, num_layers=config.num_layers, dropout=config.dropout)
        self.encoder = FusedRecurrent(config.cell, input_size=config.embed_size, **sizes)
        self.decoder = FusedRecurrent(
            config.cell, input_size=config.embed_size + (config.hidden_size if every_step else 0), **sizes
        )
        self.dropout = nn.Dropout(config.dropout)
        self.to_logits = nn.Linear(config.hidden_size, config.tgt_vocab_size)

    def forward(
        self, src: Int[Tensor, "B S"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> Float[Tensor, "B T V"]:
        outputs, _ = self._decode(tgt_in, self.init_state(src, src_mask))
        return self.to_logits(self.dropout(outputs))

    def init_state(self, src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "B S"]) -> RecurrentState:
        memory, layers = self.encoder(self.dropout(self.src_embedding(src)), src_mask)
        context = layers[0][:, -1]
        return RecurrentState(memory, src_mask, output=context, weights=None, context=context, layers=layers)

    def step(
        self, tokens: Int[Tensor, " B"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B V"], RecurrentState]:
        outputs, layers = self._decode(tokens.unsqueeze(1), state)
        output = outputs.squeeze(1)
        return self.to_logits(self.dropout(output)), replace(state, output=output, layers=layers)

    def _decode(
        self, tokens: Int[Tensor, "B T"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T H"], tuple[Float[Tensor, "B L H"], ...]]:
        """Run the decoder over ``tokens``: its outputs, and its state after the last one."""
        inputs = self.dropout(self.tgt_embedding(tokens))
        if self.config.context == "every_step":
            context = state.context.unsqueeze(1).expand(-1, tokens.size(1), -1)
            inputs = torch.cat([inputs, context], dim=-1)
        return self.decoder(inputs, state=state.layers)
