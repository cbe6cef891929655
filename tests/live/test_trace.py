"""What the page's engine keeps of a run, against s2s_course.trace and torch, on small random models."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
import torch

from s2s_course.layers.positions import POSITIONS
from s2s_course.models.translator import Translator
from s2s_course.trace import (
    trace,
    trace_attention,
    trace_beam,
    trace_head,
    trace_heads,
    trace_recurrence,
)

from .autograd_norms import by_autograd
from .in_the_page import in_the_page

RECURRENT = {
    "rnn": {},
    "lstm": {"context": "every_step", "num_layers": 2},
    "gru": {"bidirectional": True},
    "bahdanau": {"cell": "lstm"},
    "luong-general": {"input_feeding": True, "num_layers": 2},
    "luong-dot": {"window": "local_p", "window_size": 1},
    "luong-location": {"window": "local_m", "window_size": 1},
}
STACKS = {"transformer": {"num_layers": 2}, "decoder-only": {"num_layers": 2}, "prefix-lm": {"num_layers": 1}}
TEXTS = ["the cat sleeps.", "a dog eats the cake", "the <b>bird</b> sleeps \U0001f600", "sleeps"]
OPTIONS = "{ maxLength: 7 }"


def build(name: str, translator: Translator, *, seed: int = 3, **choices: Any) -> Translator:
    sizes = {"embed_size": 7, "hidden_size": 10}
    if name in STACKS:
        sizes = {"d_model": 12, "num_heads": 3, "d_ff": 19}
    choices = {**sizes, **RECURRENT.get(name, STACKS.get(name, {})), **choices}
    mine = Translator.build(name, translator.src_codec, translator.tgt_codec, seed=seed, **choices)
    torch.manual_seed(seed)
    with torch.no_grad():  # all larger than at first, so that words, weights and gates differ
        for parameter in mine.model.parameters():
            parameter.add_(0.5 * torch.randn_like(parameter))
    mine.model.eval()
    return mine


def check_same(page: dict, truth: Any, *, tolerance: float = 1e-4) -> None:
    """Every field of a trace of Python's, by its name."""
    fields = dataclasses.asdict(truth)
    for name, expected in fields.items():
        compare(page[name], expected, name, tolerance)


def compare(found: Any, expected: Any, name: str, tolerance: float) -> None:
    if isinstance(expected, np.ndarray):
        assert found.shape == expected.shape, name
        np.testing.assert_allclose(found, expected, atol=tolerance, rtol=tolerance, err_msg=name)
    elif isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, each in expected.items():
            compare(found[key], each, f"{name}[{key}]", tolerance)
    elif isinstance(expected, tuple) and expected and isinstance(expected[0], dict):
        assert len(found) == len(expected)
        for n, each in enumerate(expected):
            compare(found[n], each, f"{name}[{n}]", tolerance)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=tolerance, rel=tolerance), name
    else:
        assert found == (list(expected) if isinstance(expected, tuple) else expected), name


@pytest.mark.parametrize("name", [*RECURRENT, *STACKS])
def test_a_translation(engine, translator, name):
    mine = build(name, translator)
    for text in TEXTS:
        page = in_the_page(engine, mine, f"traces.trace(mine, {json.dumps(text)}, {OPTIONS})")
        check_same(page, trace(mine, text, max_length=7))
    forced = in_the_page(engine, mine, 'traces.trace(mine, "the cat sleeps.", { forced: "un chat mange." })')
    check_same(forced, trace(mine, "the cat sleeps.", forced="un chat mange."))


@pytest.mark.parametrize("name", [name for name in RECURRENT if "-" in name or name == "bahdanau"])
def test_every_stage_of_attention(engine, translator, name):
    mine = build(name, translator)
    for text in TEXTS:
        page = in_the_page(engine, mine, f"traces.traceAttention(mine, {json.dumps(text)}, {OPTIONS})")
        truth = trace_attention(mine, text, max_length=7)
        page["scores"] = np.where(page["scores"] == None, -np.inf, page["scores"]).astype(float)  # noqa: E711
        check_same(page, truth)


