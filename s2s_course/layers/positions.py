"""How a network that sees a set learns of an order: the ways to bring positions in.

A way may do one of three things: change the embeddings once (sinusoidal, concatenated, learned), add to the
scores of self-attention (relative bias, ALiBi), or turn queries and keys (rotary). Positions count from 0.
"""

import math
from abc import ABC, abstractmethod

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from s2s_course.devices import send


class Positions(nn.Module, ABC):
    """One way, for ``d_model`` numbers in ``num_heads`` heads. What it does not do stays as it is."""

    in_attention = False  # whether ``bias`` or ``rotate`` does something

    def __init__(self, *, d_model: int, num_heads: int, max_length: int):
        super().__init__()
        self.d_model, self.num_heads, self.max_length = d_model, num_heads, max_length

    @property
    def word_size(self) -> int:
        """How many of the ``d_model`` numbers are the word's own embedding."""
        return self.d_model

    def embed(self, vectors: Float[Tensor, "B T E"], first: int = 0) -> Float[Tensor, "B T D"]:
        """The embeddings, told their positions, which begin at ``first``."""
        return vectors

    def bias(self, queries: Int[Tensor, " T"], keys: Int[Tensor, " S"]) -> Float[Tensor, "1 H T S"] | None:
        """What is added to the score of each query with each key; None for nothing."""
        return None

    def rotate(self, heads: Float[Tensor, "B H T d"], first: int = 0) -> Float[Tensor, "B H T d"]:
        """Queries or keys, turned by their positions, which begin at ``first``."""
        return heads


class Tabled(Positions):
    """A way whose numbers depend on the position alone. Each is computed once, and then looked up."""

    kept: Tensor | None = None  # the rows of positions 0, 1, 2, …

    @abstractmethod
    def compute(self, positions: Int[Tensor, " T"], like: Tensor) -> Float[Tensor, "T *row"]:
        """The numbers of each position, on the CPU, with the precision of ``like``."""

    def rows(self, first: int, count: int, like: Tensor) -> Float[Tensor, "T *row"]:
        """What ``compute`` gives for ``count`` positions from ``first`` on, where ``like`` is.

        They come from a table that grows to twice the farthest position asked for. It is made on the CPU:
        not every device has float64.
        """
        end, kept = first + count, self.kept
        if kept is None or end > len(kept) or (kept.dtype, kept.device) != (like.dtype, like.device):
            with torch.inference_mode(False), torch.no_grad():  # else training could not use it later
                kept = send(self.compute(torch.arange(2 * end + 30, device="cpu"), like), like.device)
            self.kept = kept
        return kept[first:end]


class NoPositions(Positions):
    """Nothing: the words are a set."""


class Sinusoidal(Tabled):
    """Sines and cosines of d_model / 2 frequencies, added (Vaswani et al. 2017, section 3.5)."""

    def compute(self, positions: Int[Tensor, " T"], like: Tensor) -> Float[Tensor, "T D"]:
        return sinusoids(positions, self.d_model).to(like.dtype)

    def embed(self, vectors: Float[Tensor, "B T D"], first: int = 0) -> Float[Tensor, "B T D"]:
        return vectors + self.rows(first, vectors.size(1), vectors)


