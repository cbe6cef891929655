"""The recurrent encoder–decoder: without attention, with Bahdanau's, with Luong's."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.layers.attention import SCORES, WINDOWS, Attention
from s2s_course.layers.cells import find_cell
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.models.contract import EncoderDecoder, State

CONTEXTS = ("first_step", "every_step")
ATTENTIONS = ("none", "bahdanau", "luong")


@dataclass(frozen=True, kw_only=True)
class RecurrentConfig:
    """Sizes and choices of a recurrent encoder–decoder. ``cell`` is ``rnn``, ``lstm`` or ``gru``.

    Without attention, ``context="first_step"`` gives the decoder the context vector as its first state only
    (Sutskever et al. 2014); ``"every_step"`` also joins it to the input of every step (Cho et al. 2014,
    section 2.2). With ``attention="bahdanau"`` the state *before* a step asks, and the context goes into the
    step (Bahdanau et al. 2015); with ``"luong"`` the state *after* a step asks, and the context goes around
    it (Luong et al. 2015), unless ``input_feeding`` gives the next step what came out (section 3.3).
    """

    src_vocab_size: int
    tgt_vocab_size: int
    cell: str = "gru"
    embed_size: int = 128
    hidden_size: int = 256
    num_layers: int = 1
    bidirectional: bool = False  # the encoder also reads from right to left
    dropout: float = 0.0
    context: str = "first_step"
    attention: str = "none"
    score: str = "additive"
    window: str = "global"
    window_size: int = 3  # words on each side of a local window's center
    input_feeding: bool = False
    tied: bool = False  # one matrix for the target's embedding and the logits

    def __post_init__(self):
        find_cell(self.cell)
        for name in (
            "src_vocab_size",
            "tgt_vocab_size",
            "embed_size",
            "hidden_size",
            "num_layers",
            "window_size",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1), got {self.dropout}")
        for name, allowed in (
            ("context", CONTEXTS), ("attention", ATTENTIONS), ("score", SCORES), ("window", WINDOWS),
        ):  # fmt: skip
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")
        if self.attention != "none" and self.context == "every_step":
            raise ValueError(
                f"context must be 'first_step' with attention, which gives every step a context of its own, "
                f"got 'every_step' and attention {self.attention!r}"
            )
        if self.attention == "none" and self.window != "global":
            raise ValueError(f"window must be 'global' without attention, got {self.window!r}")
        if self.input_feeding and self.attention != "luong":
            raise ValueError(
                f"input_feeding must be False unless attention is 'luong', got attention {self.attention!r}"
            )
        if self.tied and self.attention == "none" and self.embed_size != self.hidden_size:
            raise ValueError(
                f"embed_size and hidden_size must be equal if tied is True and there is no attention, "
                f"got {self.embed_size} and {self.hidden_size}"
            )

    @property
    def one_call(self) -> bool:
        """Are the decoder's inputs known before it starts? Then it runs over all steps in one call."""
        return self.attention == "none" or (self.attention == "luong" and not self.input_feeding)

    @property
    def memory_size(self) -> int:
        """Numbers in an encoder state."""
        return self.hidden_size * (2 if self.bidirectional else 1)

    @property
    def output_size(self) -> int:
        """Numbers in the vector that the logits are computed from."""
        return self.embed_size if self.tied else self.hidden_size


@dataclass(frozen=True)
class RecurrentState(State):
    """``layers`` is the state of the decoder's ``L`` layers, ``position`` how many steps it has made.

    ``context`` is the context vector: the encoder's last state or, with attention, that of the last step.
    ``keys`` are the encoder states as the score wants them.
    """

    context: Float[Tensor, "B C"]
    layers: tuple[Float[Tensor, "B L D"], ...]
    keys: Float[Tensor, "B S A"] | None
    position: Int[Tensor, " B"]


