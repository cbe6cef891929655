"""The first weights of a model that is trained in the page: the twin of ``initialization.js``.

Each tensor is drawn as our layers and torch draw it, in distribution, from a stream that is named like it.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn

from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.multihead import MultiHeadAttention
from s2s_course.live.random import Random


@torch.no_grad()
def initialize_(model: nn.Module, seed: int) -> None:
    """Give ``model`` the weights that the page gives it with this ``seed``.

    Raises ``ValueError`` for a layer of a kind that the page does not train.
    """
    for path, module in model.named_modules():
        for name, parameter in module.named_parameters(recurse=False):
            whole = f"{path}.{name}"
            parameter.copy_(_drawn(module, name, tuple(parameter.shape), Random(seed, whole)))
    for path, module in model.named_modules():
        if isinstance(module, MultiHeadAttention):
            _begin_attention(module, path, seed)
        elif isinstance(module, PositionedEmbedding):  # its words are multiplied by √D
            words = Random(seed, f"{path}.words.weight").normal(*module.words.weight.shape)
            module.words.weight.copy_(_as_tensor(words * (1 / module.scale)))


def _drawn(module: nn.Module, name: str, shape: tuple[int, ...], random: Random) -> Tensor:
    if isinstance(module, nn.RNNBase):
        return _uniform(shape, 1 / math.sqrt(module.hidden_size), random)
    if isinstance(module, nn.Linear):
        return _uniform(shape, 1 / math.sqrt(module.in_features), random)
    if isinstance(module, nn.LayerNorm):
        return torch.full(shape, 1.0 if name == "weight" else 0.0)
    if isinstance(module, nn.Embedding):
        return _as_tensor(random.normal(*shape))
    raise ValueError(f"model must be made of layers that the page trains, got {type(module).__name__}")


def _begin_attention(module: MultiHeadAttention, path: str, seed: int) -> None:
    for part in ("query", "key", "value", "out"):
        linear = getattr(module, part)
        linear.bias.zero_()
        if part != "out":
            random = Random(seed, f"{path}.{part}.weight")
            linear.weight.copy_(_uniform(tuple(linear.weight.shape), math.sqrt(1.5 / module.d_model), random))


def _uniform(shape: tuple[int, ...], bound: float, random: Random) -> Tensor:
    return _as_tensor(bound * (2 * random.uniform(*shape) - 1))


def _as_tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))
