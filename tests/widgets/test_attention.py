"""The Python half of Attention; tests/browser/test_attention.py drives the other half."""

import json

import ipywidgets
import numpy as np
import pytest

from s2s_course.trace import Trace
from s2s_course.trace.attention import AttentionTrace
from s2s_course.widgets.attention import Attention
from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.base import CourseWidget

SRC = ("the", "cat", "sleeps", "<eos>")
TGT = ("le", "chat", "dort", ".", "<eos>")
WEIGHTS = np.array([[7, 1, 1, 1], [1, 7, 1, 1], [4, 3, 2, 1], [1, 2, 1, 6], [0, 0, 0, 10]], dtype=np.float64)
WEIGHTS /= 10
GOLD = ((0, 0), (1, 1), (2, 2), (2, 3))


def distributions(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(shape[-1], 0.3), shape[:-1])


def make(weights=WEIGHTS, *, src=SRC, tgt=TGT, **arguments) -> Attention:
    return Attention.compare({"Luong": (tgt, weights)}, src_tokens=src, **arguments)


def words(count: int, end: str = "<eos>") -> list[str]:
    return [*(f"w{i}" for i in range(count - 1)), end]


def traced(weights, *, kind=Trace, src=SRC, tgt=TGT):
    """A trace of which only the attention is looked at."""
    memory, size = np.zeros((len(src), 3), np.float32), np.zeros((len(tgt), 3), np.float32)
    common = {"src_tokens": src, "tgt_tokens": tgt}
    if kind is Trace:
        return Trace(
            **common, encoder_states=memory, decoder_states=size, log_probabilities=size, attention=weights
        )
    return AttentionTrace(
        **common,
        **dict.fromkeys(("queries", "contexts", "hidden", "outputs", "log_probabilities"), size),
        order="luong",
        score="dot",
        memory=memory,
        scores=np.log(weights + 1e-9),
        weights=weights,
        vocabulary=("a", "b", "c"),
    )


def test_data_travels_as_text_and_comes_back():
    weights = {"Bahdanau": distributions(19, 23), "Luong": distributions(17, 23, seed=1)}
    pairs = {name: (words(len(array)), array) for name, array in weights.items()}
    widget = Attention.compare(pairs, src_tokens=words(23), row=18, column=22)
    names = set(Attention.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    assert state["src_tokens"] == words(23)
    for panel, (name, array) in zip(state["panels"], weights.items(), strict=True):
        assert panel["name"] == name and panel["tgt_tokens"] == words(len(array))
        assert panel["score"] is None
        read = decode_array(panel["weights"])
        assert (np.abs(read - array) <= np.maximum(array / 2048, 2**-25)).all()


def test_the_word_that_is_attended_to_most_survives_the_rounding():
    rng = np.random.default_rng(0)
    close = 1 + rng.uniform(-1e-4, 1e-4, (200, 7))  # float16 steps are 1/8192 here
    close /= close.sum(axis=1, keepdims=True)
    ties = [np.full(7, 1 / 7), np.array([0.1, 0.3, 0, 0.3, 0.3, 0, 0])]
    weights = np.vstack([close, ties])
    rounded = weights.astype(np.float16).argmax(axis=1)
    assert (rounded != weights.argmax(axis=1)).sum() > 50, "this would be a test of nothing"
    read = decode_array(make(weights, src=words(7), tgt=words(202)).panels[0]["weights"])
    assert (read.argmax(axis=1) == weights.argmax(axis=1)).all()
    assert np.abs(read - weights).max() < 2e-4


def test_the_score_counts_links_as_one_does_by_hand():
    # le-the and chat-cat are right, dort goes to the, the full stop goes to <eos>: no link
    score = make(gold=GOLD).panels[0]["score"]
    assert score["links"] == [[0, 0], [0, 2], [1, 1]]
    assert score["gold"] == [[0, 0], [1, 1], [2, 2], [2, 3]]
    assert score["common"] == 2 and score["rate"] == 1 - 2 * 2 / (3 + 4)


def test_the_score_is_that_of_the_weights_before_rounding():
    weights = np.array([[0.5 - 2e-6, 0.5 + 2e-6, 0.0], [0.0, 0.0, 1.0]])
    score = make(weights, src=words(3), tgt=words(2), gold=[(1, 0)]).panels[0]["score"]
    assert score["links"] == [[1, 0]] and score["rate"] == 0


@pytest.mark.parametrize(("end_src", "end_tgt"), [("<eos>", "."), (".", "<eos>"), (".", ".")])
def test_a_last_word_that_is_no_end_of_the_sentence_is_scored(end_src, end_tgt):
    """A translation that was cut off at its longest length ends without <eos>."""
    weights = np.array([[0.2, 0.1, 0.7], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7]])
    score = make(weights, src=words(3, end_src), tgt=words(3, end_tgt), gold=[(0, 1)]).panels[0]["score"]
    expected = [[0, 1]]
    if end_src == ".":
        expected.append([2, 0])
    if end_src == end_tgt == ".":
        expected.append([2, 2])
    assert score["links"] == expected


