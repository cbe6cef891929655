"""The plain encoder–decoder: one vector, the encoder's last state, is all that passes.

Sutskever et al. (2014) give it to the decoder once, Cho et al. (2014) at every step.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from s2s_course.checks import check_one_of
from s2s_course.models.recurrent import RecurrentConfig, RecurrentEncoderDecoder, RecurrentState

CONTEXTS = ("first_step", "every_step")


@dataclass(frozen=True, kw_only=True)
class PlainConfig(RecurrentConfig):
    """``context`` says where the context vector goes.

    ``"first_step"`` makes it the decoder's first state and no more (Sutskever et al. 2014); ``"every_step"``
    also joins it to the input of every step (Cho et al. 2014, section 2.2).
    """

    context: Annotated[str, "Without attention, where the context goes: first_step or every_step."] = (
        "first_step"
    )

    def __post_init__(self):
        super().__post_init__()
        check_one_of(CONTEXTS, context=self.context)
        if self.tied and self.embed_size != self.hidden_size:
            raise ValueError(
                f"embed_size and hidden_size must be equal if tied is True and there is no attention, "
                f"got {self.embed_size} and {self.hidden_size}"
            )


class PlainEncoderDecoder(RecurrentEncoderDecoder):
    """The decoder starts from the context vector c, and may read it at every step."""

    attends = False

    def __init__(self, config: PlainConfig):
        context_size = config.hidden_size if config.context == "every_step" else 0
        super().__init__(config, input_size=config.embed_size + context_size)
        self.to_logits = self.output_layer(config.hidden_size)

    def init_state(
        self,
        src: Int[Tensor, "B S"],
        src_mask: Bool[Tensor, "B S"],
        *,
        need_weights: bool = False,
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> RecurrentState:
        memory, layers = self.encode(src, src_mask, src_lengths)
        c = layers[0][:, -1]  # the hidden state of the top layer
        return RecurrentState(
            memory,
            src_mask,
            output=c,
            weights=None,
            context=c,
            layers=layers,
        )

    def advance(
        self, embedded: Float[Tensor, "B T E"], state: RecurrentState
    ) -> tuple[Float[Tensor, "B T D"], RecurrentState]:
        """z_t = g(z_{t-1}, y_{t-1}) or g(z_{t-1}, [y_{t-1}; c]), for T steps."""
        inputs = embedded  # y_{t-1}
        if self.config.context == "every_step":
            c = state.context[:, None].expand(-1, embedded.size(1), -1)
            inputs = torch.cat([embedded, c], dim=-1)  # [y_{t-1}; c]
        hidden, layers = self.decoder(inputs, state=state.layers)  # z_t
        return hidden, replace(state, output=hidden[:, -1], layers=layers)
