import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from s2s_course.widgets.shared.arrays import decode_array, encode_array

SHAPES = npst.array_shapes(min_dims=1, max_dims=4, max_side=7)


def arrays(low: float, high: float):
    return npst.arrays(np.float64, SHAPES, elements=st.floats(low, high, width=64))


def round_trip(array, dtype):
    return decode_array(json.loads(json.dumps(encode_array(array, dtype))))


@given(arrays(0, 1))
def test_weights_come_back_within_half_a_code(weights):
    read = round_trip(weights, "uint8")
    assert read.shape == weights.shape
    assert np.abs(read - weights).max() <= 1 / 510 + 1e-12


@given(arrays(-50, 50))
def test_signed_values_come_back_within_half_a_code_of_the_largest(states):
    read = round_trip(states, "int8")
    largest = np.abs(states).max()
    assert np.abs(read - states).max() <= largest / 254 + 1e-12
    assert not (states == 0).any() or (read[states == 0] == 0).all(), "zero stays zero"


@given(arrays(-60000, 60000))
def test_half_precision_comes_back_within_its_relative_error(states):
    read = round_trip(states, "float16")
    assert (np.abs(read - states) <= np.maximum(np.abs(states) / 2048, 2.0**-25)).all()


@given(arrays(-1, 1))
def test_the_extremes_of_int8_are_exact(states):
    read = round_trip(states, "int8")
    assert np.abs(read).max() == pytest.approx(np.abs(states).max())


def test_the_format_is_what_the_front_end_reads():
    encoded = encode_array(np.array([[0.0, 1.0, 0.5]]), "uint8")
    assert encoded == {"data": "AP+A", "shape": [1, 3], "dtype": "uint8", "scale": 1 / 255}
    assert encode_array(np.array([1.0, -2.0]), "float16")["data"] == "ADwAwA=="  # 3c00, c000: little-endian
    assert encode_array(np.array([1.0, -2.0]), "int8")["data"] == "QIE="  # 64, -127


def test_order_is_row_major_also_for_a_transposed_array():
    array = np.arange(6.0).reshape(2, 3).T
    assert (round_trip(array, "float16") == array).all()


@pytest.mark.parametrize(
    ("array", "dtype", "message"),
    [
        (np.zeros(3), "float32", "dtype must be one of uint8, int8, float16, got 'float32'"),
        (np.zeros((0, 4)), "int8", r"array must have at least one element, got shape \(0, 4\)"),
        (np.array([0.1, np.nan, np.inf]), "float16", "array must be finite, got 2 values of NaN or infinity"),
        (
            np.array([-0.1, 0.5]),
            "uint8",
            r"array must lie in \[0, 1\] to be stored as uint8, got -0.1 to 0.5",
        ),
        (np.array([0.1, 1.5]), "uint8", r"array must lie in \[0, 1\]"),
        (
            np.array([1.0, -70000.0]),
            "float16",
            "array must lie within ±65504 to be stored as float16, got 70000",
        ),
    ],
)
def test_what_cannot_be_stored_is_refused(array, dtype, message):
    with pytest.raises(ValueError, match=message):
        encode_array(array, dtype)


def test_data_that_does_not_fill_the_shape_is_refused():
    encoded = encode_array(np.zeros(4), "int8") | {"shape": [5]}
    with pytest.raises(ValueError, match="data must hold 5 elements, got 4"):
        decode_array(encoded)
