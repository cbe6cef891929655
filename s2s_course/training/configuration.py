"""What a training was asked to do, as plain values: a run goes on only with what it was begun with."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from s2s_course.training.contract import Stateful

_LONGEST = 8  # longer lists are told by their length and a hash
_DEEPEST = 6


def describe(value: Any, *, depth: int = 0) -> Any:
    """JSON that is the same for what trains the same, and readable where it can be.

    Functions and classes count by their names; objects by their class and public attributes, without the
    state that changes while they are used; long lists and tensors by a hash.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, Tensor):
        return f"tensor {list(value.shape)} {_hash(str(value.dtype).encode() + _bytes_of(value))}"
    if isinstance(value, partial):
        choices = {name: describe(each, depth=depth + 1) for name, each in value.keywords.items()}
        return {"calls": describe(value.func), **choices}
    if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
        return f"{value.__module__}.{value.__qualname__}"
    if depth == _DEEPEST:
        return type(value).__qualname__
    if isinstance(value, Mapping):
        return {str(key): describe(each, depth=depth + 1) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        plain = all(isinstance(each, (bool, int, float, str)) for each in value)
        if plain and len(value) <= _LONGEST:
            return [describe(each) for each in value]
        described = value if _is_plain(value) else [describe(each, depth=depth + 1) for each in value]
        content = json.dumps(described, ensure_ascii=False)
        return f"{len(value)} entries {_hash(content.encode())}"
    return {"class": type(value).__qualname__} | {
        name: describe(each, depth=depth + 1) for name, each in _attributes(value).items()
    }


def differences(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """One phrase for each place where two descriptions differ: ``seed was 0 and is 1``."""
    before, after = _flat(was), _flat(now)
    names = [*before, *(name for name in after if name not in before)]
    return [
        f"{name} was {_told(before, name)} and is {_told(after, name)}"
        for name in names
        if _told(before, name) != _told(after, name)
    ]


def _told(values: dict[str, Any], name: str) -> str:
    return json.dumps(values[name], ensure_ascii=False) if name in values else "not there"


def _attributes(value: Any) -> dict[str, Any]:
    """What makes ``value`` what it is: the choices of a model, the fields of a dataclass, or attributes."""
    if isinstance(value, nn.Module):
        if is_dataclass(config := getattr(value, "config", None)):
            return _attributes(config)
        return {name: list(weights.shape) for name, weights in value.named_parameters()}
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value) if field.init}
    state = value.state_dict() if isinstance(value, Stateful) else {}
    public = {name: each for name, each in vars(value).items() if not name.startswith("_")}
    return {name: each for name, each in public.items() if name not in state}


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str))


def _flat(tree: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(tree, dict):
        return {name: tree}
    return {path: each for key in tree for path, each in _flat(tree[key], f"{name}.{key}".strip(".")).items()}


def _bytes_of(value: Tensor) -> bytes:
    return value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
