"""Attention of a recurrent decoder: score every encoder state, softmax, weighted sum.

Letters: z query (a decoder state, D numbers), h key or value (an encoder state, M numbers), S source tokens,
T queries at once. All queries of a batch are scored in a few matrix products.
"""

import math
from abc import ABC, abstractmethod

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.layers.precision import widened


class Score(nn.Module, ABC):
    """How well a query and an encoder state fit: one number for each pair."""

    POSITIONS: int | None = None  # source tokens beyond so many have no score; None: all have

    def __init__(self, *, query_size: int, memory_size: int):
        super().__init__()
        self.query_size, self.memory_size = query_size, memory_size

    def keys(self, memory: Float[Tensor, "B S M"]) -> Float[Tensor, "B S A"]:
        """What of the score depends on the encoder states alone: computed once for a sentence."""
        return memory

    @abstractmethod
    def forward(self, query: Float[Tensor, "B T D"], keys: Float[Tensor, "B S A"]) -> Float[Tensor, "B T S"]:
        """The score of every query with every key."""


class AdditiveScore(Score):
    """vᵀ tanh(W z + U h) (Bahdanau et al. 2015, appendix A.1.2), with A = D.

    Luong's concat, vᵀ tanh(W [z; h]) (Luong et al. 2015, section 3.1), is the same: the matrix of a
    concatenation is two matrices side by side.
    """

    def __init__(self, *, query_size: int, memory_size: int):
        super().__init__(query_size=query_size, memory_size=memory_size)
        self.W = nn.Linear(query_size, query_size, bias=False)
        self.U = nn.Linear(memory_size, query_size, bias=False)
        self.v = nn.Linear(query_size, 1, bias=False)

    def keys(self, memory: Float[Tensor, "B S M"]) -> Float[Tensor, "B S A"]:
        return self.U(memory)

    def forward(self, query: Float[Tensor, "B T D"], keys: Float[Tensor, "B S A"]) -> Float[Tensor, "B T S"]:
        return self.v(torch.tanh(self.W(query)[:, :, None] + keys[:, None])).squeeze(-1)


class DotScore(Score):
    """zᵀ h (Luong et al. 2015, section 3.1). Query and encoder state must have the same size."""

    def __init__(self, *, query_size: int, memory_size: int):
        if query_size != memory_size:
            raise ValueError(
                f"query_size and memory_size must be equal for a dot score, got {query_size} and "
                f"{memory_size}: choose the score general or additive, or an encoder with one direction"
            )
        super().__init__(query_size=query_size, memory_size=memory_size)

    def forward(self, query: Float[Tensor, "B T D"], keys: Float[Tensor, "B S A"]) -> Float[Tensor, "B T S"]:
        return query @ keys.transpose(1, 2)


class ScaledDotScore(DotScore):
    """zᵀ h / √D (Vaswani et al. 2017, equation 1): the bridge to the Transformer."""

    def forward(self, query: Float[Tensor, "B T D"], keys: Float[Tensor, "B S A"]) -> Float[Tensor, "B T S"]:
        return super().forward(query, keys) / math.sqrt(self.query_size)


class GeneralScore(Score):
    """zᵀ W h (Luong et al. 2015, section 3.1): a dot product after a learned map of the encoder states."""

    def __init__(self, *, query_size: int, memory_size: int):
        super().__init__(query_size=query_size, memory_size=memory_size)
        self.W = nn.Linear(memory_size, query_size, bias=False)

    def keys(self, memory: Float[Tensor, "B S M"]) -> Float[Tensor, "B S A"]:
        return self.W(memory)

    def forward(self, query: Float[Tensor, "B T D"], keys: Float[Tensor, "B S A"]) -> Float[Tensor, "B T S"]:
        return query @ keys.transpose(1, 2)


