"""Bahdanau's encoder–decoder: the state before a step asks, and the context goes into the step."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from s2s_course.models.attentional import AttentionalConfig, AttentionalEncoderDecoder, AttentionalState


@dataclass(frozen=True, kw_only=True)
class BahdanauConfig(AttentionalConfig):
    """As in the paper the encoder reads both ways and the score is additive."""

    bidirectional: bool = True


class BahdanauEncoderDecoder(AttentionalEncoderDecoder):
    """Attention of Bahdanau et al. (2015), appendix A.

    The paper starts the decoder from one direction of the encoder alone, and has a
    maxout layer where tanh stands here.
    """

    order = "bahdanau"

    def __init__(self, config: BahdanauConfig):
        E, D, M = config.embed_size, config.hidden_size, config.memory_size
        super().__init__(config, input_size=E + M, combined_size=M + D + E)

    def advance(
        self, embedded: Float[Tensor, "B 1 E"], state: AttentionalState
    ) -> tuple[Float[Tensor, "B 1 O"], AttentionalState]:
        """One step: z_{t-1} asks, and the answer c_t goes into z_t."""
        before = state.layers[0][:, -1:]  # z_{t-1}, of the top layer
        context, weights = self.attend(before, state)  # c_t
        inputs = torch.cat([embedded, context], dim=-1)  # [y_{t-1}; c_t]
        hidden, layers = self.decoder(inputs, state=state.layers)  # z_t
        joined = torch.cat([context, hidden, embedded], dim=-1)  # [c_t; z_t; y_{t-1}]
        output = torch.tanh(self.combine(joined))
        after = state.after(outputs=output, context=context, weights=weights, layers=layers)
        return output, after
