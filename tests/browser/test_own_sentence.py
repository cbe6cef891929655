"""The reader's own sentence in each widget, against Python's traces of the same stored model."""

import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.live.stored import live_models, load_live
from s2s_course.trace import trace, trace_attention, trace_beam, trace_heads
from s2s_course.trace.head import trace_head
from s2s_course.widgets.decoder.decoder import STAGES

from ..live.autograd_norms import by_autograd
from .live_page import Line, number, numbers, said
from .own_sentence_pages import recurrence

OWN = "the old woman sees a small dog."
PRINTED = 0.0006  # three digits, and the difference between float32 here and there
# What Gates draws over time, from top to bottom, but for the states.
LANES = {
    "LSTM": ["forget", "input", "candidate", "output"],
    "GRU": ["reset", "update", "candidate_from_input", "candidate_from_hidden", "candidate"],
}


def test_hidden_states(line_of):
    line = line_of("hidden-states")
    line.show(OWN, "LSTM")
    truth = trace(load_live("lstm"), OWN)
    S = len(truth.src_tokens)
    assert line.texts(".tokens span") == [*truth.src_tokens, *truth.tgt_tokens]
    states = np.concatenate([truth.encoder_states, truth.decoder_states])
    for step, unit in [(0, 0), (3, 17), (S - 1, 79), (S, 5), (len(states) - 1, 40)]:
        line.set("time step", step)
        line.set("unit", unit)
        (value,) = said(line.root.locator("output").inner_text, r"unit \d+: (\S+)$")
        assert value == pytest.approx(states[step, unit], abs=PRINTED)


@pytest.mark.parametrize("model", ["RNN", "Bahdanau", "Luong", "Transformer", "Decoder-only"])
def test_hidden_states_of_every_model(line_in, model):
    line = line_in("hidden-states")
    line.show(OWN, model)
    truth = trace(load_live(model.lower()), OWN)
    assert line.texts(".tokens span") == [*truth.src_tokens, *truth.tgt_tokens]
    line.set("time step", len(truth.src_tokens))
    line.set("unit", 9)
    (value,) = said(line.root.locator("output").inner_text, r"unit \d+: (\S+)$")
    assert value == pytest.approx(truth.decoder_states[0, 9], abs=PRINTED)


def test_hidden_states_of_three_encoders(line_in):
    line = line_in("hidden-states")
    line.show(OWN, "RNN, GRU, LSTM: encoders")
    assert line.texts("figcaption b") == ["RNN", "GRU", "LSTM", "LSTM cell state"]
    line.set("time step", 4)
    line.set("unit", 11)
    traces = [recurrence(name, OWN)[0] for name in ("rnn", "gru", "lstm")]
    expected = [*(each.hidden[4, 11] for each in traces), traces[-1].memory_cell[4, 11]]
    assert numbers(line, "output b") == pytest.approx(expected, abs=PRINTED)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_gates(line_of, cell):
    line = line_of("gates")
    line.show(OWN, cell)
    truth, tokens = recurrence(cell.lower(), OWN)
    assert line.texts(".tokens span") == tokens
    for step, unit in [(0, 3), (4, 60), (len(tokens) - 1, 79)]:
        line.set("time step", step)
        line.set("unit", unit)
        names = LANES[cell]
        expected = [truth.gates[name][step, unit] for name in names]
        expected += [truth.memory_cell[step, unit]] if cell == "LSTM" else []
        shown = [number(re.search(r"−?[\d.]+$", text)[0]) for text in line.texts(".gutter > :not(.map)")]
        assert shown == pytest.approx([*expected, truth.hidden[step, unit]], abs=PRINTED)


def test_gradient_flow(line_of):
    line = line_of("gradient-flow")
    line.show(OWN)
    course = live_models()
    best = max(("rnn", "lstm", "gru"), key=lambda name: course[name]["bleu"])
    written = trace(load_live(best), OWN, max_length=32).tgt_tokens
    for place, name in enumerate(["rnn", "lstm", "gru"]):
        tokens, norms = by_autograd(load_live(name), OWN, written=written)
        assert line.texts(".tokens span") == tokens
        S, last = tokens.index("<bos>"), len(tokens) - 1
        for step, lag in [(last, 0), (last, 2), (last, last), (S, S), (S + 1, 3)]:
            line.set("step of the loss", step)
            line.set("lag", lag)
            shown = line.root.locator("tbody tr").nth(place).locator("td").nth(1).inner_text()
            relative = norms[step, step - lag] / norms[step, step]
            if shown.startswith("below"):
                assert relative < 1e-12
            else:
                assert math.log10(number(shown)) == pytest.approx(math.log10(relative), abs=0.03)
    line.set("step of the loss", S - 1)  # the encoder writes nothing
    assert line.texts("tbody td:nth-of-type(2)") == ["nothing"] * 3
    assert f"all along what the {best.upper()} writes" in line.says()


