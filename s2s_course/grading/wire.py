"""Values as JSON: all that crosses the border of the sandbox, and never a pickle.

========================== ===================================================================
a value                    on the wire
========================== ===================================================================
None, bool, str            themselves
int, float                 themselves; what is not finite as ``{"float": "nan"}``
list, tuple                ``{"list": […]}``, ``{"tuple": […]}``
dense tensor               ``{"tensor": "float32", "shape": [2, 3], "data": base64}``
tensor on ``meta``         ``{"meta": "float32", "shape": [2, 3]}``
sparse or nested tensor    ``{"layout": "sparse"}``
``RandomMap``              ``{"map": [seed, size]}``
anything else              ``{"other": [name, module, base]}``: only what its type is called
========================== ===================================================================

What comes out of the sandbox is hostile. Decoding checks sizes before it allocates, and raises nothing but
``WireError``. What no exercise asks for becomes a stand-in of the same type name, which is all that is said
of it.
"""

import base64
import binascii
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from s2s_course.exercises.engine.random_map import RandomMap

MOST_NUMBERS = 50_000  # in one value
MOST_PARTS = 10_000  # of lists and tuples in one value
MOST_AXES = 12
LONGEST_TEXT = 2_000
_DEEPEST = 8
_LONGEST_NAME = 60
_LARGEST_INT = 2**63

_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
    )
}  # fmt: skip
_BASES = {"object": object, "list": list, "tuple": tuple, "int": int, "float": float}


class WireError(ValueError):
    """What came over the border is not what may come; the message is a sentence."""


class TooLarge(WireError):
    """A value has more numbers, axes or parts than are sent."""


@dataclass
class _Room:
    """How much may still come in the value that is read or written, and whether stand-ins may."""

    exact: bool = False
    numbers: int = MOST_NUMBERS
    parts: int = MOST_PARTS

    def take(self, *, numbers: int = 0, parts: int = 0) -> None:
        self.numbers -= numbers
        self.parts -= parts
        if self.numbers < 0:
            raise TooLarge(f"a value must have at most {MOST_NUMBERS:,} numbers")
        if self.parts < 0:
            raise TooLarge(f"a value must have at most {MOST_PARTS:,} parts")


def encode(value: object, *, exact: bool = False) -> object:
    """``value`` as JSON knows it. Raises ``TooLarge``, and nothing else for any object that behaves.

    With ``exact``, as for the inputs of an answer, ``WireError`` where only a stand-in would come out.
    """
    return _encode(value, _Room(exact), _DEEPEST)


def decode(document: object) -> object:
    """The value of a JSON document; ``WireError`` for one that ``encode`` does not make."""
    try:
        return _decode(document, _Room(), _DEEPEST)
    except WireError:
        raise
    except (ValueError, TypeError, RuntimeError, OverflowError, RecursionError, MemoryError) as error:
        raise WireError(f"a value cannot be read: {type(error).__name__}") from None


def clean(text: object, longest: int = LONGEST_TEXT) -> str:
    """A text that can be shown and stored: cut, and with a mark for each character that is not printed."""
    if not isinstance(text, str):
        raise WireError(f"a text must be a string, got a {type(text).__name__}")
    kept = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text[:longest])
    return kept + " …" if len(text) > longest else kept


def _encode(value: object, room: _Room, deepest: int) -> object:
    room.take(parts=1)
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return value[:MOST_NUMBERS]
    if kind is int:
        return max(-_LARGEST_INT, min(value, _LARGEST_INT))
    if kind is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if kind in (list, tuple):
        return {kind.__name__: [_encode(v, room, deepest - 1) for v in value] if deepest else []}
    if isinstance(value, Tensor):
        return _encode_tensor(value, room)
    if kind is RandomMap:
        return {"map": [value.seed, value.size]}
    if room.exact:
        raise WireError(f"an input must be made of tensors, numbers, texts and lists, got a {kind.__name__}")
    base = next((name for name, base in reversed(_BASES.items()) if isinstance(value, base)), "object")
    other = [str(kind.__name__)[:_LONGEST_NAME], str(kind.__module__)[:_LONGEST_NAME], base]
    if base in ("list", "tuple"):  # a named tuple, or torch's own, such as what max(dim) returns
        other.append([_encode(v, room, deepest - 1) for v in value] if deepest else [])
    return {"other": other}


