"""Arrays as text, so that a widget's data survives every notebook host and a static page.

A widget trait travels as JSON. Raw bytes would travel beside it as a binary buffer, which some hosts
drop, so an array becomes base64 text with what is needed to read it back::

    {"data": base64, "shape": [...], "dtype": "uint8" | "int8" | "float16", "scale": number}

Each element is stored as a little-endian code, and its value is ``code * scale``. ``decodeArray`` in
common.js is the same reader in JavaScript. With ``m`` the largest absolute value, the round trip is off by
at most

=========  ==================  ==========================  =====================
dtype      for                 error                       bytes an element
=========  ==================  ==========================  =====================
uint8      weights in [0, 1]   1/510, about 0.002          1
int8       signed values       m/254, about 0.004 m        1
float16    signed values       abs(value)/2048 or 2**-25   2
=========  ==================  ==========================  =====================
"""

import base64
import math

import numpy as np

from s2s_course.checks import check_one_of

_STORED_AS = {"uint8": "u1", "int8": "i1", "float16": "<f2"}
_LARGEST_FLOAT16 = float(np.finfo(np.float16).max)


def encode_array(array: np.ndarray, dtype: str) -> dict:
    """``array`` as a JSON document; ``dtype`` is the stored precision, see the table above.

    Raises ValueError for an unknown dtype, an empty array, NaN or infinity, and values out of range.
    """
    check_one_of(_STORED_AS, dtype=dtype)
    values = np.asarray(array, dtype=np.float64)
    if values.size == 0:
        raise ValueError(f"array must have at least one element, got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(
            f"array must be finite, got {np.sum(~np.isfinite(values))} values of NaN or infinity"
        )
    low, high = float(values.min()), float(values.max())
    largest = max(-low, high)
    match dtype:
        case "uint8":
            if low < 0 or high > 1:
                raise ValueError(f"array must lie in [0, 1] to be stored as uint8, got {low:g} to {high:g}")
            scale = 1 / 255
        case "int8":
            scale = largest / 127 or 1.0
        case "float16":
            if largest > _LARGEST_FLOAT16:
                raise ValueError(
                    f"array must lie within ±{_LARGEST_FLOAT16:g} to be stored as float16, got {largest:g}"
                )
            scale = 1.0
    codes = values if dtype == "float16" else np.rint(values / scale)
    raw = codes.astype(_STORED_AS[dtype]).tobytes()
    return {
        "data": base64.b64encode(raw).decode("ascii"),
        "shape": list(values.shape),
        "dtype": dtype,
        "scale": scale,
    }


def encode_precise(array: np.ndarray) -> dict:
    """``array`` as float16 and, in a second array, what float16 drops: the third digit would show it.

    The error is below ``2e-6`` of the largest absolute value, at 3 bytes an element.
    """
    values = np.asarray(array, dtype=np.float64)
    coarse = encode_array(values, "float16")
    return {"coarse": coarse, "rest": encode_array(values - decode_array(coarse), "int8")}


def decode_array(encoded: dict) -> np.ndarray:
    """The float64 array that ``encoded`` stands for: what the front end sees."""
    raw = base64.b64decode(encoded["data"])
    codes = np.frombuffer(raw, dtype=_STORED_AS[encoded["dtype"]])
    if codes.size != math.prod(encoded["shape"]):
        raise ValueError(f"data must hold {math.prod(encoded['shape'])} elements, got {codes.size}")
    return codes.astype(np.float64).reshape(encoded["shape"]) * encoded["scale"]


def decode_precise(encoded: dict) -> np.ndarray:
    """The float64 array that ``encode_precise`` made ``encoded`` of."""
    return decode_array(encoded["coarse"]) + decode_array(encoded["rest"])
