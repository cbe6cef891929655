"""The Python half of Masks; tests/browser/test_masks.py drives the other half."""

import json

import numpy as np
import pytest
import torch

from s2s_course.masks import causal_mask, padding_mask
from s2s_course.widgets.masks import Masks
from s2s_course.widgets.shared.base import CourseWidget

SRC = ("the", "black", "cat", "sleeps", ".")
TGT = ("<bos>", "le", "chat", "noir", "dort", ".")


def make(**changes) -> Masks:
    return Masks.examples(**{"src_tokens": SRC, "tgt_tokens": TGT} | changes)


def shown(key: str, **changes) -> np.ndarray:
    return make(preset=key, **changes).mask


def real(length: int, padding: int) -> np.ndarray:
    return padding_mask(torch.tensor([[1] * length + [0] * padding]), 0)[0].numpy()


@pytest.mark.parametrize("padding", [0, 2, 3])
def test_each_preset_is_the_mask_that_a_model_makes(padding):
    src, tgt, past = real(5, padding), real(6, padding), causal_mask
    assert (shown("padding", padding=padding) == np.tile(src, (5 + padding, 1))).all()
    assert (shown("causal", padding=padding) == past(6).numpy()).all()
    assert (shown("padding_causal", padding=padding) == past(6 + padding).numpy() & tgt).all()
    assert (shown("cross", padding=padding) == np.tile(src, (6, 1))).all()
    assert (shown("encoder_only", padding=padding) == np.ones((5, 5), dtype=bool)).all()
    assert (shown("decoder_only", padding=padding) == past(11).numpy()).all()
    for key in ("prefix", "encoder_decoder"):
        blocks = [
            [np.ones((5, 5), dtype=bool), np.zeros((5, 6), dtype=bool)],
            [np.ones((6, 5), dtype=bool), past(6).numpy()],
        ]
        assert (shown(key, padding=padding) == np.block(blocks)).all()


def test_tokens_stand_beside_the_rows_and_columns_that_they_are():
    presets = {each["key"]: each for each in make(padding=1).presets}
    assert presets["cross"]["rows"] == list(TGT) and presets["cross"]["columns"] == [*SRC, "<pad>"]
    assert presets["cross"]["padding"] == [5] and presets["cross"]["kind"] == "cross"
    assert presets["padding_causal"]["rows"] == presets["padding_causal"]["columns"] == [*TGT, "<pad>"]
    assert presets["prefix"]["columns"] == [*SRC, *TGT] and presets["prefix"]["padding"] == []
    kinds = {key: each["kind"] for key, each in presets.items() if each["kind"] != "self"}
    assert kinds == {"cross": "cross", "encoder_decoder": "towers"}
    first = {key: each["first_target"] for key, each in presets.items()}
    predicting = {"causal": 0, "padding_causal": 0, "decoder_only": 5, "prefix": 5, "encoder_decoder": 5}
    assert {key: row for key, row in first.items() if row < len(presets[key]["rows"])} == predicting


