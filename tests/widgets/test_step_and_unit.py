"""The time step and the unit, in each widget that has both."""

import ipywidgets
import numpy as np
import pytest
import torch

from s2s_course.layers.recurrent import Recurrent
from s2s_course.trace import trace_recurrence
from s2s_course.widgets import WIDGETS, Decoder, Gates, HiddenStates, TransformerSteps
from s2s_course.widgets.shared.step_and_unit import StepAndUnit

from ..browser.decoder_page import trace
from ..browser.transformer_steps_page import trace as trace_pass


def make_hidden_states(**view) -> HiddenStates:
    states = np.tanh(np.arange(35).reshape(7, 5) / 7 - 1)
    tokens = dict(src_tokens=("the", "cat", "<eos>"), tgt_tokens=("le", "chat", ".", "<eos>"))
    return HiddenStates.from_arrays(encoder_states=states[:3], decoder_states=states[3:], **tokens, **view)


def make_gates(**view) -> Gates:
    torch.manual_seed(0)
    traced = trace_recurrence(Recurrent("lstm", input_size=3, hidden_size=5), torch.randn(4, 3))
    return Gates.from_trace(traced, tokens=("the", "cat", "sleeps", "<eos>"), **view)


def make_decoder(**view) -> Decoder:
    """Two source words, then eight stages for each of two written words."""
    traced = trace(src=("the", "<eos>"), tgt=("le", "<eos>"), sizes=(5, 5, 5))
    return Decoder.from_trace(traced, **{"step": 0, "unit": 0, "source": 0} | view)


def make_transformer_steps(**view) -> TransformerSteps:
    """107 steps, from the first word's vector to the probabilities of the last."""
    return TransformerSteps.from_trace(trace_pass(), **view)


MAKERS = {
    HiddenStates: make_hidden_states,
    Gates: make_gates,
    Decoder: make_decoder,
    TransformerSteps: make_transformer_steps,
}
EACH = pytest.mark.parametrize(
    ("make", "last"),
    [(make_hidden_states, 6), (make_gates, 3), (make_decoder, 17), (make_transformer_steps, 106)],
)


def test_every_widget_with_a_step_and_a_unit_is_tested_here():
    assert set(MAKERS) == {widget for widget in WIDGETS if issubclass(widget, StepAndUnit)}


@EACH
def test_a_bad_view_is_refused_later_too_and_changes_nothing(make, last):
    widget = make(step=1, unit=2)
    for name in ("step", "unit"):
        with pytest.raises(ValueError, match=f"{name} must lie in"):
            setattr(widget, name, 999)
    assert (widget.step, widget.unit) == (1, 2)


@EACH
def test_what_a_longer_linked_widget_sends_is_clamped(make, last):
    """The browser sends the linked step as it is; an exception in the kernel would help nobody."""
    widget = make()
    widget.set_state({"step": 400, "unit": 3})
    assert (widget.step, widget.unit) == (last, 3)
    widget.set_state({"unit": -2})
    assert (widget.step, widget.unit) == (last, 0)


@EACH
def test_python_hears_of_a_move_in_the_browser(make, last):
    widget, heard = make(), []
    widget.observe(lambda change: heard.append((change["name"], change["new"])), ["step", "unit"])
    widget.set_state({"step": last, "unit": 1})
    assert sorted(heard) == [("step", last), ("unit", 1)]


@EACH
def test_step_and_unit_can_be_linked_in_the_browser_and_in_python(make, last):
    one, two = make(), make(step=3)
    for link in (ipywidgets.jslink, ipywidgets.jsdlink):
        assert link((one, "step"), (two, "step")).source == (one, "step")
    ipywidgets.link((one, "unit"), (two, "unit"))
    one.unit = 4
    assert two.unit == 4
