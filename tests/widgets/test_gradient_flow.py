"""The Python half of GradientFlow; tests/browser/test_gradient_flow.py drives the other half."""

import json

import ipywidgets
import numpy as np
import pytest

from s2s_course.widgets import CourseWidget, GradientFlow
from s2s_course.widgets.shared.arrays import decode_array

TOKENS = ("the", "cat", "sleeps", "<eos>")
CELLS = ("RNN", "LSTM", "GRU")


def decay(steps: int, rate: float, start: float = 0.5) -> np.ndarray:
    """A gradient that shrinks by ``rate`` with each step back, from another size at each step of the loss."""
    t, s = np.mgrid[0:steps, 0:steps]
    return np.where(s <= t, start * (1 + t) * rate ** np.maximum(t - s, 0.0), 0.0)


def make(**changes) -> GradientFlow:
    norms = {"RNN": decay(4, 0.1), "LSTM": decay(4, 0.9, start=2e-5), "GRU": decay(4, 0.5)}
    arguments = dict(norms=norms, tokens=TOKENS) | changes
    return GradientFlow.from_norms(arguments.pop("norms"), **arguments)


def carried(cell: dict, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """log10 relative to lag 0 (S, S), NaN for the future, and log10 at lag 0 (S,), as read back."""
    relative = np.full((steps, steps), np.nan)
    relative[np.tril_indices(steps)] = decode_array(cell["relative"])
    return relative, decode_array(cell["lag_zero"])


def test_data_travels_as_text_and_comes_back_within_the_precision_that_is_stated():
    rng = np.random.default_rng(0)
    norms = {name: np.tril(10.0 ** rng.uniform(-6, 4, (40, 40))) for name in CELLS}
    widget = make(norms=norms, tokens=["w"] * 40)
    own = set(GradientFlow.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(own)))
    assert [cell["name"] for cell in state["cells"]] == list(CELLS)
    for cell in state["cells"]:
        relative, lag_zero = carried(cell, 40)
        truth = norms[cell["name"]]
        past = np.tril(np.ones((40, 40), dtype=bool))
        expected = truth / np.diag(truth)[:, None]
        assert np.abs(10 ** relative[past] / expected[past] - 1).max() < 0.01
        assert np.abs(10 ** (relative + lag_zero[:, None])[past] / truth[past] - 1).max() < 0.02
        assert (np.diag(relative) == 0).all()


def test_what_is_too_small_and_what_is_nothing_have_codes_of_their_own():
    norms = decay(4, 1e-5)
    norms[2, :2] = 0  # detached: lag 0 stays
    norms[1] = 0  # no loss at this step
    relative, lag_zero = carried(make(norms={"RNN": norms}).cells[0], 4)
    assert relative[3].tolist() == pytest.approx([-1000, -10, -5, 0])
    assert relative[2, :3].tolist() == [-2000, -2000, 0]
    assert relative[1, :2].tolist() == [-2000, -2000]
    assert lag_zero[1] == -2000 and lag_zero[3] == pytest.approx(np.log10(2), rel=1e-3)


def test_sizes_of_any_order_are_carried():
    for scale in (1e-300, 1e300):
        relative, lag_zero = carried(make(norms={"RNN": scale * decay(4, 0.1)}).cells[0], 4)
        assert relative[3].tolist() == pytest.approx([-3, -2, -1, 0])
        assert lag_zero[3] == pytest.approx(np.log10(2 * scale), rel=1e-3)


def test_the_last_step_is_chosen_by_default():
    assert (make().step, make().lag) == (3, 0)
    assert (make(step=2, lag=2).step, make(step=2, lag=2).lag) == (2, 2)
    assert (make(step=0).step, make(step=0).lag) == (0, 0)


def test_the_text_alternative_says_what_there_is_and_never_changes():
    expected = (
        "GradientFlow(title='A cat', gradients of RNN, LSTM, GRU over 4 tokens: 'the cat sleeps <eos>')"
    )
    assert repr(make(title="A cat")) == repr(make(title="A cat", step=2, lag=1)) == expected
    bundle, _ = make(title="A cat")._repr_mimebundle_()
    assert bundle["text/plain"] == expected
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_long_sequence_fits_and_a_huge_one_is_refused():
    long = make(norms=dict.fromkeys(CELLS, decay(101, 0.9)), tokens=["w"] * 101)
    assert len(json.dumps(long.get_state(), default=str)) < 110_000
    with pytest.raises(ValueError, match="GradientFlow must carry at most 155,000 bytes"):
        make(norms=dict.fromkeys(CELLS, decay(300, 0.99)), tokens=["w"] * 300)


