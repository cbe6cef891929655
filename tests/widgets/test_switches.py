"""The Python half of Switches and Moments; tests/browser drives the other halves."""

import json

import pytest

from s2s_course.decoding.translate import translate
from s2s_course.live.stored import live_examples, live_moments, load_live
from s2s_course.widgets import Moments, Switches


def test_what_the_whole_model_does_is_carried():
    widget = Switches.of("bahdanau", ["mean", "padding seen"])
    whole = json.loads(json.dumps(widget.whole))
    assert whole["count"] == len(live_examples()) == 50
    references = {pair.src: pair.tgt for pair in live_examples()}
    lengths = [len(sentence["src"].split()) for sentence in whole["sentences"]]
    assert len(lengths) == 3 and lengths == sorted(lengths)
    for sentence in whole["sentences"]:
        assert sentence["tgt"] == references[sentence["src"]]
        assert [sentence["written"]] == translate(load_live("bahdanau"), [sentence["src"]])
    assert widget.label == "Bahdanau" and widget.switches == ["mean", "padding seen"] and not widget.heads
    assert repr(widget).endswith("on 50 sentences; switches: mean, padding seen)")


@pytest.mark.parametrize(
    ("model", "switches", "sentence"),
    [
        ("gpt", ["mean"], "model must be one of .*, got 'gpt'"),
        ("gru", ["means"], "switches must be one of .*, got 'means'"),
        ("gru", [], "switches must hold at least one name where heads is False, got none"),
    ],
)
def test_bad_switches_are_refused_in_one_sentence(model, switches, sentence):
    with pytest.raises(ValueError, match=sentence):
        Switches.of(model, switches)


@pytest.mark.parametrize("name", ["bahdanau", "luong", "transformer"])
def test_moments_are_those_that_were_kept(name):
    widget = Moments.of(name)
    sources, moments = live_moments(name)
    assert (widget.sources, widget.moments, widget.moment) == (sources, moments, 15)
    assert [moment["step"] for moment in moments] == sorted({moment["step"] for moment in moments})
    written = [" ".join(output["tokens"]) for output in moments[-1]["outputs"]]
    assert all(repr(text) in repr(widget) for text in written)


def test_a_model_that_was_not_watched_and_a_moment_that_is_not_there():
    with pytest.raises(ValueError, match=r"name must be one of bahdanau, .*, got 'gru'"):
        Moments.of("gru")
    with pytest.raises(ValueError, match=r"moment must lie in 0 … 15, got 16"):
        Moments.of("bahdanau", moment=16)
