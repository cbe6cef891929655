"""Nested Python values as JSON beside named tensors: nothing in it can be executed when it is read."""

import math
from typing import Any

from torch import Tensor


def pack(value: Any, tensors: dict[str, Tensor], name: str) -> Any:
    """JSON for ``value``, whose tensors are put into ``tensors`` under ``name`` and names below it.

    ``value`` is made of None, bool, int, float, str, tensors, lists, tuples, and dictionaries whose keys are
    int or str. Raises ``TypeError`` for anything else.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, Tensor):
        tensors[name] = value.detach().cpu()
        return {"tensor": name}
    if isinstance(value, (list, tuple)):
        items = [pack(each, tensors, f"{name}.{n}") for n, each in enumerate(value)]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, dict):
        if not all(isinstance(key, (str, int)) for key in value):
            raise TypeError(f"{name} must have keys that are texts or whole numbers")
        items = [[key, pack(each, tensors, f"{name}.{key}")] for key, each in value.items()]
        return {"dict": items}
    raise TypeError(f"{name} must be made of plain values and tensors, got {type(value).__name__}")


def unpack(packed: Any, tensors: dict[str, Tensor]) -> Any:
    """What ``pack`` was given. Raises ``ValueError`` for what it cannot have made."""
    if packed is None or isinstance(packed, (bool, int, float, str)):
        return packed
    if isinstance(packed, list):
        return [unpack(each, tensors) for each in packed]
    match packed:
        case {"float": "inf" | "-inf" | "nan" as text, **rest} if not rest:
            return float(text)
        case {"tensor": str(name), **rest} if not rest and name in tensors:
            return tensors[name]
        case {"tuple": list(items), **rest} if not rest:
            return tuple(unpack(each, tensors) for each in items)
        case {"dict": list(items), **rest} if not rest and all(
            isinstance(item, list) and len(item) == 2 and isinstance(item[0], (str, int)) for item in items
        ):
            return {key: unpack(each, tensors) for key, each in items}
    raise ValueError(f"it must be made of plain values and tensors, got {str(packed)[:60]}")