class Concatenated(Tabled):
    """The same sines and cosines, but behind a shorter word embedding: a quarter of the numbers is theirs."""

    @property
    def word_size(self) -> int:
        return self.d_model - self.d_model // 4

    def compute(self, positions: Int[Tensor, " T"], like: Tensor) -> Float[Tensor, "T P"]:
        return sinusoids(positions, self.d_model // 4).to(like.dtype)

    def embed(self, vectors: Float[Tensor, "B T E"], first: int = 0) -> Float[Tensor, "B T D"]:
        rows = self.rows(first, vectors.size(1), vectors)
        return torch.cat([vectors, rows.expand(len(vectors), -1, -1)], dim=-1)


class Learned(Positions):
    """A vector for each position up to ``max_length``, added (Gehring et al. 2017; BERT and GPT)."""

    def __init__(self, *, d_model: int, num_heads: int, max_length: int):
        super().__init__(d_model=d_model, num_heads=num_heads, max_length=max_length)
        self.table = nn.Embedding(max_length, d_model)  # begins at the scale of the word vectors

    def embed(self, vectors: Float[Tensor, "B T D"], first: int = 0) -> Float[Tensor, "B T D"]:
        end = first + vectors.size(1)
        if end > self.max_length:
            raise ValueError(
                f"positions must be below max_length {self.max_length}, the size of the learned table, "
                f"got {end - 1}"
            )
        return vectors + self.table(torch.arange(first, end, device=vectors.device))


class RelativeBias(Positions):
    """A learned number for each head and distance, added to the scores (Raffel et al. 2020, section 2.1).

    Distances are put into ``BUCKETS`` buckets: near ones each into its own, far ones together, on a
    logarithmic scale up to ``FARTHEST``. Half of the buckets look back, half ahead.
    """

    in_attention = True

    BUCKETS, FARTHEST = 32, 128

    def __init__(self, *, d_model: int, num_heads: int, max_length: int):
        super().__init__(d_model=d_model, num_heads=num_heads, max_length=max_length)
        self.table = nn.Embedding(self.BUCKETS, num_heads)
        nn.init.normal_(self.table.weight, std=0.02)

    def bias(self, queries: Int[Tensor, " T"], keys: Int[Tensor, " S"]) -> Float[Tensor, "1 H T S"]:
        buckets = self._bucket(keys[None, :] - queries[:, None])
        return self.table(buckets).permute(2, 0, 1)[None]

    def _bucket(self, distance: Int[Tensor, "T S"]) -> Int[Tensor, "T S"]:
        half = self.BUCKETS // 2
        exact = half // 2  # as many near distances have a bucket of their own
        size = distance.abs()
        share = torch.log(size.clamp(min=1) / exact) / math.log(self.FARTHEST / exact)
        far = (exact + share * (half - exact)).long().clamp(max=half - 1)
        return torch.where(size < exact, size, far) + half * (distance > 0)


class ALiBi(Positions):
    """A penalty that grows with the distance, at a fixed rate for each head (Press et al. 2022, section 3).

    The paper has only a decoder, which looks back; here the penalty is the same in both directions.
    """

    in_attention = True

    def bias(self, queries: Int[Tensor, " T"], keys: Int[Tensor, " S"]) -> Float[Tensor, "1 H T S"]:
        head = torch.arange(1, self.num_heads + 1, device=queries.device)
        slopes = 2.0 ** (-8 * head / self.num_heads)
        distance = (keys[None, :] - queries[:, None]).abs()
        return (-slopes[:, None, None] * distance)[None]


class Rotary(Tabled):
    """Pairs of numbers in queries and keys, turned by an angle that grows with the position (Su et al. 2024).

    A score then depends on the distance of query and key, and on nothing else of their positions.
    """

    in_attention = True

    def __init__(self, *, d_model: int, num_heads: int, max_length: int):
        super().__init__(d_model=d_model, num_heads=num_heads, max_length=max_length)
        if (d_model // num_heads) % 2:
            raise ValueError(
                f"d_model / num_heads must be even for rotary positions, got {d_model} / {num_heads}"
            )

    def compute(self, positions: Int[Tensor, " T"], like: Tensor) -> Float[Tensor, "T 2 half"]:
        precision = torch.promote_types(like.dtype, torch.float32)
        angles = (positions[:, None] * frequencies(like.size(-1))).to(precision)
        return torch.stack([angles.cos(), angles.sin()], dim=1).to(like.dtype)

    def rotate(self, heads: Float[Tensor, "B H T d"], first: int = 0) -> Float[Tensor, "B H T d"]:
        cos, sin = self.rows(first, heads.size(2), heads).unbind(1)  # each (T, d / 2)
        even, odd = heads[..., ::2], heads[..., 1::2]
        turned = (even * cos - odd * sin, even * sin + odd * cos)
        return torch.stack(turned, dim=-1).flatten(-2)


POSITIONS: dict[str, type[Positions]] = {
    "none": NoPositions,
    "sinusoidal": Sinusoidal,
    "concatenated": Concatenated,
    "learned": Learned,
    "relative": RelativeBias,
    "alibi": ALiBi,
    "rotary": Rotary,
}


def frequencies(size: int) -> Float[Tensor, " half"]:
    """``size`` / 2 angles a step, from 1 radian down to about 1 / 10,000, in float64 on the CPU."""
    return 10_000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64, device="cpu") / size)


def sinusoids(positions: Int[Tensor, " T"], size: int) -> Float[Tensor, "T size"]:
    """Sine and cosine in turns, of ``positions`` times each frequency, in float64 (section 3.5)."""
    angles = positions[:, None] * frequencies(size)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)[:, :size]
