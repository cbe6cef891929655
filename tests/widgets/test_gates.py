"""The Python half of Gates; tests/browser/test_gates.py drives the other half."""

import json
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch

from s2s_course.layers.recurrent import Recurrent
from s2s_course.trace import trace_recurrence
from s2s_course.widgets import CourseWidget, Gates
from s2s_course.widgets.shared.arrays import decode_array

TOKENS = ("the", "cat", "sleeps", "<eos>")


def traced(cell: str, *, steps: int = 4, units: int = 5, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    network = Recurrent(cell, input_size=3, hidden_size=units)
    for parameter in network.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return trace_recurrence(network, 2 * torch.randn(steps, 3, generator=generator))


def make(kind: str = "lstm", /, *, tokens=TOKENS, title="", step=0, unit=0, **changes) -> Gates:
    return Gates.from_trace(
        replace(traced(kind), **changes), tokens=tokens, title=title, step=step, unit=unit
    )


def read(carried: dict) -> np.ndarray:
    return decode_array(carried["coarse"]) + decode_array(carried["rest"])


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_data_travels_as_text_and_comes_back_with_more_digits_than_are_shown(cell):
    trace = traced(cell)
    widget = Gates.from_trace(trace, tokens=TOKENS)
    names = set(Gates.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    assert state["tokens"] == list(TOKENS) and state["cell"] == cell
    for name, carried in state["gates"].items():
        array = trace.gates[name]
        assert np.abs(read(carried) - array).max() <= 2e-6 * np.abs(array).max()
    states = {"lstm": trace.memory_cell, "gru": trace.hidden}[cell]
    assert np.abs(read(state["states"])[1:] - states).max() <= 2e-6 * np.abs(states).max()


def test_the_initial_state_comes_first():
    rng = np.random.default_rng(0)
    before, update, candidate = rng.uniform(-1, 1, 5), rng.uniform(0, 1, (4, 5)), rng.uniform(-1, 1, (4, 5))
    hidden = [before]
    for z, n in zip(update, candidate, strict=True):
        hidden.append((1 - z) * n + z * hidden[-1])
    gates = {
        "reset": np.zeros((4, 5)),
        "update": update,
        "candidate": candidate,
        "candidate_from_input": np.arctanh(candidate),
        "candidate_from_hidden": np.ones((4, 5)),
    }
    widget = make("gru", initial={"hidden": before}, hidden=np.array(hidden[1:]), gates=gates)
    assert np.abs(read(widget.states) - np.array(hidden)).max() < 1e-5


def test_large_values_keep_their_digits():
    """A memory cell counts: float16 alone would be off by 0.004 at 10."""
    ones = np.ones((40, 3))
    counting = replace(
        traced("lstm"),
        initial={"hidden": np.zeros(3), "cell": np.full(3, 0.1234)},
        memory_cell=0.1234 + np.cumsum(ones, axis=0),
        hidden=np.tanh(0.1234 + np.cumsum(ones, axis=0)),
        gates={name: ones for name in ("forget", "input", "candidate", "output")},
    )
    widget = Gates.from_trace(counting, tokens=["1"] * 40)
    assert np.abs(read(widget.states)[1:] - counting.memory_cell).max() < 1e-4


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_text_alternative_says_what_there_is_and_never_changes(cell):
    expected = f"Gates(title='A cat', {cell.upper()} with 5 units, reads 4 tokens: 'the cat sleeps <eos>')"
    assert repr(make(cell, title="A cat")) == repr(make(cell, title="A cat", step=1)) == expected
    bundle, _ = make(cell, title="A cat")._repr_mimebundle_()
    assert bundle["text/plain"] == expected


def test_a_long_example_fits_and_a_huge_one_is_refused():
    long = Gates.from_trace(traced("gru", steps=40, units=64), tokens=["w"] * 40)
    assert len(json.dumps(long.get_state(), default=str)) <= 155_000
    with pytest.raises(ValueError, match="Gates must carry at most 155,000 bytes"):
        Gates.from_trace(traced("gru", steps=40, units=256), tokens=["w"] * 40)


def spoiled(cell: str, name: str, value: float) -> dict:
    gates = {key: gate.copy() for key, gate in traced(cell).gates.items()}
    gates[name][2, 3] = value
    return {"gates": gates}


def without(cell: str, name: str) -> dict:
    return {"gates": {key: gate for key, gate in traced(cell).gates.items() if key != name}}


@pytest.mark.parametrize("sign", [-1, 1])
def test_an_equation_may_be_off_by_a_tenth_of_the_last_digit_shown_and_no_further(sign):
    hidden = traced("lstm").hidden.astype(np.float64)
    for place in [(0, 0), (3, 4)]:
        for off, refused in [(0.95e-4, False), (1.05e-4, True)]:
            spoiled_hidden = hidden.copy()
            spoiled_hidden[place] += sign * off
            with pytest.raises(ValueError, match="hidden must be output") if refused else nullcontext():
                make("lstm", hidden=spoiled_hidden)


EMPTY = {"hidden": np.zeros((0, 5)), "memory_cell": np.zeros((0, 5)), "tokens": ()}


@pytest.mark.parametrize(
    ("cell", "changes", "message"),
    [
        ("rnn", {}, "cell must be 'lstm' or 'gru': an RNN has no gates, got 'rnn'"),
        ("lstm", {"cell": "elman"}, "cell must be 'lstm' or 'gru', got 'elman'"),
        ("lstm", {"tokens": TOKENS[:2]}, "tokens must have one token for each of the 4 steps, got 2"),
        ("gru", {"tokens": [*TOKENS, "."]}, "tokens must have one token for each of the 4 steps, got 5"),
        ("lstm", EMPTY, r"hidden must have shape \(steps, units\) with at least one .* got \(0, 5\)"),
        ("lstm", {"memory_cell": None}, r"memory_cell must have shape \(4, 5\), got None"),
        ("lstm", {"initial": {"hidden": np.zeros(5)}}, r"initial cell must have shape \(5,\), got None"),
        ("gru", {"initial": {"hidden": np.zeros(4)}}, r"initial hidden must have shape \(5,\), got \(4,\)"),
        ("gru", without("gru", "update"), r"update must have shape \(4, 5\), got None"),
        ("gru", without("gru", "candidate"), r"candidate must have shape \(4, 5\), got None"),
        ("lstm", without("lstm", "candidate"), r"candidate must have shape \(4, 5\), got None"),
        ("lstm", spoiled("lstm", "forget", np.nan), "forget must be finite, got 1 values of NaN or infinity"),
        ("gru", spoiled("gru", "candidate_from_input", np.inf), "candidate_from_input must be finite, got 1"),
        ("lstm", {"hidden": np.full((4, 5), np.nan)}, "hidden must be finite, got 20 values"),
        ("lstm", {"step": 4}, "step must lie in 0 … 3, got 4"),
        ("gru", {"step": -1}, "step must lie in 0 … 3, got -1"),
        ("gru", {"unit": 5}, "unit must lie in 0 … 4, got 5"),
        (
            "lstm",
            spoiled("lstm", "input", 2.0),
            r"memory_cell must be forget \* memory_cell before \+ input \* candidate, got a difference of",
        ),
        ("lstm", spoiled("lstm", "output", 2.0), r"hidden must be output \* tanh\(memory_cell\), got a diff"),
        ("gru", spoiled("gru", "reset", 2.0), r"candidate must be tanh\(candidate_from_input \+ reset \* "),
        ("gru", spoiled("gru", "update", 2.0), r"hidden must be \(1 - update\) \* candidate \+ update \* "),
    ],
)
def test_bad_input_is_refused_with_one_sentence(cell, changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        make(cell, **changes)
    assert "\n" not in str(caught.value)
