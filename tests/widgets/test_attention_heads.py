"""The Python half of Attention with layers and heads; tests/browser/test_attention_heads.py has the other."""

import json

import numpy as np
import pytest

from s2s_course.evaluation.alignment import alignment_error_rate
from s2s_course.trace import Trace
from s2s_course.trace.heads import HeadsTrace
from s2s_course.widgets.attention import Attention
from s2s_course.widgets.shared.arrays import decode_array

SRC = ("the", "cat", "sleeps", "<eos>")
TGT = ("le", "chat", "dort", ".", "<eos>")
READ = ("<bos>", *TGT[:-1])
GOLD = ((0, 0), (1, 1), (2, 2), (2, 3))
L, H, T, S = 2, 3, 5, 4


def distributions(*shape: int, seed: int = 0, causal: bool = False) -> np.ndarray:
    weights = np.random.default_rng(seed).dirichlet(np.full(shape[-1], 0.5), shape[:-1])
    if causal:
        weights = np.tril(weights + 1e-3)
        weights /= weights.sum(axis=-1, keepdims=True)
    return weights.astype(np.float32)


ENCODER, CROSS = distributions(L, H, S, S), distributions(L, H, T, S, seed=2)
DECODER = distributions(L, H, T, T, seed=1, causal=True)
AHEAD = np.tile(0.5 * (np.eye(S) + np.eye(S, k=1)), (L, H, 1, 1))  # each word looks at itself and the next
AHEAD[..., -1, -1] = 1
TRACE = HeadsTrace(SRC, TGT, READ, ENCODER, DECODER, CROSS)


def make(weights=CROSS, *, tgt=TGT, src=SRC, **arguments) -> Attention:
    return Attention.from_layers({"cross": (tgt, src, weights)}, **arguments)


def by_kind(widget: Attention) -> dict:
    return {stack["kind"]: stack for stack in widget.stacks}


def words(count: int) -> tuple[str, ...]:
    return (*(f"w{i}" for i in range(count - 1)), "<eos>")


def test_all_kinds_travel_as_text_and_come_back():
    widget = Attention.from_heads(TRACE, gold=GOLD, layer=1, head=2, row=4, column=3, title="A cat")
    assert (widget.kind, widget.layer, widget.head) == ("cross", 1, 2)
    assert (widget.row, widget.column, widget.title, widget.panels) == (4, 3, "A cat", [])
    stacks = json.loads(json.dumps(widget.get_state("stacks")))["stacks"]
    expected = [
        ("encoder", "encoder self-attention", SRC, SRC, False, ["query", "key"], ENCODER),
        ("decoder", "decoder self-attention", READ, READ, True, ["query", "key"], DECODER),
        ("cross", "cross-attention", TGT, SRC, False, ["target", "source"], CROSS),
    ]
    for stack, (kind, label, tgt, src, causal, sides, weights) in zip(stacks, expected, strict=True):
        assert (stack["kind"], stack["label"], stack["causal"], stack["sides"]) == (
            kind,
            label,
            causal,
            sides,
        )
        assert (tuple(stack["tgt_tokens"]), tuple(stack["src_tokens"])) == (tgt, src)
        read = decode_array(stack["weights"])
        assert (np.abs(read - weights) <= np.maximum(weights / 2048, 2**-25)).all()
        assert (read.argmax(axis=-1) == weights.argmax(axis=-1)).all()


def test_each_head_is_scored_as_one_does_by_hand():
    stacks = by_kind(Attention.from_heads(TRACE, gold=iter(GOLD)))
    assert stacks["encoder"]["scores"] is stacks["decoder"]["scores"] is None
    assert stacks["cross"]["gold"] == [[0, 0], [1, 1], [2, 2], [2, 3]]
    seen = set()
    for weights, scores in zip(CROSS, stacks["cross"]["scores"], strict=True):
        for head, score in zip(weights, scores, strict=True):
            most = [max(range(S), key=lambda i: row[i]) for row in head[:-1]]
            links = {(i, j) for j, i in enumerate(most) if SRC[i] != "<eos>"}
            assert {tuple(link) for link in score["links"]} == links
            assert score["common"] == len(links & set(GOLD))
            assert score["rate"] == alignment_error_rate([links], [GOLD])
            seen.add(score["rate"])
    assert len(seen) > 2, "heads differ"