class RecurrentEncoderDecoder(EncoderDecoder):
    """One network reads the source; a second, started from its last state, writes the target."""

    def __init__(self, config: RecurrentConfig):
        super().__init__()
        self.config = config
        D, M = config.hidden_size, config.memory_size
        self.src_embedding = nn.Embedding(config.src_vocab_size, config.embed_size)
        self.tgt_embedding = nn.Embedding(config.tgt_vocab_size, config.embed_size)
        sizes = dict(hidden_size=D, num_layers=config.num_layers, dropout=config.dropout)
        self.encoder = FusedRecurrent(
            config.cell, input_size=config.embed_size, bidirectional=config.bidirectional, **sizes
        )
        joined = config.embed_size  # what a decoder step reads beside its own state
        if config.context == "every_step":
            joined += D
        if config.attention == "bahdanau":
            joined += M
        if config.input_feeding:
            joined += config.output_size
        self.decoder = FusedRecurrent(config.cell, input_size=joined, **sizes)
        if config.bidirectional:
            self.bridge = nn.Linear(2 * D, D)
        if config.attention != "none":
            self.attention = Attention(
                config.score,
                query_size=D,
                memory_size=M,
                window=config.window,
                window_size=config.window_size,
            )
            embedded = config.embed_size if config.attention == "bahdanau" else 0
            self.combine = nn.Linear(M + D + embedded, config.output_size, bias=False)
        self.dropout = nn.Dropout(config.dropout)
        self.to_logits = nn.Linear(config.output_size, config.tgt_vocab_size)
        if config.tied:
            self.to_logits.weight = self.tgt_embedding.weight

    def outputs(
        self, src: Int[Tensor, "B S"], tgt_in: Int[Tensor, "B T"], src_mask: Bool[Tensor, "B S"]
    ) -> Float[Tensor, "B T O"]:
        outputs, _ = self._decode(tgt_in, self.init_state(src, src_mask))
        return self.dropout(outputs)

    def init_state(
        self, src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "B S"], *, need_weights: bool = False
    ) -> RecurrentState:
        memory, layers = self.encoder(self.dropout(self.src_embedding(src)), src_mask)
        if self.config.bidirectional:  # from the last states of both directions (the paper: of one)
            joined = (part.unflatten(1, (-1, 2)).flatten(2) for part in layers)  # (B, L, 2 D)
            layers = tuple(torch.tanh(self.bridge(part)) for part in joined)
        attends = self.config.attention != "none"
        last = layers[0][:, -1]
        return RecurrentState(
            memory,
            src_mask,
            output=memory.new_zeros(len(src), self.config.output_size) if attends else last,
            weights=None,
            context=memory.new_zeros(len(src), memory.size(2)) if attends else last,
            layers=layers,
            keys=self.attention.score.keys(memory) if attends else None,
            position=torch.zeros(len(src), dtype=torch.long, device=src.device),
        )

    def step(
        self, tokens: Int[Tensor, " B"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B V"], RecurrentState]:
        _, state = self._decode(tokens.unsqueeze(1), state)
        return self.to_logits(self.dropout(state.output)), state

    def _decode(
        self, tokens: Int[Tensor, "B T"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T O"], RecurrentState]:
        """Run the decoder over ``tokens``: its outputs, and the state after the last one."""
        embedded = self.dropout(self.tgt_embedding(tokens))
        if self.config.one_call:
            return self._advance(embedded, state)
        outputs = []
        for t in range(tokens.size(1)):
            output, state = self._advance(embedded[:, t : t + 1], state)
            outputs.append(output)
        return torch.cat(outputs, dim=1), state

    def _advance(
        self, embedded: Float[Tensor, "B T E"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T O"], RecurrentState]:
        """All steps whose inputs are known: T of them, or one."""
        context, weights = state.context[:, None], None
        inputs = [embedded]
        if self.config.context == "every_step":
            inputs.append(context.expand(-1, embedded.size(1), -1))
        if self.config.attention == "bahdanau":
            context, weights = self._attend(state.layers[0][:, -1:], state)
            inputs.append(context)
        if self.config.input_feeding:
            inputs.append(state.output[:, None])
        hidden, layers = self.decoder(torch.cat(inputs, dim=-1), state=state.layers)
        if self.config.attention == "luong":
            context, weights = self._attend(hidden, state)
        match self.config.attention:
            case "none":
                outputs = hidden
            case "luong":  # equation 5
                outputs = torch.tanh(self.combine(torch.cat([context, hidden], dim=-1)))
            case "bahdanau":  # as in the paper the word before takes part; tanh stands for its maxout
                outputs = torch.tanh(self.combine(torch.cat([context, hidden, embedded], dim=-1)))
        after = replace(
            state,
            output=outputs[:, -1],
            context=context[:, -1],
            weights=None if weights is None else weights[:, -1],
            layers=layers,
            position=state.position + embedded.size(1),
        )
        return outputs, after

    def _attend(
        self, query: Float[Tensor, "B T D"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T M"], Float[Tensor, "B T S"]]:
        return self.attention(query, state.keys, state.memory, state.src_mask, state.position)
