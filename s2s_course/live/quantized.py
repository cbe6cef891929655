"""Weights made small: matrices in int8, each row with a scale of its own, vectors in float16.

A row that holds the values x is stored as codes in [-127, 127] and one scale s = max|x| / 127 in float16, so
that x is about code · s. The error is at most s / 2, and a little more for the largest values, where s was
rounded down. A row of an embedding belongs to a word, a row of a layer to a unit: with a scale each, large
ones take no precision from small ones.
"""

import safetensors.torch
import torch
from jaxtyping import Float, Float16, Int8
from torch import Tensor

LARGEST_CODE = 127
SCALE = ".scale"  # what the name of a scale has behind the name of its matrix


def quantize_rows(matrix: Float[Tensor, "R C"]) -> tuple[Int8[Tensor, "R C"], Float16[Tensor, " R"]]:
    """The codes of ``matrix``, and a scale for each row.

    Raises ``ValueError`` for a value that is not finite, or too large for float16.
    """
    scale = _halved("matrix", matrix.abs().amax(dim=1) / LARGEST_CODE)
    step = scale.float()[:, None]
    codes = torch.where(step > 0, matrix / step, 0.0)  # the scale of tiny rows is 0 in float16
    return codes.round().clamp(-LARGEST_CODE, LARGEST_CODE).to(torch.int8), scale


def dequantize_rows(codes: Int8[Tensor, "R C"], scale: Float16[Tensor, " R"]) -> Float[Tensor, "R C"]:
    """The float32 matrix that ``codes`` and ``scale`` stand for."""
    return codes.float() * scale.float()[:, None]


def shared_names(state: dict[str, Tensor]) -> dict[str, str]:
    """For each name in ``state`` whose tensor an earlier name has too, as tied weights have: that name."""
    first: dict[tuple, str] = {}
    shared = {}
    for name, value in state.items():
        place = (value.data_ptr(), value.shape)
        if first.setdefault(place, name) != name:
            shared[name] = first[place]
    return shared


def quantized(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The small tensors of the state dict ``state``: ``x`` and ``x.scale`` for a matrix ``x``, else ``x``.

    What two names share is stored once, under the first of them.

    Raises ``ValueError`` for a tensor that has neither one dimension nor two.
    """
    tensors, shared = {}, shared_names(state)
    for name, value in state.items():
        if name in shared:
            continue
        if value.dim() == 2:
            tensors[name], tensors[name + SCALE] = quantize_rows(value)
        elif value.dim() == 1:
            tensors[name] = _halved(name, value)
        else:
            raise ValueError(
                f"state must hold matrices and vectors, got {name} with {value.dim()} dimensions"
            )
    return tensors


def dequantized(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The float32 state dict that ``tensors`` stand for, without what tied weights share."""
    return {
        name: dequantize_rows(value, tensors[name + SCALE]) if value.dim() == 2 else value.float()
        for name, value in tensors.items()
        if not name.endswith(SCALE)
    }


def to_bytes(state: dict[str, Tensor]) -> bytes:
    """A safetensors file of ``state``, quantized."""
    return safetensors.torch.save(quantized(state))


def from_bytes(content: bytes) -> dict[str, Tensor]:
    """The state dict that ``to_bytes`` was given, as far as int8 keeps it."""
    return dequantized(safetensors.torch.load(content))


def _halved(name: str, values: Tensor) -> Tensor:
    """``values`` in float16."""
    halved = values.detach().to(torch.float16)
    if not halved.isfinite().all():
        raise ValueError(f"{name} must hold numbers that float16 can hold, got {values.abs().max():g}")
    return halved