def changed(t: int, s: int, value: float) -> dict[str, np.ndarray]:
    norms = decay(4, 0.5)
    norms[t, s] = value
    return {"LSTM": decay(4, 0.9), "RNN": norms}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"norms": {}}, "norms must hold 1 to 6 cells, got 0"),
        (
            {"norms": {str(i): decay(4, 0.5) for i in range(7)}},
            "norms must hold 1 to 6 cells, got 7",
        ),
        ({"norms": {"RNN": np.ones((4, 3))}}, r"norms\['RNN'\] must be a square matrix, .* got \(4, 3\)"),
        ({"norms": {"RNN": np.ones(4)}}, r"norms\['RNN'\] must be a square matrix, .* got \(4,\)"),
        ({"norms": {"RNN": np.ones((0, 0))}, "tokens": ()}, r"must be a square matrix, .* got \(0, 0\)"),
        (
            {"norms": {"RNN": decay(4, 0.5), "GRU": decay(3, 0.5)}},
            r"norms must have the same size for every cell, got \[3, 4\] steps",
        ),
        ({"norms": changed(2, 1, np.nan)}, r"norms\['RNN'\] must be finite, got 1 values of NaN or inf"),
        ({"norms": changed(2, 1, np.inf)}, r"norms\['RNN'\] must be finite, got 1 values of NaN or inf"),
        ({"norms": changed(2, 1, -0.25)}, r"norms\['RNN'\] must be sizes of at least 0, got -0.25"),
        (
            {"norms": changed(1, 2, 0.25)},
            r"norms\['RNN'\] must be 0 for inputs after the loss, got 0.25 for the loss at step 1 "
            "and the input at step 2",
        ),
        (
            {"norms": changed(2, 2, 0.0)},
            r"norms\['RNN'\] must be above 0 at lag 0 where an earlier input has a gradient, got 0 at step 2",
        ),
        ({"tokens": TOKENS[:3]}, "tokens must be one for each of the 4 steps of norms, got 3"),
        ({"tokens": [*TOKENS, "."]}, "tokens must be one for each of the 4 steps of norms, got 5"),
        ({"step": 4}, "step must lie in 0 … 3, got 4"),
        ({"step": -1}, "step must lie in 0 … 3, got -1"),
        ({"lag": 4}, "lag must lie in 0 … 3, got 4"),
        ({"step": 1, "lag": 2}, "lag must lie in 0 … 1, got 2"),
        ({"lag": -1}, "lag must lie in 0 … 3, got -1"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        make(**changes)
    assert "\n" not in str(caught.value)


def test_a_bad_view_is_refused_later_too_and_changes_nothing():
    widget = make(step=2, lag=1)
    for name, value in [("step", 4), ("step", -1), ("lag", 3), ("lag", -1)]:
        with pytest.raises(ValueError, match=f"{name} must lie in"):
            setattr(widget, name, value)
    assert (widget.step, widget.lag) == (2, 1)


def test_an_earlier_step_takes_along_a_lag_that_has_become_too_large():
    widget = make(lag=3)
    widget.step = 2
    assert (widget.step, widget.lag) == (2, 2)
    widget.step = 3
    assert (widget.step, widget.lag) == (3, 2)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"step": 40, "lag": 30}, (3, 3)),
        ({"step": -1}, (0, 0)),
        ({"lag": 30}, (2, 2)),
        ({"lag": -2}, (2, 0)),
        ({"step": 1}, (1, 1)),
        ({"step": 1, "lag": 2}, (1, 1)),
        ({"step": 3, "lag": 3}, (3, 3)),
    ],
)
def test_what_a_longer_linked_widget_sends_is_clamped(sent, kept):
    """The browser sends the linked step as it is; an exception in the kernel would help nobody."""
    widget = make(step=2, lag=2)
    widget.set_state(sent)
    assert (widget.step, widget.lag) == kept


def test_python_hears_of_a_move_in_the_browser():
    widget, heard = make(), []
    widget.observe(lambda change: heard.append((change["name"], change["new"])), ["step", "lag"])
    widget.set_state({"step": 2, "lag": 1})
    assert sorted(heard) == [("lag", 1), ("step", 2)]


def test_step_and_lag_can_be_linked_in_the_browser_and_in_python():
    one, two = make(), make(step=2)
    assert ipywidgets.jslink((one, "step"), (two, "step")).source == (one, "step")
    ipywidgets.link((one, "lag"), (two, "lag"))
    one.lag = 2
    assert two.lag == 2
