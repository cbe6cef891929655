"""What is too coarse in half precision is computed in float32: positions, angles, probabilities."""

import torch
from torch import Tensor


def widened(tensor: Tensor) -> Tensor:
    """``tensor`` in float32, unless it is as precise already.

    bfloat16 has eight binary digits: it cannot count beyond 256, and an angle of 400 radians is off by one.
    """
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