@pytest.mark.parametrize("name", ["rnn", "bahdanau", "luong-general", *STACKS])
@pytest.mark.parametrize(("beam_size", "penalty", "pruned"), [(4, 0.6, 2), (1, 0.0, 3), (3, 1.0, 0)])
def test_beam_search(engine, translator, name, beam_size, penalty, pruned):
    mine = build(name, translator)
    options = f"{{ beamSize: {beam_size}, lengthPenalty: {penalty}, pruned: {pruned}, maxLength: 6 }}"
    for text in TEXTS[:3]:
        page = in_the_page(engine, mine, f"traces.traceBeam(mine, {json.dumps(text)}, {options})")
        truth = trace_beam(
            mine, text, beam_size=beam_size, length_penalty=penalty, pruned=pruned, max_length=6
        )
        check_same(page, truth)


@pytest.mark.parametrize("positions", sorted(POSITIONS))
@pytest.mark.parametrize("norm_first", [False, True])
def test_all_heads_of_a_transformer(engine, translator, positions, norm_first):
    choices = {"positions": positions, "norm_first": norm_first, "tied": positions != "concatenated"}
    if positions == "rotary":
        choices["num_heads"] = 2  # an even number in each
    mine = build("transformer", translator, **choices)
    for text in TEXTS[:3]:
        page = in_the_page(engine, mine, f"traces.traceHeads(mine, {json.dumps(text)}, {OPTIONS})")
        check_same(page, trace_heads(mine, text, max_length=7))
        for kind, layer, head in [("encoder", 1, 0), ("decoder", 0, 1), ("cross", 1, 1), ("decoder", 1, 0)]:
            options = f'{{ kind: "{kind}", layer: {layer}, head: {head}, maxLength: 7 }}'
            vectors = in_the_page(engine, mine, f"traces.traceHead(mine, {json.dumps(text)}, {options})")
            truth = trace_head(mine, text, kind=kind, layer=layer, head=head, max_length=7)
            check_same({"kind": kind, "layer": layer, "head": head, **vectors}, truth)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "bahdanau"])
def test_the_cell_of_an_encoder(engine, translator, name):
    mine = build(name, translator)
    for text in TEXTS:
        page = in_the_page(engine, mine, f"traces.traceEncoder(mine, {json.dumps(text)})")
        codec = mine.src_codec
        indices = [*codec.encode(text), codec.vocab.eos_index]
        assert page["tokens"] == list(codec.vocab.decode(indices))
        vectors = mine.model.src_embedding(torch.tensor(indices))
        check_same(page, trace_recurrence(mine.model.encoder, vectors))


# Luong's windows and his scores by location have no way back on the page's tape.
@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "bahdanau", "luong-general"])
def test_gradients_are_those_of_autograd(engine, translator, name):
    mine = build(name, translator)
    for text in TEXTS[:2]:
        page = in_the_page(engine, mine, f"traces.traceGradients(mine, {json.dumps(text)}, {OPTIONS})")
        written = trace(mine, text, max_length=7).tgt_tokens
        tokens, norms = by_autograd(mine, text, written=written)
        assert page["tokens"] == tokens
        np.testing.assert_allclose(page["norms"], norms, rtol=1e-3, atol=1e-6)
        assert ((page["norms"] == 0) == (norms == 0)).all()  # the future, and where nothing is written


def test_the_weights_keep_no_gradient(engine, translator):
    call = """(traces.traceGradients(mine, "the cat sleeps."),
      mine.model.parameters.map(({ grad }) => grad))"""
    assert set(in_the_page(engine, build("gru", translator), call)) == {None}


def test_a_model_of_another_kind_is_refused(engine, translator):
    for name, call in [("gru", "traceHeads"), ("gru", "traceAttention"), ("transformer", "traceAttention")]:
        attempt = (
            f'(() => {{ try {{ traces.{call}(mine, "a"); }} catch ({{ message }}) {{ return message; }} }})()'
        )
        assert f"got {name}" in in_the_page(engine, build(name, translator), attempt)


def test_no_more_than_the_longest_is_read(engine, translator):
    mine = build("gru", translator)
    page = in_the_page(engine, mine, 'traces.trace(mine, "the cat sleeps.", { longest: 2, maxLength: 3 })')
    assert page["src_tokens"] == ["the", "cat", "<eos>"]
