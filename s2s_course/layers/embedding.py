"""What the first layer of a Transformer reads: word vectors that know their positions."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from s2s_course.layers.positions import POSITIONS
from s2s_course.layers.transformer import StackSizes


class PositionedEmbedding(nn.Module):
    """Word vectors times √D (Vaswani et al. 2017, section 3.4), told their positions; dropout.

    ``norm`` puts a layer norm behind the sum, as BERT and BART have.
    """

    def __init__(self, vocab_size: int, sizes: StackSizes, *, norm: bool = False):
        super().__init__()
        self.positions = POSITIONS[sizes.positions](
            d_model=sizes.d_model, num_heads=sizes.num_heads, max_length=sizes.max_length
        )
        self.words = nn.Embedding(vocab_size, self.positions.word_size)
        nn.init.normal_(self.words.weight, std=sizes.d_model**-0.5)
        self.scale = math.sqrt(sizes.d_model)
        self.norm = nn.LayerNorm(sizes.d_model) if norm else nn.Identity()
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, tokens: Int[Tensor, "B T"], *, first: int = 0) -> Float[Tensor, "B T D"]:
        """The vectors of ``tokens``, which stand at the positions from ``first`` on."""
        return self.dropout(self.norm(self.positions.embed(self.words(tokens) * self.scale, first)))

    def step(self, tokens: Int[Tensor, " B"], position: int) -> Float[Tensor, "B D"]:
        """The vectors of ``tokens``, which all stand at ``position``: the same numbers, without dropout.

        For steps, which are so short that the calls of modules count (see ``layers/lean.py``).
        """
        words = torch.embedding(self.words.weight, tokens[:, None]) * self.scale
        vectors = self.positions.embed(words, position)[:, 0]
        return vectors if isinstance(self.norm, nn.Identity) else self.norm(vectors)
