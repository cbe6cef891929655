"""The Python half of Positions; tests/browser/test_positions.py drives the other half."""

import json
import re

import numpy as np
import pytest
import torch

from s2s_course.layers import positions as ways
from s2s_course.widgets.positions import Positions
from s2s_course.widgets.positions.trained_tables import FILE, trained_tables
from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.base import CourseWidget

RNG = np.random.default_rng(0)
LEARNED, RELATIVE = RNG.normal(size=(20, 12)), RNG.normal(size=(32, 4))


def test_tables_travel_as_text_and_come_back_as_float16():
    widget = Positions.show(learned=LEARNED, relative=RELATIVE, title="Ways", way="alibi", base=100)
    names = set(Positions.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    assert (decode_array(state["learned"]) == LEARNED.astype(np.float16)).all()
    assert (decode_array(state["relative"]) == RELATIVE.astype(np.float16)).all()
    assert decode_array(state["content"]).shape == (2, 64)
    assert state["way"] == "alibi" and state["base"] == 100 and state["title"] == "Ways"


def test_weights_of_embeddings_can_be_given_as_they_are():
    sizes = {"d_model": 12, "num_heads": 4, "max_length": 20}
    learned, relative = ways.Learned(**sizes).table.weight, ways.RelativeBias(**sizes).table.weight
    widget = Positions.show(learned=learned, relative=relative)
    assert decode_array(widget.learned) == pytest.approx(learned.detach().numpy(), rel=1e-3, abs=1e-6)
    assert widget.relative["shape"] == [32, 4]


def test_the_same_widget_each_time_and_the_largest_fits():
    largest = Positions.show(learned=np.ones((128, 128)), relative=np.ones((32, 16)))
    assert len(json.dumps(largest.get_state(), default=str)) <= 155_000
    assert Positions.show().content == Positions.show().content
    query, key = decode_array(Positions.show().content)
    assert 0.6 < np.corrcoef(query, key)[0, 1] < 0.95, "alike, but not the same"


def test_every_way_of_the_layers_can_be_shown():
    for way in ways.POSITIONS:
        assert Positions.show(way=way).way == way


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("size", 99, 64),
        ("size", 13, 12),
        ("size", 0, 8),
        ("count", 1000, 128),
        ("base", 1, 10),
        ("heads", 0, 1),
        ("position", 400, 127),
        ("other", -3, 0),
        ("unit", 500, 127),
        ("way", "rotary", "rotary"),
    ],
)
def test_what_a_linked_widget_sends_is_brought_within(name, sent, kept):
    widget = Positions.show()
    widget.set_state({name: sent})
    assert getattr(widget, name) == kept


def test_the_text_alternative_says_what_there_is_and_never_changes():
    every = ", ".join(ways.POSITIONS)
    assert repr(Positions.show(position=3)) == f"Positions(title='', {every}, tables: none)"
    widget = Positions.show(learned=LEARNED, relative=RELATIVE, title="T", way="rotary")
    assert repr(widget) == f"Positions(title='T', {every}, tables: learned 20 × 12, relative 32 × 4)"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"way": "rope"},
            "way must be one of none, sinusoidal, .*, rotary, got 'rope'",
        ),
        ({"size": 7}, "size must lie in 8 … 64, got 7"),
        ({"size": 9}, "size must be even, because sines and cosines come in pairs, got 9"),
        ({"count": 129}, "count must lie in 8 … 128, got 129"),
        ({"base": 9}, "base must lie in 10 … 10000, got 9"),
        ({"heads": 17}, "heads must lie in 1 … 16, got 17"),
        ({"position": -1}, "position must lie in 0 … 127, got -1"),
        ({"other": 128}, "other must lie in 0 … 127, got 128"),
        ({"unit": 128}, "unit must lie in 0 … 127, got 128"),
        ({"learned": np.ones(3)}, r"learned must have shape \(positions, size\), at most .* got \(3,\)"),
        ({"learned": np.ones((129, 4))}, r"at most \(128, 128\), got \(129, 4\)"),
        ({"learned": np.ones((4, 0))}, r"learned must have shape .* got \(4, 0\)"),
        ({"relative": np.ones((31, 4))}, r"relative must have shape \(32, heads\), .* got \(31, 4\)"),
        ({"relative": np.ones((32, 17))}, r"relative must have shape .*, at most \(32, 16\), got \(32, 17\)"),
        (
            {"relative": torch.full((32, 2), torch.nan)},
            "relative must be finite, got 64 values of NaN or inf",
        ),
    ],
)
def test_bad_input_is_refused_with_one_sentence(options, message):
    with pytest.raises(ValueError, match=message) as caught:
        Positions.show(**options)
    assert "\n" not in str(caught.value)


def test_tables_of_trained_models_are_shown_and_said_to_be():
    widget, tables = Positions.trained(title="Trained"), trained_tables()
    assert decode_array(widget.learned) == pytest.approx(tables.learned)
    assert decode_array(widget.relative) == pytest.approx(tables.relative)
    assert tables.learned.shape == (15, 64) and tables.relative.shape == (32, 4)
    assert FILE.stat().st_size < 20_000
    for way, bleu in tables.bleu.items():
        assert f"{tables.steps:,} steps" in widget.origin[way] and f"{bleu:.1f} BLEU" in widget.origin[way]
    # Learning has moved the relative bias away from where it began, 0.02 a standard deviation.
    assert np.abs(tables.relative[:16]).max() > 0.2
    assert widget.figure().html().count("<img") == 2, "sinusoidal and learned positions"
    shown = Positions.show(learned=tables.learned, relative=tables.relative, title="Trained")
    assert repr(widget) == repr(shown)


def test_the_figure_says_which_distances_share_a_bucket():
    rows = re.findall(r'<th scope="row">(\d+): ([^<]*)</th>', Positions.trained().figure().html())
    said = dict(rows)
    assert said["0"] == "0" and said["1"] == "−1" and said["17"] == "+1"
    assert len(rows) == 32 and said["31"].endswith("+128")