def test_the_state_travels_as_json_and_is_small():
    widget = make(layers=3, preset="prefix", title="Masks")
    names = set(Masks.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    assert state["layers"] == 3 and state["preset"] == "prefix" and state["cells"] == {}
    assert state["presets"] == widget.presets
    assert len(json.dumps(widget.get_state(), default=str)) < 75_000


@pytest.mark.parametrize("kind", [np.array, torch.tensor])
def test_a_mask_of_ones_own(kind):
    mask = np.random.default_rng(0).random((3, 4)) < 0.5
    widget = Masks.from_array(kind(mask), row_tokens="abc", column_tokens="wxyz", title="Mine")
    assert (widget.mask == mask).all() and widget.presets[0]["kind"] == "cross"
    square = Masks.from_array(kind(mask[:, :3]), row_tokens="abc", first_target=1)
    assert (square.mask == mask[:, :3]).all()
    (preset,) = square.presets
    assert preset["kind"] == "self" and preset["first_target"] == 1 and preset["columns"] == list("abc")
    (preset,) = Masks.from_array(kind(mask[:, :3]), row_tokens=["a", "b", "<pad>"]).presets
    assert preset["first_target"] == 3 and preset["padding"] == [2]


def test_changed_cells_are_what_is_shown_and_belong_to_their_preset():
    widget = make()
    bits = "0" * 35 + "1"
    widget.cells = {"causal": bits}
    assert widget.mask.sum() == 1 and widget.mask[5, 5]
    widget.preset = "prefix"
    assert (widget.mask == shown("prefix")).all()
    widget.cells = {}
    widget.preset = "causal"
    assert (widget.mask == causal_mask(6).numpy()).all()


@pytest.mark.parametrize("name", ["row", "column", "layers", "preset", "cells"])
def test_what_a_linked_widget_sends_is_brought_within(name):
    widget = make(padding=2)
    sent = {
        "row": (99, 10),
        "column": (-5, 0),
        "layers": (9, 6),
        "preset": ("own", "padding"),
        "cells": ({"causal": "1" * 36, "prefix": "1", "other": "1", "cross": "2" * 42}, {"causal": "1" * 36}),
    }
    value, kept = sent[name]
    widget.set_state({name: value})
    assert getattr(widget, name) == kept
    widget.set_state({"layers": 0, "row": 3})
    assert widget.layers == 1 and widget.row == 3


def test_the_text_alternative_says_what_there_is_and_never_changes():
    widget = Masks.from_array(causal_mask(2), row_tokens=["a", "b"], title="Two")
    expected = "Masks(title='Two', own 2 × 2, tokens 'a b')"
    assert repr(widget) == expected
    widget.cells, widget.row = {"own": "1111"}, 1
    assert repr(widget) == expected
    assert repr(make()).startswith("Masks(title='', padding 7 × 7, causal 6 × 6, padding_causal 8 × 8, cross")
    assert repr(make()).endswith("11 × 11, tokens 'the black cat sleeps . <bos> le chat noir dort .')")


SQUARE = np.ones((2, 2), dtype=bool)


@pytest.mark.parametrize(
    ("make_it", "message"),
    [
        (lambda: make(src_tokens=[]), "src_tokens must hold at least one token, got none"),
        (lambda: make(tgt_tokens=["a", 3]), "tgt_tokens must be strings, got 3"),
        (lambda: make(padding=-1), "padding must be at least 0, got -1"),
        (lambda: make(padding=27), "at most 32 tokens together, and each with its padding, got 33"),
        (lambda: make(src_tokens="a" * 27), "at most 32 tokens together, .* got 33"),
        (lambda: make(preset="full"), "preset must be one of padding, causal, .*, got 'full'"),
        (lambda: make(layers=0), "layers must lie in 1 … 6, got 0"),
        (lambda: make(layers=7), "layers must lie in 1 … 6, got 7"),
        (lambda: setattr(make(), "row", 11), "row must lie in 0 … 10, got 11"),
        (lambda: setattr(make(), "column", -1), "column must lie in 0 … 10, got -1"),
        (lambda: setattr(make(), "cells", {"causal": "1"}), "cells must have '0' or '1' for each cell"),
        (lambda: setattr(make(), "cells", {"causal": "2" * 36}), "cells must have '0' or '1' for each cell"),
        (lambda: Masks.from_array(SQUARE * 1.0, row_tokens="ab"), "mask must be bool, .* got float64"),
        (lambda: Masks.from_array(SQUARE, row_tokens="abc"), r"each of 3 row_tokens .* got shape \(2, 2\)"),
        (lambda: Masks.from_array(SQUARE, row_tokens="ab", column_tokens="c"), "each of 1 column_tokens"),
        (lambda: Masks.from_array(SQUARE, row_tokens=[]), "row_tokens must hold at least one token"),
        (
            lambda: Masks.from_array(SQUARE, row_tokens="ab", column_tokens=[1, 2]),
            "column_tokens must be str",
        ),
        (lambda: Masks.from_array(SQUARE, row_tokens="a" * 33), "row_tokens must have at most 32 tokens"),
        (lambda: Masks.from_array(SQUARE, row_tokens="ab", first_target=2), "first_target must lie in 0 … 1"),
        (
            lambda: Masks.from_array(SQUARE, row_tokens="ab", column_tokens="ab", first_target=0),
            "first_target must be None with column_tokens",
        ),
    ],
)
def test_bad_input_is_refused_with_one_sentence(make_it, message):
    with pytest.raises(ValueError, match=message) as caught:
        make_it()
    assert "\n" not in str(caught.value)