def test_gold_may_be_given_by_name():
    shorter = (("le", "chat", "<eos>"), WEIGHTS[[0, 1, 4]])
    pairs = {"A": (TGT, WEIGHTS), "B": shorter, "C": shorter}
    widget = Attention.compare(pairs, src_tokens=SRC, gold={"A": GOLD, "B": iter([(1, 1)]), "C": None})
    assert [panel["score"] and panel["score"]["common"] for panel in widget.panels] == [2, 1, None]
    widget = Attention.compare({"A": (TGT, WEIGHTS), "B": (TGT, WEIGHTS)}, src_tokens=SRC, gold=iter(GOLD))
    assert [panel["score"]["common"] for panel in widget.panels] == [2, 2], "one gold for both"
    numbers = make(gold=[np.array([1, 1])]).panels[0]["score"]
    assert json.dumps(numbers["gold"]) == "[[1, 1]]"


@pytest.mark.parametrize("kind", [Trace, AttentionTrace])
def test_traces_are_shown_as_they_are(kind):
    weights = WEIGHTS.astype(np.float32)
    widget = Attention.from_trace(traced(weights, kind=kind), gold=GOLD, title="A cat", row=2, column=1)
    assert (widget.title, widget.row, widget.column) == ("A cat", 2, 1)
    (panel,) = widget.panels
    assert (tuple(widget.src_tokens), tuple(panel["tgt_tokens"])) == (SRC, TGT)
    assert np.abs(decode_array(panel["weights"]) - weights).max() < 5e-4 and panel["score"]["common"] == 2
    both = Attention.from_traces({"A": traced(weights, kind=kind), "B": traced(weights)}, gold={"B": GOLD})
    assert [(panel["name"], panel["score"] is None) for panel in both.panels] == [("A", True), ("B", False)]


def test_the_text_alternative_says_what_there_is_and_never_changes():
    expected = (
        "Attention(title='A cat', 4 source tokens: 'the cat sleeps <eos>', Luong writes "
        "'le chat dort . <eos>' with an alignment error rate of 0.429)"
    )
    assert repr(make(title="A cat", gold=GOLD)) == repr(make(title="A cat", gold=GOLD, row=1)) == expected
    assert repr(make()) == (
        "Attention(title='', 4 source tokens: 'the cat sleeps <eos>', Luong writes 'le chat dort . <eos>')"
    )


def test_long_sentences_fit_and_huge_ones_are_refused():
    pairs = {name: (words(60), distributions(60, 60)) for name in "AB"}
    gold = [(i, i) for i in range(59)]
    long = Attention.compare(pairs, src_tokens=words(60), gold=gold)
    assert len(json.dumps(long.get_state(), default=str)) < 110_000
    with pytest.raises(ValueError, match="Attention must carry at most 155,000 bytes"):
        make(distributions(250, 250), src=words(250), tgt=words(250))


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_sum_of_a_row_may_be_off_as_far_as_half_precision_is_and_no_further(sign):
    """A thousandth: 64 numbers below 1/16, each off by at most 2**-16, are off by 64 * 2**-16 = 0.00098."""
    make(WEIGHTS * (1 + sign * 0.95e-3))
    Attention.from_layers({"cross": (TGT, SRC, np.tile(WEIGHTS * (1 + sign * 0.95e-3), (2, 3, 1, 1)))})
    beyond = np.tile(WEIGHTS, (2, 3, 1, 1))
    beyond[1, 2, 3] *= 1 + sign * 1.05e-3
    with pytest.raises(ValueError, match=r"must sum to 1 over the source, got \S+ in row 3$"):
        make(beyond[1, 2])
    with pytest.raises(ValueError, match=r"must sum to 1 .* in layer 1, head 2, row 3$"):
        Attention.from_layers({"cross": (TGT, SRC, beyond)})


def test_softmax_in_half_precision_is_taken():
    for seed in range(20):
        scores = np.random.default_rng(seed).normal(size=(5, 64))
        weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        make(weights.astype(np.float16), src=words(64))


