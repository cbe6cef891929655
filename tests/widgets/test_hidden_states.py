"""The Python half of HiddenStates; tests/browser/test_hidden_states.py drives the other half."""

import json

import ipywidgets
import numpy as np
import pytest

from s2s_course.trace import trace
from s2s_course.widgets import CourseWidget, HiddenStates
from s2s_course.widgets.arrays import decode_array

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
    for name, array in [("encoder_states", states(3)), ("decoder_states", states(4))]:
        assert np.abs(decode_array(state[name]) - array).max() <= np.abs(array).max() / 2048
    assert (state["src_tokens"], state["tgt_tokens"]) == (list(SRC), list(TGT))


def test_from_a_trace(translator):
    traced = trace(translator, "the cat sleeps.", max_length=6)
    widget = HiddenStates.from_trace(traced, title="An untrained model", step=2, unit=31)
    assert widget.title == "An untrained model" and (widget.step, widget.unit) == (2, 31)
    assert np.abs(decode_array(widget.encoder_states) - traced.encoder_states).max() < 1e-3
    assert np.abs(decode_array(widget.decoder_states) - traced.decoder_states).max() < 1e-3
    assert tuple(widget.src_tokens + widget.tgt_tokens) == traced.src_tokens + traced.tgt_tokens


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
        encoder_states=states(60, 256),
        decoder_states=states(60, 256),
        src_tokens=["w"] * 60,
        tgt_tokens=["m"] * 60,
    )
    size = len(json.dumps(long.get_state(), default=str))
    assert size <= 150_000
    with pytest.raises(ValueError, match="HiddenStates must carry at most 150,000 bytes"):
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


def test_a_bad_view_is_refused_later_too_and_changes_nothing():
    widget = make(step=1, unit=2)
    for name in ("step", "unit"):
        with pytest.raises(ValueError, match=f"{name} must lie in"):
            setattr(widget, name, 99)
    assert (widget.step, widget.unit) == (1, 2)


def test_what_a_longer_linked_widget_sends_is_clamped():
    """The browser sends the linked step as it is; an exception in the kernel would help nobody."""
    widget = make()
    widget.set_state({"step": 40, "unit": 3})
    assert (widget.step, widget.unit) == (6, 3)
    widget.set_state({"unit": -2})
    assert (widget.step, widget.unit) == (6, 0)


def test_python_hears_of_a_move_in_the_browser():
    widget, heard = make(), []
    widget.observe(lambda change: heard.append((change["name"], change["new"])), ["step", "unit"])
    widget.set_state({"step": 4, "unit": 1})
    assert sorted(heard) == [("step", 4), ("unit", 1)]


def test_step_and_unit_can_be_linked_in_the_browser_and_in_python():
    one, two = make(), make(step=3)
    for link in (ipywidgets.jslink, ipywidgets.jsdlink):
        assert link((one, "step"), (two, "step")).source == (one, "step")
    ipywidgets.link((one, "unit"), (two, "unit"))
    one.unit = 4
    assert two.unit == 4
