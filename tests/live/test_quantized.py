"""Codes and scales against the rule, written out in NumPy, number by number."""

import numpy as np
import pytest
import torch

from s2s_course.live.quantized import (
    dequantized,
    from_bytes,
    quantize_rows,
    quantized,
    shared_names,
    to_bytes,
)
from s2s_course.seeds import torch_generator


def random_matrix(rows, columns, *labels):
    """Rows of very different sizes, as embeddings of rare and frequent words are."""
    generator = torch_generator(0, "quantized", *labels)
    sizes = torch.logspace(-3, 2, rows)[:, None]
    return sizes * torch.randn(rows, columns, generator=generator)


def test_codes_and_scales_are_those_of_the_rule():
    matrix = random_matrix(13, 7)
    codes, scale = quantize_rows(matrix)
    assert codes.dtype == torch.int8 and scale.dtype == torch.float16
    for row, row_codes, row_scale in zip(matrix.numpy(), codes.numpy(), scale.numpy(), strict=True):
        expected = np.float16(max(abs(float(value)) for value in row) / 127)
        assert row_scale == expected
        for value, code in zip(row, row_codes, strict=True):
            nearest = min(range(-127, 128), key=lambda c: abs(c * float(expected) - float(value)))
            assert code == nearest


def test_a_round_trip_is_off_by_half_a_scale_at_most():
    matrix = random_matrix(13, 7)
    back = from_bytes(to_bytes({"x.weight": matrix}))["x.weight"]
    assert back.dtype == torch.float32
    for row, row_back in zip(matrix.numpy(), back.numpy(), strict=True):
        largest = float(np.abs(row).max())
        # half a step, and what float16 takes from the scale: 2^-11 of it, at each of 127 steps
        assert np.abs(row - row_back).max() <= largest / 127 * (0.5 + 127 / 2048)
        assert np.abs(row - row_back).max() > 0


def test_the_largest_of_a_row_has_the_code_127_with_its_sign():
    codes, _ = quantize_rows(torch.tensor([[0.5, -2.0, 1.0], [3.0, 0.0, -3.0]]))
    assert codes.tolist() == [[32, -127, 64], [127, 0, -127]]


def test_rows_of_zeros_and_of_tiny_numbers_become_zeros():
    matrix = torch.tensor([[0.0, 0.0], [1e-12, -1e-13], [1.0, 0.0]])
    back = dequantized(quantized({"w": matrix}))["w"]
    assert back[:2].tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert back[2].tolist() == pytest.approx([1.0, 0.0], abs=1e-3)


def test_vectors_are_float16():
    vector = torch.randn(11, generator=torch_generator(0, "vector"))
    tensors = quantized({"b.bias": vector})
    assert list(tensors) == ["b.bias"] and tensors["b.bias"].dtype == torch.float16
    back = dequantized(tensors)["b.bias"]
    assert back.dtype == torch.float32
    assert (back.numpy() == vector.numpy().astype(np.float16).astype(np.float32)).all()


def test_names_are_those_of_the_state_dict_and_of_scales():
    layer = torch.nn.Linear(5, 3)
    assert set(quantized(layer.state_dict())) == {"weight", "weight.scale", "bias"}
    assert set(dequantized(quantized(layer.state_dict()))) == {"weight", "bias"}


def test_what_two_names_share_is_stored_once_under_the_first():
    words, logits = torch.nn.Embedding(6, 4), torch.nn.Linear(4, 6)
    logits.weight = words.weight
    state = torch.nn.ModuleDict({"words": words, "logits": logits}).state_dict()
    assert shared_names(state) == {"logits.weight": "words.weight"}
    assert set(quantized(state)) == {"words.weight", "words.weight.scale", "logits.bias"}


def test_equal_matrices_in_two_places_are_not_shared():
    state = {"a": torch.ones(2, 3), "b": torch.ones(2, 3)}
    assert shared_names(state) == {}
    assert set(quantized(state)) == {"a", "a.scale", "b", "b.scale"}


def test_a_matrix_takes_a_byte_a_number_and_two_a_row():
    small, large = (len(to_bytes({"w": torch.ones(rows, 64)})) for rows in (100, 1100))
    assert large - small == pytest.approx(1000 * (64 + 2), abs=20)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_numbers_that_float16_does_not_hold_are_refused(value):
    with pytest.raises(ValueError, match="matrix must hold numbers that float16 can hold, got"):
        quantized({"w": torch.tensor([[1.0, value]])})
    with pytest.raises(ValueError, match=r"b\.bias must hold numbers that float16 can hold, got"):
        quantized({"b.bias": torch.tensor([1.0, value])})


def test_tensors_of_other_dimensions_are_refused():
    with pytest.raises(ValueError, match="matrices and vectors, got kernel with 3 dimensions"):
        quantized({"kernel": torch.ones(2, 2, 2)})
