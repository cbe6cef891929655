import json
import math

import pytest
import torch

from s2s_course.training.packed import pack, unpack

VALUES = [
    None, True, 0, -(2**70), 1.5, 0.1 + 0.2, "text", "", [], (), {}, [1, (2, [3.5]), {"a": (None,)}],
    {0: "whole numbers are keys too", "0": "and stay apart from texts"}, math.inf, -math.inf,
    (3, ((1, 2, 3), None)),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_values_come_back_through_json_as_they_were(value):
    tensors = {}
    packed = json.loads(json.dumps(pack(value, tensors, "it"), allow_nan=False))
    found = unpack(packed, tensors)
    assert found == value and type(found) is type(value) and tensors == {}


def test_nan_comes_back_too():
    assert math.isnan(unpack(pack(math.nan, {}, "it"), {}))


def test_tensors_are_kept_apart_under_names_that_say_where_they_were():
    given = {"weights": [torch.ones(2), torch.zeros(3, dtype=torch.uint8)], 7: (torch.tensor(2.5),)}
    tensors = {}
    packed = json.loads(json.dumps(pack(given, tensors, "it")))
    assert list(tensors) == ["it.weights.0", "it.weights.1", "it.7.0"]
    found = unpack(packed, tensors)
    assert torch.equal(found["weights"][0], torch.ones(2)) and found["weights"][1].dtype == torch.uint8
    assert found[7][0].item() == 2.5 and isinstance(found[7], tuple)


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", {(1, 2): 3}, [{"deep": {1.5: 0}}]])
def test_anything_else_is_refused(value):
    with pytest.raises(TypeError, match=r"it.* must"):
        pack(value, {}, "it")


@pytest.mark.parametrize(
    "packed",
    [
        {"float": "1.0"}, {"tensor": "missing"}, {"tensor": 3}, {"tuple": {}}, {"dict": [["a"]]}, {"a": 1},
        {"dict": [[[1], 2]]}, {"dict": [], "tuple": []}, {}, [{"eval": "1"}], {"dict": [[None, 1]]},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_have_been_packed_is_refused(packed):
    with pytest.raises(ValueError, match="must be made of plain values and tensors, got"):
        unpack(packed, {"there": torch.ones(1)})
