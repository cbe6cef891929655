"""The Python half of TransformerSteps; tests/browser/test_transformer_steps.py drives the other half."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from browser.transformer_steps_page import trace

from s2s_course.trace.transformer_steps import StackTrace, TransformerTrace
from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.base import CourseWidget
from s2s_course.widgets.transformer_steps.transformer_steps import TransformerSteps

SIDES = ("encoder", "decoder")


def read(carried: dict) -> np.ndarray:
    if "gaps" in carried:
        values = np.zeros(carried["shape"])
        places = decode_array(carried["gaps"]).cumsum() - 1
        values.reshape(-1)[places.astype(int)] = decode_array(carried["filled"])
        return values
    if "coarse" in carried:
        return decode_array(carried["coarse"]) + decode_array(carried["rest"])
    return decode_array(carried)


def carried_by(widget: TransformerSteps) -> dict[str, np.ndarray]:
    """What the front end receives."""
    names = set(TransformerSteps.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    return {name: read(carried) for name, carried in state["arrays"].items()}


@pytest.mark.parametrize("norm_first", [True, False])
def test_data_travels_as_text_and_keeps_the_digits_that_are_shown(norm_first):
    truth = trace(norm_first)
    widget = TransformerSteps.from_trace(truth)
    arrays = carried_by(widget)
    for side in SIDES:
        stack = getattr(truth, side)
        for name, expected in [
            ("words", stack.words),
            ("start", stack.start),
            ("streams", stack.streams),
            ("norms", stack.norm_maps),
            (
                "self",
                np.where(np.isfinite(stack.scores["self_attention"]), stack.scores["self_attention"], 0),
            ),
        ]:
            assert np.abs(arrays[f"{side}_{name}"] - expected).max() < 1e-4, name
        assert np.abs(arrays[f"{side}_inside"] - stack.inside).max() < 4e-3  # two digits are shown
        assert np.allclose(arrays[f"{side}_active"], (stack.inside > 0).sum(axis=-1), atol=1e-3)
        strongest = np.stack([stack.inside.argmax(axis=-1), stack.inside.max(axis=-1)], axis=-1)
        assert np.allclose(arrays[f"{side}_strongest"], strongest, atol=1e-3)
        assert (f"{side}_last_norm" in arrays) == norm_first
        sizes = [np.sqrt((vectors**2).sum(axis=-1)) for vectors in (stack.changes, stack.norms)]
        assert np.allclose(arrays[f"{side}_sizes"], np.stack(sizes, axis=-1), atol=1e-3)
        ends = [np.sqrt((vectors**2).sum(axis=-1)) for vectors in (stack.words, stack.outputs)]
        assert np.allclose(arrays[f"{side}_ends"], np.stack(ends), atol=1e-3)
        mean, deviation = np.moveaxis(arrays[f"{side}_moments"], -1, 0)
        streams = np.concatenate([stack.start[None], stack.streams.reshape(-1, *stack.start.shape)])
        assert np.allclose(mean, streams.mean(axis=-1), atol=1e-4)
        assert np.allclose(deviation**2, streams.var(axis=-1) + 1e-5, rtol=1e-4)
    assert np.allclose(arrays["decoder_cross"], truth.decoder.scores["cross_attention"], atol=1e-4)
    assert widget.about == {
        "d_model": 12, "d_ff": 19, "num_heads": 3, "num_layers": 2, "vocabulary": len(truth.vocabulary),
        "norm_first": norm_first, "positions": "sinusoidal", "added": True,
    }  # fmt: skip


def test_what_is_mostly_zero_takes_less_room():
    whole = trace(activation="silu").encoder.inside
    carried = {}
    for name, least in {"all": -np.inf, "few": 1.5, "none": np.inf}.items():
        inside = np.where(whole > least, whole, 0)
        truth = trace(activation="silu")
        widget = TransformerSteps.from_trace(replace(truth, encoder=replace(truth.encoder, inside=inside)))
        carried[name] = widget.arrays["encoder_inside"]
        assert np.allclose(read(carried[name]), inside, atol=4e-3)
    assert "gaps" in carried["few"] and "gaps" not in carried["all"]
    assert len(json.dumps(carried["few"])) < len(json.dumps(carried["all"]))


def test_the_five_most_probable_words_are_carried_and_the_written_one():
    truth = trace()
    widget = TransformerSteps.from_trace(truth)
    arrays = carried_by(widget)
    for t, token in enumerate(truth.tgt_tokens):
        order = np.argsort(-truth.logits[t])
        expected = [truth.vocabulary[index] for index in order[:5]]
        expected += [] if token in expected else [token]
        assert widget.choices[t] == expected
        logits = [truth.logits[t, truth.vocabulary.index(word)] for word in expected]
        assert np.allclose(arrays["logits"][t, : len(expected)], logits, atol=1e-4)
        assert arrays["log_sums"][t] == pytest.approx(np.log(np.exp(truth.logits[t]).sum()), abs=1e-4)
    assert {len(words) for words in widget.choices} == {5, 6}, "both cases occur"


def test_the_stages_of_a_pass():
    widget = TransformerSteps.from_trace(trace())
    encoder, decoder = (widget.stages(side) for side in SIDES)
    assert encoder[2:5] == [
        (0, "self_attention", "norm"),
        (0, "self_attention", "weights"),
        (0, "self_attention", "sum"),
    ]
    assert encoder[-1] == (None, "norm", "norm") and decoder[-3:] == [
        (None, "norm", "norm"), (None, "word", "logits"), (None, "word", "softmax")
    ]  # fmt: skip
    assert (len(encoder), len(decoder)) == (2 + 2 * 2 * 3 + 1, 2 + 2 * 3 * 3 + 1 + 2)
    assert widget.num_steps == 15 + 23 * 4 and widget.num_units == 19
    post = TransformerSteps.from_trace(trace(False))
    assert post.stages("encoder")[2:5] == [(0, "self_attention", kind) for kind in ("weights", "sum", "norm")]
    assert post.num_steps == 14 + 22 * 4
    with pytest.raises(ValueError, match="side must be one of encoder, decoder, got 'both'"):
        widget.stages("both")


def test_the_text_alternative_says_what_there_is_and_never_changes():
    expected = (
        "TransformerSteps(title='A cat', 2 layers each with 3 heads and 12 units, pre-norm, reads 6 tokens: "
        "'the black cat sleeps . <eos>', writes 4 tokens: 'le chat noir <eos>')"
    )
    widget = TransformerSteps.from_trace(trace(), title="A cat", step=3)
    assert repr(widget) == expected
    assert widget._repr_mimebundle_()[0]["text/plain"] == expected


@pytest.mark.parametrize(
    ("words", "d_model", "all_units"), [(4, 12, True), (8, 48, True), (14, 96, False), (20, 96, False)]
)
def test_as_many_units_are_carried_as_fit(words, d_model, all_units):
    truth = trace(src="cat " * words, tgt="chat " * words, d_model=d_model)
    widget = TransformerSteps.from_trace(truth)
    arrays = carried_by(widget)
    units = arrays["encoder_streams"].shape[-1]
    assert (units == d_model) == all_units
    assert np.abs(arrays["decoder_streams"] - truth.decoder.streams[..., :units]).max() < 2e-4
    mean = arrays["decoder_moments"][..., 0]
    assert np.allclose(mean[0], truth.decoder.start.mean(axis=-1), atol=1e-3), (
        "of all units, also of those left out"
    )
    size = len(json.dumps(widget.get_state(), default=str))
    assert size <= 155_000 and (all_units or size > 140_000)


def test_a_sentence_whose_scores_alone_are_too_many_is_refused():
    with pytest.raises(ValueError, match="TransformerSteps must carry at most 155,000 bytes, got"):
        TransformerSteps.from_trace(trace(src="cat " * 60, tgt="chat " * 60))


def test_what_a_longer_linked_widget_sends_is_clamped():
    widget = TransformerSteps.from_trace(trace())
    widget.set_state({"step": 999, "word": 99, "head": 9, "unit": 99})
    assert (widget.step, widget.word, widget.head, widget.unit) == (106, 5, 2, 18)
    widget.set_state({"step": -4, "word": -1, "head": -1, "unit": "a"})
    assert (widget.step, widget.word, widget.head, widget.unit) == (0, 0, 0, 0)


@pytest.mark.parametrize(("name", "last"), [("step", 106), ("word", 5), ("head", 2), ("unit", 18)])
def test_a_view_that_does_not_exist_is_refused_and_changes_nothing(name, last):
    widget = TransformerSteps.from_trace(trace(), **{name: last})
    for value in (-1, last + 1):
        with pytest.raises(ValueError, match=f"{name} must lie in 0 … {last}, got {value}"):
            setattr(widget, name, value)
    assert getattr(widget, name) == last


def with_stack(side: str, **changes) -> dict:
    return {side: replace(getattr(trace(), side), **changes)}


def changed(side: str, name: str, value: float) -> dict:
    array = getattr(getattr(trace(), side), name).copy()
    array.reshape(-1)[-1] = value
    return with_stack(side, **{name: array})


def scores(side: str, part: str, array: np.ndarray, kind: str = "scores") -> dict:
    return with_stack(side, **{kind: getattr(getattr(trace(), side), kind) | {part: array}})


HALF = trace().log_probabilities - np.log(2).astype(np.float32)
CROSS = trace().decoder.weights["cross_attention"]
CROSS_MINUS_INFINITY = np.full_like(CROSS, -np.inf)
BAD = [
    ({"src_tokens": ()}, "src_tokens must have at least one token, got none"),
    ({"tgt_tokens": ()}, "tgt_tokens must have at least one token, got none"),
    ({"positions": "none at all"}, "positions must be one of .*rotary.*, got 'none at all'"),
    ({"src_tokens": ("a", "b")}, "encoder.start must have shape (2, 12), got (6, 12)"),
    ({"tgt_tokens": ("le", "chat")}, "decoder.start must have shape (2, 12), got (4, 12)"),
    (
        with_stack("encoder", streams=np.zeros((6, 12))),
        "encoder.streams must have shape (layers, parts, tokens, units), got (6,",
    ),
    (
        with_stack("encoder", inside=np.zeros((6, 12))),
        "encoder.inside must have shape (layers, tokens, units), got (6, 12)",
    ),
    (
        with_stack("decoder", inside=np.zeros((2, 4, 7))),
        "decoder.inside must have shape (2, 4, 19), got (2, 4, 7)",
    ),
    (
        with_stack("decoder", norm_maps=np.zeros((2, 3, 12))),
        "decoder.norm_maps must have shape (2, 3, 2, 12), got (2, 3, 12)",
    ),
    (
        with_stack("decoder", last_norm_map=np.zeros(12)),
        "decoder.last_norm_map must have shape (2, 12), got (12,)",
    ),
    (
        with_stack("decoder", parts=("self_attention",)),
        "decoder.parts must be self_attention, cross_attention, feed_forward, got",
    ),
    (with_stack("decoder", scores={}), "decoder.scores must be of self_attention, cross_attention, got none"),
    (
        scores("decoder", "cross_attention", CROSS[:, :, :, :4]),
        "decoder.scores['cross_attention'] must have shape (2, 3, 4, 6), got (2, 3",
    ),
    *[
        (changed(side, name, np.nan), f"{side}.{name} must be finite, got 1 values of NaN or infinity")
        for side in SIDES
        for name in ("words", "start", "streams", "changes", "norms", "inside", "outputs")
    ],
    (changed("decoder", "streams", np.inf), "decoder.streams must be finite, got 1"),
    (
        changed("encoder", "changes", 90),
        "encoder.streams must be the vectors before plus changes, got a differ",
    ),
    (changed("encoder", "norms", 90), "encoder.norms must be the norm of streams, got a difference of"),
    (
        changed("decoder", "outputs", 90),
        "decoder.outputs must be the norm of the last streams, got a difference of",
    ),
    (
        scores("decoder", "cross_attention", 0 * CROSS),
        "decoder.weights['cross_attention'] must be softmax(scores), got",
    ),
    (
        scores("decoder", "cross_attention", CROSS_MINUS_INFINITY),
        "decoder.scores['cross_attention'] must be finite for at least one key",
    ),
    (
        scores("decoder", "cross_attention", CROSS / 2, "weights"),
        "decoder.weights['cross_attention'] must be softmax(scores), got",
    ),
    ({"logits": trace().logits[:, :4]}, "logits must have shape (4, 13), got (4, 4)"),
    ({"log_probabilities": HALF}, "log_probabilities must be log_softmax(logits), got a difference of 0.69"),
    ({"tgt_tokens": ("le", "chat", "noir", "?")}, "tgt_tokens must be words of vocabulary, got '?'"),
]


@pytest.mark.parametrize(("changes", "message"), BAD, ids=[message[:60] for _, message in BAD])
def test_bad_input_is_refused_with_one_sentence(changes, message):
    pattern = message if ".*" in message else re.escape(message)
    with pytest.raises(ValueError, match=pattern) as caught:
        TransformerSteps.from_trace(replace(trace(), **changes))
    assert "\n" not in str(caught.value)


def test_a_small_error_of_rounding_is_none():
    exact = trace().encoder.streams.reshape(-1)[-1]
    TransformerSteps.from_trace(replace(trace(), **changed("encoder", "streams", exact + 2e-5)))
    with pytest.raises(ValueError, match=r"encoder\.streams"):
        TransformerSteps.from_trace(replace(trace(), **changed("encoder", "streams", exact + 5e-4)))


def test_a_trace_is_of_two_stacks():
    assert isinstance(trace(), TransformerTrace) and isinstance(trace().encoder, StackTrace)
