"""One stack of Transformer layers: an encoder-only model, or with a causal mask a decoder-only model.

BERT (Devlin et al. 2019) and GPT (Radford et al. 2018) are such stacks. They differ in the mask and in what
they are asked (``data/corruption.py``), not in the layers.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.checks import check_at_least
from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.transformer import EncoderLayer, StackSizes
from s2s_course.masks import causal_mask


@dataclass(frozen=True, kw_only=True)
class StackConfig(StackSizes):
    """Sizes and choices of a stack.

    ``causal`` lets each position see only itself and those before it. ``num_labels`` is the number of
    answers at each position: the vocabulary, if not given.
    """

    vocab_size: int
    num_labels: int | None = None
    causal: bool = False

    def __post_init__(self):
        super().__post_init__()
        check_at_least(1, vocab_size=self.vocab_size)
        if self.num_labels is not None:
            check_at_least(1, num_labels=self.num_labels)


class Stack(nn.Module):
    """Tokens in, an answer at each of them out."""

    def __init__(self, config: StackConfig):
        super().__init__()
        self.config = config
        self.embedding = PositionedEmbedding(config.vocab_size, config)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.num_layers))
        self.norm = nn.LayerNorm(config.d_model) if config.norm_first else nn.Identity()
        self.to_logits = nn.Linear(config.d_model, config.num_labels or config.vocab_size)

    def forward(
        self,
        tokens: Int[Tensor, "B S"],
        mask: Bool[Tensor, "B S"],
        lengths: Int[Tensor, " B"] | None = None,
    ) -> Float[Tensor, "B S V"]:
        """Logits at every position. ``mask`` is True at real tokens.

        It takes ``lengths`` as ``SequenceModel`` does, and does not need them.
        """
        logits, _ = self._run(tokens, mask, need_weights=False)
        return logits

    def attentions(self, tokens: Int[Tensor, "B S"], mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B L H S S"]:
        """The weights of every layer and head."""
        _, weights = self._run(tokens, mask, need_weights=True)
        return torch.stack(weights, dim=1)

    def _run(self, tokens: Tensor, mask: Tensor, *, need_weights: bool) -> tuple[Tensor, list[Tensor | None]]:
        allowed = mask[:, None, None]  # (B, 1, 1, S): for every head and every query
        if self.config.causal:
            allowed = allowed & causal_mask(tokens.size(1), device=tokens.device)
        vectors, all_weights = self.embedding(tokens), []
        for layer in self.layers:
            vectors, weights = layer(vectors, self.embedding.positions, allowed, need_weights=need_weights)
            all_weights.append(weights)
        return self.to_logits(self.norm(vectors)), all_weights