def test_the_trace_of_a_transformer_shows_its_cross_attention():
    states = np.zeros((T, 3), np.float32)
    traced = Trace(SRC, TGT, np.zeros((S, 3), np.float32), states, states, CROSS.transpose(2, 0, 1, 3))
    widget = Attention.from_trace(traced, gold=GOLD, row=3, column=1, title="A cat")
    assert widget.stacks == make(gold=GOLD).stacks
    assert (widget.kind, widget.row, widget.column, widget.title) == ("cross", 3, 1, "A cat")
    with pytest.raises(ValueError, match=r"got \(5, 2, 3, 4\) with several heads: Attention.from_heads and"):
        Attention.from_traces({"A": traced, "B": traced})


def test_one_stack_of_layers_is_enough():
    widget = Attention.from_layers({"self-attention": (READ, DECODER)}, causal=["self-attention"], layer=1)
    (stack,) = widget.stacks
    assert (stack["kind"], stack["label"], stack["causal"]) == ("self-attention", "self-attention", True)
    assert (widget.kind, widget.layer, stack["scores"], stack["gold"]) == ("self-attention", 1, None, None)


def test_many_weights_are_carried_in_steps_that_still_sum_to_one():
    weights = distributions(6, 8, 24, 24, seed=5).astype(np.float64)
    weights[0, 0, :3] = [np.full(24, 1 / 24), np.eye(24)[0], np.eye(24)[23]]
    causal = distributions(1, 1, 24, 24, causal=True)
    layers = {"encoder": (words(24), weights), "decoder": (words(24), causal)}
    widget = Attention.from_layers(layers, causal=["decoder"])
    assert len(json.dumps(widget.get_state(), default=str)) < 155_000
    for stack, given in zip(widget.stacks, (weights, causal), strict=True):
        assert stack["weights"]["dtype"] == "uint8"
        read = decode_array(stack["weights"])
        assert np.abs(read - given).max() < 1 / 255 + 1e-6
        assert np.rint(255 * read).sum(axis=-1) == pytest.approx(255)
    assert not np.triu(decode_array(widget.stacks[1]["weights"]), 1).any()
    exact = make(distributions(5, 10, 20, 25), src=words(25), tgt=words(20))
    assert exact.stacks[0]["weights"]["dtype"] == "float16", "25,000 weights"
    more = make(distributions(1, 1, 25_001 // 29, 29), src=words(29), tgt=words(25_001 // 29))
    assert more.stacks[0]["weights"]["dtype"] == "float16", "24,998 weights"
    more = make(distributions(1, 3, 463, 18), src=words(18), tgt=words(463))
    assert more.stacks[0]["weights"]["dtype"] == "uint8", "25,002 weights"
    with pytest.raises(ValueError, match="Attention must carry at most 155,000 bytes"):
        make(distributions(6, 8, 40, 40), src=words(40), tgt=words(40))


def test_the_text_alternative_says_what_there_is_and_never_changes():
    rates = [[score["rate"] for score in layer] for layer in make(gold=GOLD).stacks[0]["scores"]]
    layer, head = np.unravel_index(np.argmin(rates), (L, H))
    expected = (
        "Attention(title='A cat', encoder self-attention of 2 × 3 heads in 'the cat sleeps <eos>', decoder "
        "self-attention of 2 × 3 heads in '<bos> le chat dort .', cross-attention of 2 × 3 heads from "
        "'le chat dort . <eos>' to 'the cat sleeps <eos>', lowest alignment error rate "
        f"{np.min(rates):.3f} in layer {layer + 1}, head {head + 1})"
    )
    assert repr(Attention.from_heads(TRACE, gold=GOLD, title="A cat")) == expected
    assert repr(Attention.from_heads(TRACE, gold=GOLD, title="A cat", kind="encoder", head=1)) == expected
    assert repr(make()).endswith("to 'the cat sleeps <eos>')")


def changed(place: tuple, value: float, weights=CROSS) -> np.ndarray:
    weights = weights.copy()
    weights[place] = value
    return weights


@pytest.mark.parametrize(
    ("layers", "arguments", "message"),
    [
        ({}, {}, "layers must have the weights of at least one kind of attention, got none"),
        ({"a": CROSS}, {}, r"layers\['a'\] must be a tuple .* got a ndarray$"),
        ({"a": (CROSS,)}, {}, r"layers\['a'\] must be a tuple .* got a tuple of 1$"),
        ({" ": (SRC, ENCODER)}, {}, "each name must be a string that is not empty, got ' '"),
        ({"a": (("a", 2, "b", "c"), ENCODER)}, {}, "src_tokens must be strings, got 2"),
        ({"a": (SRC, ENCODER[0])}, {}, r"weights of 'a' must have shape \(L, H, T, S\) with T = 4 and S = 4"),
        ({"a": (SRC, TGT, CROSS)}, {}, r"with T = 4 and S = 5 tokens, .* got \(2, 3, 5, 4\)"),
        ({"a": (SRC, ENCODER[:0])}, {}, r"at least one of each, got \(0, 3, 4, 4\)"),
        ({"a": (TGT, SRC, changed((1, 2, 3, 0), np.inf))}, {}, "must be finite, got 1 values"),
        ({"a": (TGT, SRC, changed((1, 2, 3, 0), -1))}, {}, "weights of 'a' must be at least 0, got -1"),
        ({"a": (TGT, SRC, changed((1, 2, 3), 0.5))}, {}, "sum to 1 .* got 2 in layer 1, head 2, row 3"),
        ({"a": (SRC, AHEAD)}, {"causal": ["a"]}, "weights of 'a' must be 0 above the diagonal"),
        ({"a": (SRC, ENCODER)}, {"causal": ["b"]}, "causal must name kinds that are shown, got 'b'"),
        ({"a": (TGT, SRC, CROSS)}, {"causal": ["a"]}, "causal must name self-attention only, got 'a'"),
        ({"a": (SRC, ENCODER)}, {"gold": GOLD}, "gold must be for attention from a target to a source"),
        ({"a": (TGT, SRC, CROSS)}, {"gold": [(3, 0)]}, r"gold of 'a' must link .* got \(3, 0\)"),
        ({"a": (TGT, SRC, CROSS)}, {"gold": []}, "gold of 'a' must hold at least one link, got none"),
        ({"a": (TGT, SRC, CROSS)}, {"kind": "b"}, "kind must be one of a, got 'b'"),
        ({"a": (TGT, SRC, CROSS)}, {"layer": 2}, "layer must lie in 0 … 1, got 2"),
        ({"a": (TGT, SRC, CROSS)}, {"head": -1}, "head must lie in 0 … 2, got -1"),
        ({"a": (TGT, SRC, CROSS)}, {"row": 5}, "row must lie in 0 … 4, got 5"),
        ({"a": (TGT, SRC, CROSS)}, {"column": 4}, "column must lie in 0 … 3, got 4"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(layers, arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        Attention.from_layers(layers, **arguments)
    assert "\n" not in str(caught.value)


def test_a_place_must_be_there_in_the_kind_that_is_shown():
    layers = {"encoder": (SRC, ENCODER[:1]), "cross": (TGT, SRC, CROSS)}
    with pytest.raises(ValueError, match="layer must lie in 0 … 0, got 1"):
        Attention.from_layers(layers, layer=1)
    assert Attention.from_layers(layers, kind="cross", layer=1).layer == 1


def test_a_bad_view_is_refused_later_too_and_changes_nothing():
    widget = Attention.from_heads(TRACE, layer=1)
    refused = {"layer": (2, "layer must lie in 0 … 1"), "head": (3, "head must lie in 0 … 2")}
    refused |= {
        "kind": ("x", "kind must be one of encoder, decoder, cross, got 'x'"),
        "row": (5, "row must"),
    }
    for name, (value, message) in refused.items():
        with pytest.raises(ValueError, match=message):
            setattr(widget, name, value)
    assert (widget.kind, widget.layer, widget.head, widget.row) == ("cross", 1, 0, 0)
    widget.kind = "encoder"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"layer": 9, "head": 9, "row": 9, "column": 9}, ("cross", 1, 2, 4, 4)),
        ({"layer": -1, "head": -1}, ("cross", 0, 0, 0, 0)),
        ({"kind": "decoder", "head": 1}, ("decoder", 0, 1, 0, 0)),
        ({"kind": "unknown"}, ("encoder", 0, 0, 0, 0)),
    ],
)
def test_what_a_linked_widget_with_more_sends_is_clamped(sent, kept):
    widget = Attention.from_heads(TRACE)
    widget.set_state(sent)
    assert (widget.kind, widget.layer, widget.head, widget.row, widget.column) == kept


def test_a_widget_of_models_has_no_heads_to_choose():
    widget = Attention.compare({"A": (TGT, CROSS[0, 0])}, src_tokens=SRC)
    assert (widget.kind, widget.stacks) == ("", [])
    widget.set_state({"kind": "cross", "layer": 3, "head": 3, "row": 2})
    assert (widget.kind, widget.layer, widget.head, widget.row) == ("", 0, 0, 2)