@pytest.mark.parametrize("order", ["bahdanau", "luong"])
def test_decoder(line_of, order):
    line = line_of("decoder")
    line.show(OWN, order.capitalize())
    truth = trace_attention(load_live(order), OWN)
    assert line.texts(".sentence div > span > span") == [*truth.src_tokens, *truth.tgt_tokens]
    S, stages = len(truth.src_tokens), STAGES[order]
    for t in (0, len(truth.tgt_tokens) - 1):
        line.set("step", S + len(stages) * t + stages.index("weights"))
        heights = (
            line.root.locator(".sentence")
            .first.locator("i")
            .evaluate_all("bars => bars.map((bar) => Number(/\\* ([\\d.e-]+)\\)/.exec(bar.style.height)[1]))")
        )
        assert heights == pytest.approx(truth.weights[t], abs=1e-4)
        line.set("step", S + len(stages) * t + stages.index("word"))
        text = line.root.locator("output").inner_text()
        assert f"“{truth.tgt_tokens[t]}”" in text


@pytest.mark.parametrize(("page", "model"), [("attention", "Bahdanau"), ("heads", "Luong")])
def test_attention(line_of, page, model):
    line = line_of(page)
    line.show(OWN, model)
    truth = trace_attention(load_live(model.lower()), OWN)
    check_rows(line, truth.tgt_tokens, truth.weights)


def check_rows(line: Line, rows: tuple, weights: np.ndarray, name: str = "target word") -> None:
    for row in (0, len(rows) - 1):
        line.root.get_by_role("combobox", name=name).select_option(str(row))
        shown = numbers(line, ".numbers tbody td:last-child")
        assert shown == pytest.approx(weights[row], abs=PRINTED)


def test_attention_of_two_models(line_in):
    line = line_in("attention")
    line.show(OWN, "Bahdanau and Luong")
    for place, name in enumerate(["bahdanau", "luong"]):
        truth = trace_attention(load_live(name), OWN)
        shown = line.root.locator(".numbers").nth(place).locator("tbody td:last-child").all_text_contents()
        assert [number(text) for text in shown] == pytest.approx(truth.weights[0], abs=PRINTED)


def test_all_heads(line_of):
    line = line_of("heads")
    line.show(OWN, "Transformer")
    truth = trace_heads(load_live("transformer"), OWN)
    check_rows(line, truth.tgt_tokens, truth.cross[0, 0])
    line.root.get_by_role("gridcell", name="layer 2, head 4").click()
    check_rows(line, truth.tgt_tokens, truth.cross[1, 3])
    line.root.get_by_label("kind of attention").select_option("encoder")
    check_rows(line, truth.src_tokens, truth.encoder[1, 3], "query word")


@pytest.mark.parametrize("model", ["Bahdanau", "Transformer"])
def test_beam_tree(line_of, model):
    line = line_of("beam-tree")
    line.show(OWN, model)
    truth = trace_beam(load_live(model.lower()), OWN, beam_size=3)
    shown = line.root.locator("[data-node]").evaluate_all(
        """nodes => nodes.map((node) => [Number(node.dataset.node), node.querySelector("b").textContent,
          node.querySelector("span").textContent, node.classList.contains("won")])"""
    )
    nodes = [[token, number(score.lstrip("■✕ "))] for _, token, score, _ in sorted(shown)]
    assert [token for token, _ in nodes] == [node.token for node in truth.nodes]
    assert [score for _, score in nodes] == pytest.approx([node.score for node in truth.nodes], abs=0.006)
    path, index = set(), truth.winner
    while index >= 0:
        path.add(index)
        index = truth.nodes[index].parent
    assert {index for index, _, _, won in shown if won} == path


@pytest.mark.parametrize(("kind", "group"), [("encoder", 0), ("decoder", 1), ("cross", 2)])
def test_query_key_value(line_of, kind, group):
    line = line_of("query-key-value")
    layers, heads = (live_models()["transformer"]["config"][name] for name in ("num_layers", "num_heads"))
    expect(line.models.locator("option")).to_have_count(3 * layers * heads)
    line.show(OWN, str(group * layers * heads + heads + 2))
    truth = trace_head(load_live("transformer"), OWN, kind=kind, layer=1, head=2, max_length=16)
    heading = line.root.locator("header p").inner_text()
    assert OWN in heading and "layer 2, head 3" in heading and "layer 2, head 3" in line.says()
    assert line.texts("thead [data-column] .token span") == list(truth.key_tokens)
    assert line.texts(".queries .token span") == list(truth.tokens)
    last = len(truth.tokens) - 1
    line.root.locator(".queries input").nth(last).check()
    scores = truth.query[last] @ truth.key.T / math.sqrt(truth.query.shape[1])
    weights = np.exp(scores - scores.max())
    assert numbers(line, "tbody.weight td[data-column] span") == pytest.approx(
        weights / weights.sum(), abs=PRINTED
    )
    values = np.array(numbers(line, "tbody.values tr.vector [data-column]")).reshape(truth.value.T.shape)
    assert values == pytest.approx(truth.value.T, abs=0.006)
