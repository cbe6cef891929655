"""A function that exercises can give to a learner's function."""

from dataclasses import dataclass

import torch

from s2s_course.seeds import torch_generator


@dataclass(frozen=True)
class RandomMap:
    """What stands for attention or feed-forward: a fixed random map with a bend, (B, T, D) to (B, T, D).

    It is known by ``seed`` and ``size``, so that it can be sent to where answers run.
    """

    seed: int
    size: float

    def __call__(self, vectors: torch.Tensor) -> torch.Tensor:
        size = vectors.shape[-1]
        weights = torch.randn(size, size, generator=torch_generator(self.seed))
        return self.size * torch.tanh(vectors @ weights.to(vectors))

    def __repr__(self) -> str:
        return "a function from (B, T, D) to (B, T, D)"
