"""When two numbers are the same."""

import torch
from torch import Tensor

# Wide enough for float32 sums in another order, far too narrow for any mistake.
RELATIVE_TOLERANCE = 1e-4
ABSOLUTE_TOLERANCE = 1e-5


def find_wrong(got: Tensor, wanted: Tensor) -> Tensor:
    """Where the two differ by more than rounding; whole numbers and booleans must be equal."""
    if not wanted.is_floating_point():
        return got != wanted
    return ~torch.isclose(got, wanted, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE, equal_nan=True)


def is_close(got: Tensor, wanted: Tensor) -> bool:
    """Whether two tensors differ nowhere; of another shape, dtype or device they are not the same."""
    alike = (got.shape, got.dtype, got.device) == (wanted.shape, wanted.dtype, wanted.device)
    return alike and not find_wrong(got, wanted).any()
