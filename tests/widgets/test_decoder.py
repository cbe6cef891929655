"""The Python half of Decoder; tests/browser/test_decoder.py drives the other half."""

import json
from dataclasses import replace

import numpy as np
import pytest
from browser.decoder_page import SRC, TGT, trace

from s2s_course.widgets.decoder.decoder import STAGES, Decoder
from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.base import CourseWidget

LAST = len(SRC) + 8 * len(TGT) - 1


def make(order: str = "bahdanau", /, *, title="", step=0, unit=0, source=0, **changes) -> Decoder:
    return Decoder.from_trace(
        replace(trace(order), **changes), title=title, step=step, unit=unit, source=source
    )


def read(carried: dict) -> np.ndarray:
    return decode_array(carried["coarse"]) + decode_array(carried["rest"])


def softmax(scores: np.ndarray) -> np.ndarray:
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("order", ["bahdanau", "luong"])
@pytest.mark.parametrize("scale", [1, 12])
def test_data_travels_as_text_and_keeps_the_digits_that_are_shown(order, scale):
    truth = trace(order, sizes=(10, 7, 5), scale=scale)
    names = set(Decoder.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(Decoder.from_trace(truth).get_state(names)))
    assert (state["src_tokens"], state["tgt_tokens"]) == (list(SRC), list(TGT))
    arrays = {name: read(carried) for name, carried in state["arrays"].items()}
    states = arrays["states"]
    if order == "bahdanau":
        assert np.abs(states[0] - truth.queries[0]).max() < 4e-6
        states = states[1:]
    for name, array in [("memory", truth.memory), ("outputs", truth.outputs)]:
        assert np.abs(arrays[name] - array).max() < 4e-6
    assert np.abs(states - truth.hidden).max() < 4e-6
    weights = softmax(arrays["scores"])
    assert np.abs(weights - truth.weights).max() < 2e-4
    assert np.abs(weights @ arrays["memory"] - truth.contexts).max() < 3e-4
    assert state["sizes"] == {
        "memory": 10, "states": 7, "outputs": 5, "vocabulary": len(truth.vocabulary)
    }  # fmt: skip


def test_the_five_most_probable_words_are_carried_and_the_written_one():
    probabilities = np.array([[0.4, 0.3, 0.1, 0.08, 0.07, 0.04, 0.01], [0.05, 0.05, 0.05, 0.05, 0.7, 0.1, 0]])
    tokens = dict(tgt_tokens=("f", "f"), vocabulary=tuple("abcdefg"))
    short = trace("luong", tgt=("f", "f"))
    with np.errstate(divide="ignore"):
        widget = Decoder.from_trace(replace(short, **tokens, log_probabilities=np.log(probabilities)))
    assert widget.choices == [list("abcdef"), list("efabc")]
    carried = read(widget.arrays["probabilities"])
    assert carried == pytest.approx(
        np.array([[0.4, 0.3, 0.1, 0.08, 0.07, 0.04], [0.7, 0.1, 0.05, 0.05, 0.05, 0]]), abs=4e-6
    )


def test_a_window_leaves_words_out():
    truth = trace("luong", window=1)
    assert np.isneginf(truth.scores).any()
    widget = Decoder.from_trace(truth)
    assert (decode_array(widget.inside) == np.isfinite(truth.scores)).all()


@pytest.mark.parametrize("order", STAGES)
def test_both_orders_have_the_same_stages_but_for_the_place_of_the_state(order):
    assert sorted(STAGES[order]) == sorted(STAGES["luong"])
    without = [stage for stage in STAGES[order] if stage != "state"]
    assert without == ["query", "scores", "weights", "context", "concat", "output", "word"]
    widget = make(order)
    assert widget.stages == list(STAGES[order])
    assert widget.num_steps == LAST + 1 == 7 + 8 * 7
    assert STAGES["luong"][0] == "state" and STAGES["bahdanau"][4] == "state"


def test_the_text_alternative_says_what_there_is_and_never_changes():
    expected = (
        "Decoder(title='A cat', Bahdanau order with additive score, reads 7 tokens: 'the black cat sleeps "
        "today . <eos>', writes 7 tokens: 'le chat noir dort aujourd’hui . <eos>')"
    )
    assert repr(make(title="A cat")) == repr(make(title="A cat", step=3, unit=2)) == expected
    bundle, _ = make(title="A cat")._repr_mimebundle_()
    assert bundle["text/plain"] == expected


def words(count: int) -> tuple[str, ...]:
    return tuple(f"word{i}" for i in range(count))


def sizes_carried(widget: Decoder) -> list[int]:
    return [widget.arrays[name]["coarse"]["shape"][1] for name in ("memory", "states", "outputs")]


@pytest.mark.parametrize(
    ("length", "sizes", "carried"),
    [
        (10, (256, 128, 128), [256, 128, 128]),
        # 56,000 bytes are 14,000 numbers: 25 rows of memory, 26 of states and 25 of outputs
        (25, (512, 16, 200), [343, 16, 200]),
        (25, (512, 16, 512), [271, 16, 271]),
    ],
)
def test_as_many_units_are_carried_as_fit(length, sizes, carried):
    truth = trace("bahdanau", src=words(length), tgt=words(length), sizes=sizes)
    widget = Decoder.from_trace(truth)
    assert sizes_carried(widget) == carried and widget.num_units == max(carried)
    assert np.abs(read(widget.arrays["memory"]) - truth.memory[:, : carried[0]]).max() < 4e-6
    assert [widget.sizes[name] for name in ("memory", "states", "outputs")] == list(sizes)
    assert len(json.dumps(widget.get_state(), default=str)) <= 155_000