def _encode_tensor(tensor: Tensor, room: _Room) -> dict:
    with torch._C.DisableTorchFunctionSubclass():  # a subclass is taken as the numbers it holds
        if tensor.layout != torch.strided or tensor.is_nested:
            return {"layout": "sparse"}
        tensor = tensor.detach().as_subclass(Tensor)
        tensor = tensor.int_repr() if tensor.is_quantized else tensor
        shape, dtype = list(tensor.shape), str(tensor.dtype).removeprefix("torch.")
        if tensor.ndim > MOST_AXES:
            raise TooLarge(f"a tensor must have at most {MOST_AXES} axes, got {tensor.ndim}")
        if tensor.is_meta:
            return {"meta": dtype, "shape": shape}
        room.take(numbers=tensor.numel())
        if dtype not in _DTYPES:
            return {"other": [dtype, "torch", "object"]}
        tensor = tensor.resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
        data = tensor.view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
        return {"tensor": dtype, "shape": shape, "data": base64.b64encode(data).decode()}


def _decode(document: object, room: _Room, deepest: int) -> object:
    room.take(parts=1)
    if document is None or isinstance(document, bool):
        return document
    if isinstance(document, str):
        return document[:MOST_NUMBERS]
    if isinstance(document, int | float):
        return _number(document)
    if not isinstance(document, dict):
        raise WireError(f"a value must not be a bare {type(document).__name__}")
    match document:
        case {"list": list(parts)} if len(document) == 1:
            return [_decode(part, room, deepest - 1) for part in _inner(parts, deepest)]
        case {"tuple": list(parts)} if len(document) == 1:
            return tuple(_decode(part, room, deepest - 1) for part in _inner(parts, deepest))
        case {"float": "nan" | "inf" | "-inf" as text} if len(document) == 1:
            return float(text)
        case {"tensor": str(dtype), "shape": list(shape), "data": str(data)} if len(document) == 3:
            return _decode_tensor(dtype, shape, data, room)
        case {"meta": str(dtype), "shape": list(shape)} if len(document) == 2:
            return torch.empty(_shape(shape), dtype=_dtype(dtype), device="meta")
        case {"layout": "sparse"} if len(document) == 1:
            return torch.sparse_coo_tensor(size=(0,), check_invariants=True)
        case {"map": [int(seed), float(size)]} if len(document) == 1:
            return RandomMap(int(_number(seed)), float(_number(size)))
        case {"other": [str(name), str(module), str(base), *parts]} if len(document) == 1:
            return _stand_in(name, module, base, parts, room, deepest)
    raise WireError(f"a value has a form that is unknown: {clean(', '.join(map(str, document)), 80)}")


def _inner(parts: list, deepest: int) -> list:
    if parts and deepest <= 0:
        raise WireError(f"a value must be at most {_DEEPEST} levels deep")
    return parts


def _number(number: int | float) -> int | float:
    if not math.isfinite(number) or (isinstance(number, int) and abs(number) > _LARGEST_INT):
        raise WireError("a number must be finite and fit in 64 bits")
    return number


def _shape(shape: list) -> tuple[int, ...]:
    if len(shape) > MOST_AXES or not all(type(size) is int and 0 <= size < _LARGEST_INT for size in shape):
        raise WireError(f"a shape must be at most {MOST_AXES} whole numbers from 0")
    return tuple(shape)


def _dtype(name: str) -> torch.dtype:
    if name not in _DTYPES:
        raise WireError(f"a dtype must be one of {', '.join(_DTYPES)}, got {clean(name, _LONGEST_NAME)!r}")
    return _DTYPES[name]


def _decode_tensor(name: str, shape: list, data: str, room: _Room) -> Tensor:
    shape, dtype = _shape(shape), _dtype(name)
    count = math.prod(shape)
    room.take(numbers=count)
    size = count * dtype.itemsize
    if len(data) != 4 * math.ceil(size / 3):
        raise WireError(f"a tensor of shape {shape} must have {size} bytes")
    try:
        raw = bytearray(base64.b64decode(data, validate=True))
    except binascii.Error:
        raise WireError("the bytes of a tensor must be base64") from None
    if len(raw) != size:
        raise WireError(f"a tensor of shape {shape} must have {size} bytes, got {len(raw)}")
    if dtype == torch.bool:
        raw = bytearray(byte != 0 for byte in raw)  # any other byte would be neither True nor False
    return (
        (torch.frombuffer(raw, dtype=dtype) if size else torch.empty(0, dtype=dtype)).reshape(shape).clone()
    )


def _stand_in(name: str, module: str, base: str, parts: list, room: _Room, deepest: int) -> object:
    """An object that is of no use, but whose type is called as that of the value."""
    if base not in _BASES or (parts and base not in ("list", "tuple")) or len(parts) > 1:
        raise WireError("the base of a stand-in is unknown")
    members = {"__module__": clean(module, _LONGEST_NAME)}
    kind = type(clean(name, _LONGEST_NAME) or "object", (_BASES[base],), members)
    if not parts:
        return kind()
    if not isinstance(parts[0], list):
        raise WireError("the parts of a stand-in must be a list")
    return kind(_decode(part, room, deepest - 1) for part in _inner(parts[0], deepest))
