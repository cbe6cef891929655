"""Every vector of a pass in the page, against s2s_course.trace, on small models with random weights."""

import json

import numpy as np
import pytest

from s2s_course.layers.positions import POSITIONS
from s2s_course.trace.transformer_steps import StackTrace, TransformerTrace, trace_transformer

from ..browser.transformer_steps_page import small
from .in_the_page import in_the_page

SIDES = ("encoder", "decoder")


def same(found: np.ndarray, expected: np.ndarray, name: str) -> None:
    if found.dtype == object:  # what is minus infinity travels as null
        found = np.where(np.equal(found, None), -np.inf, found).astype(float)
    assert found.shape == expected.shape, name
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=1e-4, err_msg=name)


def check_stack(page: dict, truth: StackTrace) -> None:
    assert tuple(page["parts"]) == truth.parts
    for name in ("words", "start", "norms", "changes", "streams", "inside", "outputs", "norm_maps"):
        same(page[name], getattr(truth, name), name)
    for kind in ("scores", "weights"):
        assert page[kind].keys() == getattr(truth, kind).keys()
        for part, expected in getattr(truth, kind).items():
            same(page[kind][part], expected, f"{kind} of {part}")
    assert (page["last_norm_map"] is None) == (truth.last_norm_map is None)
    if truth.last_norm_map is not None:
        same(page["last_norm_map"], truth.last_norm_map, "last_norm_map")


def check(page: dict, truth: TransformerTrace) -> None:
    for name in ("src_tokens", "tgt_tokens", "read_tokens", "vocabulary"):
        assert tuple(page[name]) == getattr(truth, name)
    for name in ("norm_first", "positions", "norm_embedding"):
        assert page[name] == getattr(truth, name)
    for name in ("logits", "log_probabilities", "cached"):
        same(page[name], getattr(truth, name), name)
    for side in SIDES:
        check_stack(page[side], getattr(truth, side))


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("text", ["the black cat sleeps.", "sleeps", "the <b>bird</b>"])
def test_a_pass(engine, norm_first, text):
    translator = small(norm_first)
    call = f"traces.traceTransformer(mine, {json.dumps(text)}, {{ maxLength: 6 }})"
    check(in_the_page(engine, translator, call), trace_transformer(translator, text, max_length=6))


@pytest.mark.parametrize("positions", sorted(POSITIONS))
def test_every_kind_of_positions(engine, positions):
    engine.evaluate("""async () => { await import("./more_positions.js"); }""")
    translator = small(positions=positions, tied=positions != "concatenated", d_model=24, norm_embedding=True)
    call = 'traces.traceTransformer(mine, "the cat sleeps.", { forced: "le chat noir" })'
    truth = trace_transformer(translator, "the cat sleeps.", forced="le chat noir")
    check(in_the_page(engine, translator, call), truth)


def test_what_is_watched_is_named_by_its_place(engine):
    names = engine.evaluate("""async () => {
      const { watched, watching, within } = await import("./watch.js");
      const names = [];
      const look = (name) => names.push(name);
      const failing = () => within("a", () => { throw new Error("no"); });
      watching(look, () => {
        within("encoder 1", () => within("self-attention", () => watched("change", 1)));
        watched("outputs", 2);
        try { failing(); } catch { watched("after", 3); }
      });
      return names;
    }""")
    assert names == ["encoder 1 / self-attention / change", "outputs", "after"]


def test_a_model_of_another_kind_is_refused(engine, translator):
    attempt = """(() => {
      try { traces.traceTransformer(mine, "a"); } catch (error) { return error.message; }
    })()"""
    assert in_the_page(engine, translator, attempt) == "the model must be a Transformer, got gru"