def test_a_sentence_whose_scores_alone_are_too_many_is_refused():
    with pytest.raises(ValueError, match="Decoder must carry at most 155,000 bytes, got"):
        Decoder.from_trace(trace("luong", src=words(150), tgt=words(150)))


def test_what_a_longer_linked_widget_sends_is_clamped():
    widget = make()
    widget.set_state({"step": 500, "unit": 99, "source": 20})
    assert (widget.step, widget.unit, widget.source) == (LAST, 23, 6)
    widget.set_state({"step": -4, "unit": -1, "source": -1})
    assert (widget.step, widget.unit, widget.source) == (0, 0, 0)


def test_a_view_that_does_not_exist_is_refused_and_changes_nothing():
    widget = make(step=LAST, unit=23, source=6)
    for name, last in [("step", LAST), ("unit", 23), ("source", 6)]:
        for value in (-1, last + 1):
            with pytest.raises(ValueError, match=f"{name} must lie in 0 … {last}, got {value}"):
                setattr(widget, name, value)
    assert (widget.step, widget.unit, widget.source) == (LAST, 23, 6)


def changed(name: str, value: float, order: str = "bahdanau") -> dict:
    array = getattr(trace(order), name).copy()
    array[2, 3] = value
    return {name: array}


NONE = np.full((7, 7), -np.inf)
HALF = trace().log_probabilities - np.log(2).astype(np.float32)


@pytest.mark.parametrize(
    ("order", "changes", "message"),
    [
        ("luong", {"order": "elman"}, "order must be one of bahdanau, luong, got 'elman'"),
        ("luong", {"score": "cosine"}, "score must be one of .*additive.*, got 'cosine'"),
        ("luong", {"src_tokens": ()}, "src_tokens must have at least one token, got none"),
        ("luong", {"tgt_tokens": ()}, "tgt_tokens must have at least one token, got none"),
        ("luong", {"memory": np.zeros(7)}, r"memory must have shape \(tokens, units\) with .* got \(7,\)"),
        ("luong", {"outputs": np.zeros((7, 0))}, r"outputs must have shape \(tokens, units\).* got \(7, 0\)"),
        ("luong", {"src_tokens": SRC[:5]}, r"memory must have shape \(5, 24\), got \(7, 24\)"),
        ("luong", {"tgt_tokens": TGT[:5]}, r"queries must have shape \(5, 24\), got \(7, 24\)"),
        ("luong", {"queries": np.zeros((7, 8))}, r"queries must have shape \(7, 24\), got \(7, 8\)"),
        ("luong", {"scores": np.zeros((7, 6))}, r"scores must have shape \(7, 7\), got \(7, 6\)"),
        ("luong", {"weights": np.zeros((6, 7))}, r"weights must have shape \(7, 7\), got \(6, 7\)"),
        ("luong", {"contexts": np.zeros((7, 3))}, r"contexts must have shape \(7, 24\), got \(7, 3\)"),
        ("luong", {"outputs": np.zeros((6, 3))}, r"outputs must have shape \(7, 3\), got \(6, 3\)"),
        ("luong", {"vocabulary": TGT}, r"log_probabilities must have shape \(7, 7\), got \(7, 16\)"),
        *[
            ("luong", changed(name, np.nan), f"{name} must be finite, got 1 values of NaN or infinity")
            for name in ("memory", "queries", "scores", "weights", "contexts", "hidden", "outputs")
        ],
        ("luong", changed("memory", -np.inf), "memory must be finite, got 1"),
        ("luong", changed("scores", np.inf), "scores must be finite, got 1"),
        ("luong", changed("log_probabilities", np.inf), "log_probabilities must be finite, got 1"),
        ("luong", {"scores": NONE}, "scores must be finite for at least one source word of each step"),
        ("luong", changed("scores", 4), r"weights must be softmax\(scores\), got a difference of 0\."),
        ("luong", changed("weights", 0.9), r"weights must be softmax\(scores\), got a difference of 0\."),
        ("luong", changed("contexts", 3), "contexts must be weights @ memory, got a difference of"),
        ("luong", changed("queries", 3), "queries must be hidden in the order luong, got a difference of"),
        ("luong", {"order": "bahdanau"}, "queries must be the decoder states before the step, got a diff"),
        ("bahdanau", {"order": "luong"}, "queries must be hidden in the order luong, got a difference of"),
        ("luong", {"log_probabilities": HALF}, "log_probabilities must be those of words that sum to 1, got"),
        ("luong", {"tgt_tokens": (*TGT[:6], "?")}, r"tgt_tokens must be words of vocabulary, got '\?'"),
        ("luong", {"step": LAST + 1}, f"step must lie in 0 … {LAST}, got {LAST + 1}"),
        ("luong", {"unit": 24}, "unit must lie in 0 … 23, got 24"),
        ("luong", {"source": 7}, "source must lie in 0 … 6, got 7"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(order, changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        make(order, **changes)
    assert "\n" not in str(caught.value)


def test_a_small_error_of_rounding_is_none():
    make("luong", **changed("weights", trace("luong").weights[2, 3] + 5e-5, "luong"))
    with pytest.raises(ValueError, match="softmax"):
        make("luong", **changed("weights", trace("luong").weights[2, 3] + 2e-4, "luong"))
