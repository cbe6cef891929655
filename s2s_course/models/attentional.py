"""What Bahdanau's and Luong's encoder–decoders share: keys of the source, and attention over them.

When the decoder asks, and where the answer goes, is in ``bahdanau.py`` and ``luong.py``.
"""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.checks import check_at_least, check_one_of
from s2s_course.layers.attention import SCORES, WINDOWS, Attention
from s2s_course.models.recurrent import RecurrentConfig, RecurrentEncoderDecoder, RecurrentState


@dataclass(frozen=True, kw_only=True)
class AttentionalConfig(RecurrentConfig):
    """``score`` and ``window`` are names of ``layers/attention.py``.

    A local window reaches ``window_size`` words to each side of its center.
    """

    score: str = "additive"
    window: Annotated[str, "What attention may see: global, local_m or local_p."] = "global"
    window_size: int = 3

    def __post_init__(self):
        super().__post_init__()
        check_at_least(1, window_size=self.window_size)
        check_one_of(SCORES, score=self.score)
        check_one_of(WINDOWS, window=self.window)

    @property
    def output_size(self) -> int:
        """Numbers in the vector that the logits are computed from."""
        return self.embed_size if self.tied else self.hidden_size


@dataclass(frozen=True)
class AttentionalState(RecurrentState):
    """``keys`` are the encoder states as the score wants them.

    ``position`` counts the steps made.
    """

    keys: Float[Tensor, "B S A"]
    position: Int[Tensor, " B"]

    def after(
        self,
        *,
        outputs: Float[Tensor, "B T O"],
        context: Float[Tensor, "B T M"],
        weights: Float[Tensor, "B T S"],
        layers: tuple[Float[Tensor, "B L D"], ...],
    ) -> "AttentionalState":
        """The state after the T steps that gave these: it keeps those of the last."""
        return replace(
            self,
            output=outputs[:, -1],
            weights=weights[:, -1],
            context=context[:, -1],
            layers=layers,
            position=self.position + outputs.size(1),
        )


class AttentionalEncoderDecoder(RecurrentEncoderDecoder):
    """The decoder looks at all encoder states at each of its steps.

    ``order`` names whose state asks: that before the step (``"bahdanau"``) or that
    after it (``"luong"``). What the logits come from is made of ``combined_size`` numbers.
    """

    attends = True
    order: ClassVar[str]

    def __init__(self, config: AttentionalConfig, *, input_size: int, combined_size: int):
        super().__init__(config, input_size=input_size)
        self.attention = Attention(
            config.score,
            query_size=config.hidden_size,
            memory_size=config.memory_size,
            window=config.window,
            window_size=config.window_size,
        )
        self.combine = nn.Linear(combined_size, config.output_size, bias=False)
        self.to_logits = self.output_layer(config.output_size)

    def init_state(
        self,
        src: Int[Tensor, "B S"],
        src_mask: Bool[Tensor, "B S"],
        *,
        need_weights: bool = False,
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> AttentionalState:
        memory, layers = self.encode(src, src_mask, src_lengths)
        return AttentionalState(
            memory,
            src_mask,
            output=memory.new_zeros(len(src), self.config.output_size),
            weights=None,
            context=memory.new_zeros(len(src), self.config.memory_size),
            layers=layers,
            keys=self.attention.score.keys(memory),
            position=torch.zeros(len(src), dtype=torch.long, device=src.device),
        )

    def attend(
        self, query: Float[Tensor, "B T D"], state: AttentionalState
    ) -> tuple[Float[Tensor, "B T M"], Float[Tensor, "B T S"]]:
        """The context and the weights of each query."""
        return self.attention(query, state.keys, state.memory, state.src_mask, state.position)

    def decode(
        self, embedded: Float[Tensor, "B T E"], state: AttentionalState
    ) -> tuple[Float[Tensor, "B T O"], AttentionalState]:
        """One step after the other: each reads what came out of the one before."""
        outputs = []
        for word in embedded.split(1, dim=1):
            output, state = self.advance(word, state)
            outputs.append(output)
        return torch.cat(outputs, dim=1), state
