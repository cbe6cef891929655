"""Values as JSON: what is sent arrives, and nothing that arrives does harm."""

import base64
import collections
import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from s2s_course.exercises.engine.random_map import RandomMap
from s2s_course.grading.wire import MOST_NUMBERS, TooLarge, WireError, clean, decode, encode

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def sent(value):
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


def tensor(dtype="float32", shape=(2,), data=bytes(8)):
    return {"tensor": dtype, "shape": list(shape), "data": base64.b64encode(data).decode()}


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -(2**62), 0.1, "été\xa0😀\x00", [], (), [1, (2.5, [None, "a"])], RandomMap(7, 0.5)],
)
def test_plain_values_arrive_as_they_are(value):
    assert sent(value) == value
    assert type(sent(value)) is type(value)


@pytest.mark.parametrize(
    "dtype",
    [torch.bool, torch.uint8, torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.complex64],
)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (3, 2), (2, 3, 5)])
def test_tensors_arrive_to_the_last_bit(dtype, shape):
    value = (torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 5).to(dtype)
    arrived = sent(value)
    assert (arrived.shape, arrived.dtype) == (value.shape, value.dtype)
    assert torch.equal(arrived, value)


def test_numbers_that_are_not_finite_arrive():
    assert math.isnan(sent(float("nan"))) and sent([math.inf, -math.inf]) == [math.inf, -math.inf]
    assert sent(torch.tensor([math.nan, math.inf])).isnan().tolist() == [True, False]


def test_views_and_gradients_are_sent_as_the_numbers_they_show():
    value = torch.arange(6.0, requires_grad=True).reshape(2, 3).T
    assert torch.equal(sent(value), value) and not sent(value).requires_grad
    assert sent(torch.zeros(1).expand(40)).shape == (40,)
    assert torch.equal(sent(torch.tensor([1j]).conj()), torch.tensor([-1j]))
    assert type(sent(torch.nn.Parameter(torch.ones(2)))) is torch.Tensor


class Learners:
    def __repr__(self):
        raise AssertionError("nothing of it is called")

    __eq__ = __reduce__ = __str__ = __len__ = __repr__


Pair = collections.namedtuple("Pair", "one other")


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (Learners(), object),
        (np.zeros(3), object),
        (np.float64(2), float),
        ({"a": 1}, object),
        (len, object),
        (Pair(1, 2), tuple),
        (torch.ones(2, 2).max(dim=0), tuple),
        (collections.UserList(), object),
    ],
)
def test_of_anything_else_only_the_name_of_its_type_arrives(value, base):
    arrived = sent(value)
    assert type(arrived).__name__ == type(value).__name__
    assert type(arrived).__module__ == type(value).__module__
    assert isinstance(arrived, base) and type(arrived) is not type(value)
    if base is tuple:
        assert len(arrived) == 2


def test_what_is_no_ordinary_tensor_stays_recognizable_without_its_numbers():
    for value in (torch.eye(3).to_sparse(), torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])):
        assert sent(value).layout != torch.strided
    meta = sent(torch.empty(2, 10**9, device="meta"))
    assert meta.is_meta and meta.shape == (2, 10**9)
    quantized = torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8)
    assert sent(quantized).dtype == torch.uint8
    assert sent(10**5000) == 2**63 and sent(-(10**5000)) == -(2**63)


def test_what_has_no_end_is_cut():
    endless = []
    endless.append(endless)
    arrived = sent(endless)
    for _ in range(8):
        (arrived,) = arrived
    assert arrived == []


@pytest.mark.parametrize(
    "value",
    [torch.zeros(1).expand(MOST_NUMBERS + 1), [0] * 20_000, [torch.zeros(40_000)] * 2, torch.ones((1,) * 13)],
    ids=["tensor", "list", "tensors", "axes"],
)
def test_what_is_too_large_is_not_sent(value):
    with pytest.raises(TooLarge, match="must have at most"):
        encode(value)


def test_inputs_are_sent_exactly_or_not_at_all():
    assert encode([1, torch.ones(1)], exact=True) == encode([1, torch.ones(1)])
    with pytest.raises(WireError, match=r"must be made of tensors, .* got a Learners"):
        encode([Learners()], exact=True)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (tensor(shape=[10**12], data=b""), "at most 50,000 numbers"),
        (tensor(shape=[2**40, 2**40, 2**40]), "at most 50,000 numbers"),
        (tensor(shape=[3]), "of shape (3,) must have 12 bytes"),
        (tensor(shape=[-2]), "whole numbers from 0"),
        (tensor(shape=[2.0]), "whole numbers from 0"),
        (tensor(shape=[True, True]), "whole numbers from 0"),
        (tensor(shape=[1] * 13), "at most 12 whole numbers"),
        (tensor(dtype="qint8"), "dtype must be one of bool"),
        (tensor(dtype="load"), "got 'load'"),
        (tensor() | {"data": "not base64??"}, "must be base64"),
        (tensor() | {"more": 1}, "form that is unknown"),
        ({"pickle": "gASVBQAAAA=="}, "form that is unknown: pickle"),
        ({"list": [[]]}, "a bare list"),
        ([1], "a bare list"),
        (2**70, "fit in 64 bits"),
        ({"float": "1e400"}, "form that is unknown"),
        ({"list": [None] * 20_000}, "at most 10,000 parts"),
        ({"other": ["a", "b", "Exception"]}, "base of a stand-in"),
        ({"other": ["a", "b", "object", []]}, "base of a stand-in"),
        ({"other": ["a", "b", "list", [], []]}, "base of a stand-in"),
        ({"meta": "float32", "shape": [2**62, 2**62]}, "cannot be read"),
    ],
)
def test_what_lies_is_refused(document, message):
    with pytest.raises(WireError) as caught:
        decode(document)
    assert message in str(caught.value)


def test_depth_is_limited():
    document = {"list": []}
    for _ in range(5_000):
        document = {"list": [document]}
    with pytest.raises(WireError, match="at most 8 levels deep"):
        decode(document)


def test_a_byte_that_is_neither_true_nor_false_is_true():
    assert decode(tensor("bool", [3], b"\x00\x01\x07")).to(torch.uint8).tolist() == [0, 1, 1]


def test_names_of_stand_ins_are_cut_and_shown_plainly():
    name = type(decode({"other": ["<b>\u202e\x00" + "x" * 500, "m" * 500, "object"]})).__name__
    assert name == "<b>\ufffd\ufffd" + "x" * 55 + " …"


def test_texts_can_be_shown_and_stored():
    assert clean("a\tb\nc\x1b[31m\ud800\u202e") == "a\tb\nc\ufffd[31m\ufffd\ufffd"
    assert clean("x" * 50, 10) == "x" * 10 + " …"
    clean("\ud800" * 50).encode()
    with pytest.raises(WireError, match="must be a string, got a list"):
        clean([])


@given(JSON_VALUES)
def test_whatever_comes_nothing_but_a_wire_error_is_raised(document):
    try:
        decode(document)
    except WireError as error:
        assert str(error)
