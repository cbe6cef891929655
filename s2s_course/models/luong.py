"""Luong's encoder–decoder: the state after a step asks, and the context goes around the step."""

from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Float
from torch import Tensor

from s2s_course.models.attentional import AttentionalConfig, AttentionalEncoderDecoder, AttentionalState


@dataclass(frozen=True, kw_only=True)
class LuongConfig(AttentionalConfig):
    """``input_feeding`` gives the next step what came out of this one (section 3.3)."""

    input_feeding: Annotated[bool, "Luong: feed what came out into the next step.", "--input-feeding"] = False


class LuongEncoderDecoder(AttentionalEncoderDecoder):
    """Attention of Luong et al. (2015), section 3."""

    order = "luong"

    def __init__(self, config: LuongConfig):
        fed = config.output_size if config.input_feeding else 0
        super().__init__(
            config,
            input_size=config.embed_size + fed,
            combined_size=config.memory_size + config.hidden_size,
        )

    def decode(
        self, embedded: Float[Tensor, "B T E"], state: AttentionalState
    ) -> tuple[Float[Tensor, "B T O"], AttentionalState]:
        """In one call, unless a step reads what came out of the one before."""
        if self.config.input_feeding:
            return super().decode(embedded, state)
        return self.advance(embedded, state)

    def advance(
        self, embedded: Float[Tensor, "B T E"], state: AttentionalState
    ) -> tuple[Float[Tensor, "B T O"], AttentionalState]:
        """Steps: z_t asks, and the answer c_t joins it in a_t (equation 5)."""
        inputs = embedded  # y_{t-1}
        if self.config.input_feeding:
            fed = state.output[:, None]
            inputs = torch.cat([embedded, fed], dim=-1)  # [y_{t-1}; a_{t-1}]
        hidden, layers = self.decoder(inputs, state=state.layers)  # z_t
        context, weights = self.attend(hidden, state)  # c_t
        joined = torch.cat([context, hidden], dim=-1)  # [c_t; z_t]
        outputs = torch.tanh(self.combine(joined))  # a_t
        after = state.after(outputs=outputs, context=context, weights=weights, layers=layers)
        return outputs, after
