"""The Python half of HiddenStates; tests/browser/test_hidden_states.py drives the other half."""

import json

import numpy as np
import pytest

from s2s_course.trace import trace
from s2s_course.widgets import CourseWidget, HiddenStates
from s2s_course.widgets.shared.arrays import decode_array

SRC, TGT = ("the", "cat", "<eos>"), ("le", "chat", ".", "<eos>")


def states(steps: int, units: int = 5) -> np.ndarray:
    return np.tanh(np.arange(steps * units).reshape(steps, units) / 7 - 1).astype(np.float32)


def make(**changes) -> HiddenStates:
    arguments = dict(encoder_states=states(3), decoder_states=states(4), src_tokens=SRC, tgt_tokens=TGT)
    return HiddenStates.from_arrays(**arguments | changes)


def test_data_travels_as_text_and_comes_back_within_half_precision():
    widget = make()
    names = set(HiddenStates.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    for panel, array, tokens in zip(state["panels"], [states(3), states(4)], [SRC, TGT], strict=True):
        assert np.abs(decode_array(panel["states"]) - array).max() <= np.abs(array).max() / 2048
        assert panel["tokens"] == list(tokens)
    assert [panel["first"] for panel in state["panels"]] == [0, 3], "the decoder writes when all is read"


def test_from_a_trace(translator):
    traced = trace(translator, "the cat sleeps.", max_length=6)
    widget = HiddenStates.from_trace(traced, title="An untrained model", step=2, unit=31)
    assert widget.title == "An untrained model" and (widget.step, widget.unit) == (2, 31)
    encoder, decoder = widget.panels
    assert np.abs(decode_array(encoder["states"]) - traced.encoder_states).max() < 1e-3
    assert np.abs(decode_array(decoder["states"]) - traced.decoder_states).max() < 1e-3
    assert (tuple(encoder["tokens"]), tuple(decoder["tokens"])) == (traced.src_tokens, traced.tgt_tokens)


def test_the_text_alternative_says_what_there_is_and_never_changes():
    expected = (
        "HiddenStates(title='A cat', 5 units, encoder reads 3 tokens: 'the cat <eos>', "
        "decoder writes 4 tokens: 'le chat . <eos>')"
    )
    assert repr(make(title="A cat")) == repr(make(title="A cat", step=1)) == expected
    bundle, _ = make(title="A cat")._repr_mimebundle_()
    assert bundle["text/plain"] == expected
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_long_example_fits_and_a_huge_one_is_refused():
    long = make(
        encoder_states=states(60, 240),
        decoder_states=states(60, 240),
        src_tokens=["w"] * 60,
        tgt_tokens=["m"] * 60,
    )
    size = len(json.dumps(long.get_state(), default=str))
    assert size <= 155_000
    with pytest.raises(ValueError, match="HiddenStates must carry at most 155,000 bytes"):
        make(encoder_states=states(3, 10_000), decoder_states=states(4, 10_000))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"encoder_states": np.zeros((0, 5)), "src_tokens": ()},
            r"encoder_states must have shape \(steps, units\)",
        ),
        ({"decoder_states": np.zeros((4, 0))}, r"decoder_states must have shape .* got \(4, 0\)"),
        ({"encoder_states": np.zeros((1, 3, 5))}, r"encoder_states must have shape .* got \(1, 3, 5\)"),
        (
            {"src_tokens": SRC[:2]},
            "src_tokens must have one token for each of the 3 steps of encoder_states, got 2",
        ),
        ({"tgt_tokens": [*TGT, "."]}, "tgt_tokens must have one token for each of the 4 steps .* got 5"),
        ({"src_tokens": [1, 2, 3]}, "src_tokens must be strings, got 1"),
        ({"decoder_states": states(4, 6)}, "must have the same number of units, got 5 and 6"),
        ({"encoder_states": np.full((3, 5), np.nan)}, "encoder_states must be finite, got 15 values"),
        (
            {"decoder_states": np.where(np.arange(5) == 2, np.inf, states(4))},
            "decoder_states must be finite, got 4 values",
        ),
        ({"step": 7}, "step must lie in 0 … 6, got 7"),
        ({"step": -1}, "step must lie in 0 … 6, got -1"),
        ({"unit": 5}, "unit must lie in 0 … 4, got 5"),
        ({"encoder_states": np.full((3, 5), 1e6)}, "array must lie within ±65504"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        make(**changes)
    assert "\n" not in str(caught.value)


CELLS = {"RNN": states(3, 6), "LSTM": 3 * states(3, 4), "GRU": -states(3, 6)}


def test_cells_that_are_compared_read_the_same_tokens_at_the_same_time():
    widget = HiddenStates.compare(CELLS, tokens=SRC, title="A cat", step=2, unit=5)
    assert [panel["name"] for panel in widget.panels] == list(CELLS)
    for panel, array in zip(widget.panels, CELLS.values(), strict=True):
        assert np.abs(decode_array(panel["states"]) - array).max() <= np.abs(array).max() / 2048
        assert (panel["tokens"], panel["first"]) == (list(SRC), 0)
    assert (widget.title, widget.step, widget.unit) == ("A cat", 2, 5)
    assert (widget.num_steps, widget.num_units) == (3, 6)
    widget.set_state({"step": 40, "unit": 40})
    assert (widget.step, widget.unit) == (2, 5), "up to the largest map's last unit"


def test_the_text_alternative_says_what_is_compared():
    expected = (
        "HiddenStates(title='A cat', compares RNN (6 units), LSTM (4 units), GRU (6 units) "
        "on the same 3 tokens: 'the cat <eos>')"
    )
    assert repr(HiddenStates.compare(CELLS, tokens=SRC, title="A cat")) == expected
    assert repr(HiddenStates.compare(CELLS, tokens=SRC, title="A cat", step=1, unit=3)) == expected
    one = HiddenStates.compare({"RNN": states(2, 1)}, tokens="ab")
    assert repr(one) == "HiddenStates(title='', compares RNN (1 unit) on the same 2 tokens: 'a b')"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states": {}}, "states must have the states of at least one cell, got none"),
        ({"states": {" ": states(3)}}, "each name in states must be a string that is not empty, got ' '"),
        ({"states": {1: states(3)}}, "each name in states must be a string that is not empty, got 1"),
        (
            {"states": {"RNN": states(3), "GRU": states(4)}},
            r"tokens must have one token for each of the 4 steps of states\['GRU'\], got 3",
        ),
        ({"states": {"RNN": states(3)[0]}}, r"states\['RNN'\] must have shape .* got \(5,\)"),
        ({"states": {"RNN": np.full((3, 5), np.nan)}}, r"states\['RNN'\] must be finite, got 15 values"),
        ({"tokens": [3, 1, 4]}, "tokens must be strings, got 3"),
        ({"step": 3}, "step must lie in 0 … 2, got 3"),
        ({"unit": 6}, "unit must lie in 0 … 5, got 6"),
    ],
)
def test_a_bad_comparison_is_refused_with_one_sentence(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        HiddenStates.compare(**{"states": CELLS, "tokens": SRC} | changes)
    assert "\n" not in str(caught.value)