class LocationScore(Score):
    """W z: one number for each source position (Luong et al. 2015, equation 8). It never sees the words.

    There are ``POSITIONS`` rows in W. As in the paper, words beyond them are ignored.
    """

    POSITIONS = 64

    def __init__(self, *, query_size: int, memory_size: int):
        super().__init__(query_size=query_size, memory_size=memory_size)
        self.W = nn.Linear(query_size, self.POSITIONS, bias=False)

    def forward(self, query: Float[Tensor, "B T D"], keys: Float[Tensor, "B S A"]) -> Float[Tensor, "B T S"]:
        beyond = max(keys.size(1) - self.POSITIONS, 0)
        return nn.functional.pad(self.W(query)[:, :, : keys.size(1)], (0, beyond), value=-math.inf)


SCORES: dict[str, type[Score]] = {
    "additive": AdditiveScore,
    "concat": AdditiveScore,
    "dot": DotScore,
    "scaled_dot": ScaledDotScore,
    "general": GeneralScore,
    "location": LocationScore,
}
WINDOWS = ("global", "local_m", "local_p")


class Attention(nn.Module):
    """A weighted mean of the encoder states, weighted anew for every query.

    With ``window="global"`` every real token may have weight. The two local windows (Luong et al. 2015,
    section 3.2) let only tokens within ``window_size`` of a center p have weight. ``local_m`` puts p at the
    query's own position, or at the last token if that comes first. ``local_p`` predicts it,
    p = (S − 1) sigmoid(vᵀ tanh(W z)), and prefers tokens near it by a Gaussian with σ = ``window_size`` / 2.
    The paper multiplies the weights by that Gaussian; here its logarithm joins the scores, so that the
    weights still sum to one. Of a source that is longer than the score's ``POSITIONS``, S counts these only,
    so that a window never lies where no token has a score.
    """

    def __init__(
        self, score: str, *, query_size: int, memory_size: int, window: str = "global", window_size: int = 3
    ):
        super().__init__()
        self.score = SCORES[score](query_size=query_size, memory_size=memory_size)
        self.window, self.window_size = window, window_size
        if window == "local_p":
            self.W = nn.Linear(query_size, query_size, bias=False)
            self.v = nn.Linear(query_size, 1, bias=False)

    def forward(
        self,
        query: Float[Tensor, "B T D"],
        keys: Float[Tensor, "B S A"],
        memory: Float[Tensor, "B S M"],
        src_mask: Bool[Tensor, "B S"],
        position: Int[Tensor, " B"],
    ) -> tuple[Float[Tensor, "B T M"], Float[Tensor, "B T S"]]:
        """The context and the weights of each query; ``keys`` are ``score.keys(memory)``.

        ``position`` counts the queries of each row that came before. A row whose tokens are all masked has
        no weights: NaN.
        """
        weights = self.scores(query, keys, src_mask, position).softmax(dim=-1).to(memory)
        return weights @ memory, weights

    def scores(
        self,
        query: Float[Tensor, "B T D"],
        keys: Float[Tensor, "B S A"],
        src_mask: Bool[Tensor, "B S"],
        position: Int[Tensor, " B"],
    ) -> Float[Tensor, "B T S"]:
        """What the softmax is taken of: minus infinity where a token may not have weight."""
        scores = self.score(query, keys)
        allowed = src_mask[:, None]
        if self.window != "global":
            distance = torch.arange(keys.size(1), device=keys.device) - self._center(
                query, src_mask, position
            )
            allowed = allowed & (distance.abs() <= self.window_size)
            if self.window == "local_p":
                scores = scores - distance**2 / (2 * (self.window_size / 2) ** 2)
        return scores.masked_fill(~allowed, -math.inf)

    def _center(
        self, query: Float[Tensor, "B T D"], src_mask: Bool[Tensor, "B S"], position: Int[Tensor, " B"]
    ) -> Float[Tensor, "B T 1"]:
        """Where the window of each query lies: a source position, counted from 0."""
        length = src_mask.sum(dim=1)
        if self.score.POSITIONS is not None:
            length = length.clamp(max=self.score.POSITIONS)
        last = (length - 1)[:, None, None]
        if self.window == "local_m":
            steps = torch.arange(query.size(1), device=query.device)
            return torch.minimum(position[:, None] + steps, last[:, :, 0])[:, :, None].to(widened(query))
        return last * torch.sigmoid(widened(self.v(torch.tanh(self.W(query)))))