def changed(row: int, column: int, value: float) -> np.ndarray:
    weights = WEIGHTS.copy()
    weights[row, column] = value
    return weights


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": np.stack([WEIGHTS, WEIGHTS], 1)}, r"must have shape \(T, S\), got \(5, 2, 4\) with sev"),
        ({"weights": WEIGHTS.T}, r"must have shape \(T, S\), a row for each of 5 target .* got \(4, 5\)"),
        ({"weights": WEIGHTS[0]}, r"must have shape \(T, S\), .* got \(4,\)"),
        ({"weights": WEIGHTS[:0], "tgt": ()}, r"at least one of each, got \(0, 4\)"),
        ({"tgt": TGT[:3]}, r"a row for each of 3 target tokens .* got \(5, 4\)"),
        ({"src": (*SRC, ".")}, "a column for each of 5 source tokens"),
        ({"tgt": ("le", "chat", 3, ".", "<eos>")}, "tgt_tokens of 'Luong' must be strings, got 3"),
        ({"weights": changed(1, 1, np.nan)}, "must be finite, got 1 values of NaN or infinity"),
        ({"weights": changed(4, 3, -1)}, "weights of 'Luong' must be at least 0, got -1"),
        ({"weights": changed(2, 0, 0.5)}, "must sum to 1 over the source, got 1.1 in row 2"),
        ({"gold": [(3, 0)]}, r"source words 0 … 2 to target words 0 … 3, got \(3, 0\)"),
        ({"gold": [(0, 4)]}, r"gold of 'Luong' must link .* got \(0, 4\)"),
        ({"gold": [(-1, 0)]}, r"gold of 'Luong' must link .* got \(-1, 0\)"),
        ({"gold": [(0, 0, 1)]}, r"gold of 'Luong' must link .* got \(0, 0, 1\)"),
        ({"gold": []}, "gold of 'Luong' must hold at least one link, got none"),
        ({"gold": {"Loung": GOLD}}, "gold must be for models that are shown, got 'Loung'"),
        ({"row": 5}, "row must lie in 0 … 4, got 5"),
        ({"column": -1}, "column must lie in 0 … 3, got -1"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        make(**arguments)
    assert "\n" not in str(caught.value)


def test_bad_comparisons_are_refused():
    with pytest.raises(ValueError, match="attentions must have the weights of at least one model, got none"):
        Attention.compare({}, src_tokens=SRC)
    with pytest.raises(ValueError, match="each name must be a string that is not empty, got ' '"):
        Attention.compare({" ": (TGT, WEIGHTS)}, src_tokens=SRC)
    pairs = {"A": (TGT, WEIGHTS), "B": (TGT[1:], WEIGHTS[1:])}
    with pytest.raises(ValueError, match="gold must be given by model name where models wrote different"):
        Attention.compare(pairs, src_tokens=SRC, gold=GOLD)
    other = traced(WEIGHTS, src=("a", "dog", "sleeps", "<eos>"))
    with pytest.raises(ValueError, match="traces must be of one sentence and have its src_tokens, got 2"):
        Attention.from_traces({"A": traced(WEIGHTS), "B": other})
    with pytest.raises(ValueError, match="traces must be of one sentence and have its src_tokens, got 0"):
        Attention.from_traces({})
    with pytest.raises(ValueError, match="trace 'Attention' must have attention weights, got None: its mod"):
        Attention.from_trace(traced(None))


def test_a_bad_view_is_refused_later_too_and_changes_nothing():
    widget = make(row=1, column=2)
    refused = {"row": (5, "row must lie in 0 … 4"), "column": (-1, "column must lie in 0 … 3")}
    refused |= {"side": ("top", "side must be one of target, source, got 'top'")}
    refused |= {"drawing": ("bars", "drawing must be one of map, lines, got 'bars'")}
    for name, (value, message) in refused.items():
        with pytest.raises(ValueError, match=message):
            setattr(widget, name, value)
    assert (widget.row, widget.column, widget.side, widget.drawing) == (1, 2, "target", "map")


@pytest.mark.parametrize(
    ("sent", "kept"), [({"row": 9, "column": 9}, (4, 3)), ({"row": -1}, (0, 2)), ({"column": -3}, (1, 0))]
)
def test_what_a_longer_linked_widget_sends_is_clamped(sent, kept):
    widget = make(row=1, column=2)
    widget.set_state(sent | {"side": "source", "show_gold": False})
    assert (widget.row, widget.column) == kept
    assert (widget.side, widget.show_gold) == ("source", False)


def test_rows_reach_to_the_end_of_the_longest_target():
    pairs = {"A": (TGT[1:], WEIGHTS[1:]), "B": (TGT, WEIGHTS)}
    widget = Attention.compare(pairs, src_tokens=SRC, row=4)
    widget.set_state({"row": 40})
    assert widget.row == 4


def test_views_can_be_linked_in_the_browser_and_in_python():
    one, two = make(), make(row=2)
    assert ipywidgets.jslink((one, "row"), (two, "row")).source == (one, "row")
    ipywidgets.link((one, "drawing"), (two, "drawing"))
    one.drawing = "lines"
    assert two.drawing == "lines"
