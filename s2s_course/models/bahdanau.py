"""Bahdanau's encoder–decoder: the state before a step asks, and the context goes into the step."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from s2s_course.models.attentional import AttentionalConfig, AttentionalEncoderDecoder, AttentionalState


@dataclass(frozen=True, kw_only=True)
class BahdanauConfig(AttentionalConfig):
    """As in the paper, the encoder reads in both directions and the score is additive."""

    bidirectional: bool = True


class BahdanauEncoderDecoder(AttentionalEncoderDecoder):
    """Attention of Bahdanau et al. (2015), appendix A.

    The paper starts the decoder from one direction of the encoder alone, and has a maxout layer where
    tanh stands here.
    """

    order = "bahdanau"

    def __init__(self, config: BahdanauConfig):
        E, D, M = config.embed_size, config.hidden_size, config.memory_size
        super().__init__(config, input_size=E + M, combined_size=M + D + E)

    def advance(
        self, embedded: Float[Tensor, "B 1 E"], state: AttentionalState
    ) -> tuple[Float[Tensor, "B 1 O"], AttentionalState]:
        """z_{t-1} asks for c_t, z_t = g(z_{t-1}, [y_{t-1}; c_t]), then tanh(W_o [c_t; z_t; y_{t-1}])."""
        context, weights = self.attend(state.layers[0][:, -1:], state)
        hidden, layers = self.decoder(torch.cat([embedded, context], dim=-1), state=state.layers)
        output = torch.tanh(self.combine(torch.cat([context, hidden, embedded], dim=-1)))
        after = replace(
            state,
            output=output[:, -1],
            weights=weights[:, -1],
            context=context[:, -1],
            layers=layers,
            position=state.position + 1,
        )
        return output, after
