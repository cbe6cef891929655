"""Comparing two ways of computing in float64, where they agree to 1e-10."""

import torch


def in_float64(inputs) -> list:
    return [
        value.double() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
        for value in inputs
    ]


def is_close(mine: torch.Tensor, theirs: torch.Tensor) -> bool:
    return mine.shape == theirs.shape and torch.allclose(mine, theirs, rtol=1e-10, atol=1e-10)
