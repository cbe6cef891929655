"""What all recurrent encoder–decoders share: an encoder, and a decoder that starts from its last state.

How a step of the decoder goes is in ``plain.py`` (no attention), ``bahdanau.py`` and ``luong.py``.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.checks import check_at_least, check_share
from s2s_course.layers.cells import find_cell
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.models.contract import EncoderDecoder, State


@dataclass(frozen=True, kw_only=True)
class RecurrentConfig:
    """Sizes and choices of every recurrent encoder–decoder. ``cell`` is ``rnn``, ``lstm`` or ``gru``.

    With ``bidirectional`` the encoder also reads from right to left. ``tied`` uses one matrix for the
    target's embedding and the logits (Press and Wolf 2017).
    """

    src_vocab_size: int
    tgt_vocab_size: int
    cell: str = "gru"
    embed_size: Annotated[int, "Size of a word's vector."] = 128
    hidden_size: Annotated[int, "Size of a hidden state."] = 256
    num_layers: Annotated[int, "Layers in encoder and decoder."] = 1
    bidirectional: bool = False
    dropout: Annotated[float, "Share of units dropped in training."] = 0.0
    tied: Annotated[bool, "One matrix for target embedding and logits.", "--tied/--untied"] = False

    def __post_init__(self):
        find_cell(self.cell)
        check_at_least(
            1,
            src_vocab_size=self.src_vocab_size,
            tgt_vocab_size=self.tgt_vocab_size,
            embed_size=self.embed_size,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
        )
        check_share(dropout=self.dropout)

    @property
    def memory_size(self) -> int:
        """Numbers in an encoder state."""
        return self.hidden_size * (2 if self.bidirectional else 1)


@dataclass(frozen=True)
class RecurrentState(State):
    """``layers`` is the state of the decoder's ``L`` layers, ``context`` its context vector.

    Without attention the context is the encoder's last state, with it that of the last
    step.
    """

    context: Float[Tensor, "B C"]
    layers: tuple[Float[Tensor, "B L D"], ...]


class RecurrentEncoderDecoder(EncoderDecoder):
    """One network reads the source; a second starts from its last state and writes.

    A model adds ``init_state``, ``advance`` and, as its last weights, ``to_logits``. A
    step of its decoder reads ``input_size`` numbers beside its own state.
    """

    def __init__(self, config: RecurrentConfig, *, input_size: int):
        super().__init__()
        self.config = config
        self.src_embedding = nn.Embedding(config.src_vocab_size, config.embed_size)
        self.tgt_embedding = nn.Embedding(config.tgt_vocab_size, config.embed_size)
        self.encoder = FusedRecurrent(
            config.cell,
            input_size=config.embed_size,
            hidden_size=config.hidden_size,
            num_layers=config.num_layers,
            bidirectional=config.bidirectional,
            dropout=config.dropout,
        )
        self.decoder = FusedRecurrent(
            config.cell,
            input_size=input_size,
            hidden_size=config.hidden_size,
            num_layers=config.num_layers,
            dropout=config.dropout,
        )
        if config.bidirectional:
            self.bridge = nn.Linear(2 * config.hidden_size, config.hidden_size)
        self.dropout = nn.Dropout(config.dropout)

    def output_layer(self, output_size: int) -> nn.Linear:
        """To the logits; if tied, with the matrix of the target's embedding."""
        to_logits = nn.Linear(output_size, self.config.tgt_vocab_size)
        if self.config.tied:
            to_logits.weight = self.tgt_embedding.weight
        return to_logits

    def encode(
        self,
        src: Int[Tensor, "B S"],
        src_mask: Bool[Tensor, "B S"],
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> tuple[Float[Tensor, "B S M"], tuple[Float[Tensor, "B L D"], ...]]:
        """The encoder's state at every source token, and the decoder's first state."""
        memory, layers = self.encoder(self.dropout(self.src_embedding(src)), src_mask, lengths=src_lengths)
        if self.config.bidirectional:  # from the last states of both directions
            both = (part.unflatten(1, (-1, 2)).flatten(2) for part in layers)  # (B, L, 2 D)
            layers = tuple(torch.tanh(self.bridge(part)) for part in both)
        return memory, layers

    @abstractmethod
    def advance(
        self, embedded: Float[Tensor, "B T E"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T O"], RecurrentState]:
        """The steps that read ``embedded``: what comes out, and the state after them."""

    def decode(
        self, embedded: Float[Tensor, "B T E"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T O"], RecurrentState]:
        """All steps, with the true past given: one call, since all inputs are known."""
        return self.advance(embedded, state)

    def outputs(
        self,
        src: Int[Tensor, "B S"],
        tgt_in: Int[Tensor, "B T"],
        src_mask: Bool[Tensor, "B S"],
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> Float[Tensor, "B T O"]:
        state = self.init_state(src, src_mask, src_lengths=src_lengths)
        embedded = self.dropout(self.tgt_embedding(tgt_in))
        outputs, _ = self.decode(embedded, state)
        return self.dropout(outputs)

    def step(
        self, tokens: Int[Tensor, " B"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B V"], RecurrentState]:
        embedded = self.dropout(self.tgt_embedding(tokens[:, None]))
        _, state = self.advance(embedded, state)
        return self.to_logits(self.dropout(state.output)), state
