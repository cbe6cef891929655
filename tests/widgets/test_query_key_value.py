"""The Python half of QueryKeyValue; tests/browser/test_query_key_value.py drives the other half."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from s2s_course.layers.multihead import MultiHeadAttention
from s2s_course.live.stored import load_live
from s2s_course.masks import causal_mask
from s2s_course.trace.head import trace_head
from s2s_course.widgets.query_key_value import QueryKeyValue
from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.base import CourseWidget

TOKENS = ("the", "cat", "sleeps", "<pad>")
PADDING = np.array([[True, True, True, False]] * 4)
BOS_HIDDEN = np.array([[False, True, True, True]] * 4)


def arrays(queries: int = 4, keys: int = 4, size: int = 3, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    counts = {"query": queries, "key": keys, "value": keys}
    return {name: rng.normal(size=(count, size)) for name, count in counts.items()}


def make(**changes) -> QueryKeyValue:
    return QueryKeyValue.from_arrays(**{"tokens": TOKENS, **arrays()} | changes)


def test_data_travels_as_text_and_keeps_float16():
    given = arrays()
    widget = QueryKeyValue.from_arrays(tokens=TOKENS, **given, mask=PADDING)
    names = set(QueryKeyValue.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    assert state["tokens"] == state["key_tokens"] == list(TOKENS)
    for name, array in given.items():
        assert (decode_array(state["vectors"][name]) == array.astype(np.float16)).all()
    assert (decode_array(state["allowed"]) == PADDING).all()
    assert len(json.dumps(widget.get_state(), default=str)) <= 75_000


def test_what_is_shown_at_first():
    plain, causal, padded, both = (
        make(**options)
        for options in ({}, {"causal": True}, {"mask": PADDING}, {"mask": PADDING, "causal": True})
    )
    assert [(w.causal, w.masked) for w in (plain, causal, padded, both)] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]
    assert all(widget.scaled and widget.can_be_causal for widget in (plain, causal, padded, both))
    assert plain.allowed == causal.allowed == {}


def test_a_given_causal_mask_is_the_causal_mask():
    widget = make(mask=causal_mask(4).numpy())
    assert (widget.causal, widget.masked, widget.allowed) == (True, False, {})
    other = make(mask=causal_mask(4).numpy(), key_tokens=list("abcd"))
    assert (other.causal, other.masked, other.can_be_causal) == (False, True, False)


def test_the_causal_mask_is_not_offered_where_it_would_leave_a_query_without_a_key():
    assert make(mask=BOS_HIDDEN).can_be_causal is False
    assert make(mask=PADDING).can_be_causal is True
    assert make(key_tokens=TOKENS).can_be_causal is False


def test_the_heads_of_a_layer_joined_are_its_output():
    torch.manual_seed(0)
    layer = MultiHeadAttention(d_model=12, num_heads=3)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    vectors, memory = torch.randn(3, 12), torch.randn(5, 12)
    expected, _ = layer(vectors[None], memory[None])
    outputs = []
    for head in range(3):
        widget = QueryKeyValue.from_attention(
            layer, vectors, tokens=TOKENS[:3], head=head, memory=memory, key_tokens=list("abcde"), column=4
        )
        assert (widget.row, widget.column, widget.key_tokens) == (0, 4, list("abcde"))
        carried = (decode_array(widget.vectors[name]) for name in ("query", "key", "value"))
        outputs.append(F.scaled_dot_product_attention(*map(torch.tensor, carried)))
    joined = layer.out(torch.cat(outputs, dim=-1).float())
    assert (joined - expected[0]).abs().max() < 0.005


def test_self_attention_of_a_layer_has_the_layer_read_its_own_vectors():
    torch.manual_seed(1)
    layer, vectors = MultiHeadAttention(d_model=8, num_heads=2), torch.randn(4, 8, requires_grad=True)
    widget = QueryKeyValue.from_attention(
        layer, vectors, tokens=TOKENS, head=1, mask=PADDING, causal=True, title="A layer", row=3
    )
    key = vectors @ layer.key.weight[4:].T
    assert np.abs(decode_array(widget.vectors["key"]) - key.detach().numpy()).max() < 0.002
    assert (widget.causal, widget.masked, widget.row, widget.title) == (True, True, 3, "A layer")


def test_the_text_alternative_says_what_there_is_and_never_changes():
    expected = "QueryKeyValue(title='A cat', 3 numbers a vector, queries 'the cat sleeps <pad>')"
    assert repr(make(title="A cat")) == repr(make(title="A cat", row=2, causal=True)) == expected
    bundle, _ = make(title="A cat")._repr_mimebundle_()
    assert bundle["text/plain"] == expected
    cross = make(tokens=["le"], key_tokens=["a", "b"], **arrays(1, 2, 1))
    assert repr(cross) == "QueryKeyValue(title='', 1 number a vector, queries 'le', keys 'a b')"


def test_what_a_longer_linked_widget_sends_is_clamped():
    widget = make()
    widget.set_state({"row": 20, "column": 20, "scaled": False, "causal": True, "masked": True})
    assert (widget.row, widget.column, widget.scaled, widget.causal, widget.masked) == (
        3,
        3,
        False,
        True,
        False,
    )
    widget.set_state({"row": -1, "column": -1})
    assert (widget.row, widget.column) == (0, 0)
    cross = make(key_tokens=list("ab"), **arrays(4, 2), mask=PADDING[:, :2])
    cross.set_state({"row": 3, "column": 3, "causal": True, "masked": False})
    assert (cross.row, cross.column, cross.causal, cross.masked) == (3, 1, False, False)


def test_a_view_that_does_not_exist_is_refused_and_changes_nothing():
    widget = make(key_tokens=list("ab"), **arrays(4, 2), row=3, column=1)
    for name, last in [("row", 3), ("column", 1)]:
        for value in (-1, last + 1):
            with pytest.raises(ValueError, match=f"{name} must lie in 0 … {last}, got {value}"):
                setattr(widget, name, value)
    for name, why in [("causal", "keys have tokens of their own"), ("masked", "no mask was given")]:
        with pytest.raises(ValueError, match=f"{name} must be False where {why}"):
            setattr(widget, name, True)
    assert (widget.row, widget.column, widget.causal, widget.masked) == (3, 1, False, False)


def with_nan() -> np.ndarray:
    array = arrays()["value"]
    array[1, 2] = np.nan
    return array


def nothing_for_the_third() -> np.ndarray:
    mask = PADDING.copy()
    mask[2] = False
    return mask


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": ()}, "tokens must be 1 to 16 tokens, got 0"),
        ({"tokens": ["w"] * 17}, "tokens must be 1 to 16 tokens, got 17"),
        ({"key_tokens": ["w"] * 17}, "key_tokens must be 1 to 16 tokens, got 17"),
        ({"tokens": [1, 2, 3, 4]}, "tokens must be strings, got 1"),
        ({"tokens": TOKENS[:3]}, r"query must have shape \(3, d\), a row for each token, got \(4, 3\)"),
        ({"key_tokens": TOKENS[:3]}, r"key must have shape \(3, d\), a row for each token, got \(4, 3\)"),
        ({"query": np.zeros(4)}, r"query must have shape \(4, d\), a row for each token, got \(4,\)"),
        ({"query": np.array(1.0)}, r"query must have shape \(4, d\), a row for each token, got \(\)"),
        ({"value": np.zeros((3, 3))}, r"value must have shape \(4, d\), .* got \(3, 3\)"),
        (arrays(size=17), "query must have 1 to 16 numbers a vector, got 17"),
        ({"query": np.zeros((4, 0))}, "query must have 1 to 16 numbers a vector, got 0"),
        ({"key": np.zeros((4, 2))}, "key must have 3 numbers a vector as query, got 2"),
        ({"value": np.zeros((4, 2))}, "value must have 3 numbers a vector as query, got 2"),
        ({"value": with_nan()}, "value must be finite, got 1 of NaN or infinity"),
        ({"key": np.full((4, 3), 1e6)}, "array must lie within ±65504"),
        ({"mask": PADDING.astype(int)}, "mask must be bool, True where a query may attend, got int64"),
        ({"mask": PADDING[0]}, r"mask must have shape \(4, 4\), queries by keys, got \(4,\)"),
        ({"mask": nothing_for_the_third()}, "mask must leave each query a key .*, got none for query 2"),
        (
            {"mask": BOS_HIDDEN, "causal": True},
            "mask and the causal mask together must leave each query a key .*, got none for query 0",
        ),
        ({"key_tokens": TOKENS, "causal": True}, "causal must be False where there are key_tokens: no key"),
        ({"row": 4}, "row must lie in 0 … 3, got 4"),
        ({"column": -1}, "column must lie in 0 … 3, got -1"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        make(**changes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"head": 2}, "head must lie in 0 … 1, got 2"),
        ({"vectors": torch.zeros(4, 6)}, r"vectors must have shape \(tokens, 8\), got \(4, 6\)"),
        ({"vectors": torch.zeros(1, 4, 8)}, r"vectors must have shape \(tokens, 8\), got \(1, 4, 8\)"),
        ({"memory": torch.zeros(4, 8)}, "key_tokens must be given with memory, got None"),
        (
            {"memory": torch.zeros(4, 6), "key_tokens": TOKENS},
            r"memory must have shape \(tokens, 8\), got \(4, 6\)",
        ),
    ],
)
def test_what_no_layer_can_read_is_refused(changes, message):
    layer = MultiHeadAttention(d_model=8, num_heads=2)
    arguments = {"vectors": torch.zeros(4, 8), "tokens": TOKENS} | changes
    with pytest.raises(ValueError, match=message):
        QueryKeyValue.from_attention(layer, **arguments)


@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
def test_a_trained_head(kind):
    traced = trace_head(
        load_live("transformer"), "the cat sees a dog.", kind=kind, layer=1, head=2, max_length=9
    )
    widget = QueryKeyValue.from_trace(traced, row=1)
    assert widget.title.lower().endswith("attention, layer 2, head 3") and kind[:5] in widget.title.lower()
    assert (widget.tokens, widget.key_tokens) == (list(traced.tokens), list(traced.key_tokens))
    for name in ("query", "key", "value"):
        carried = decode_array(widget.vectors[name])
        assert np.abs(carried - getattr(traced, name)).max() < 0.01
    assert (widget.can_be_causal, widget.causal) == (kind != "cross", kind == "decoder")
    assert QueryKeyValue.from_trace(traced, title="mine").title == "mine"


def test_a_trained_head_on_a_long_sentence_is_refused():
    traced = trace_head(load_live("transformer"), "the cat sees a dog and " * 4)
    with pytest.raises(ValueError, match="tokens must be 1 to 16 tokens, got 25"):
        QueryKeyValue.from_trace(traced)
