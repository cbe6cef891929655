"""The vectors of one head: the weights that they make are those of the trace of all heads."""

import math

import numpy as np
import pytest
import torch

from s2s_course.models.translator import Translator
from s2s_course.trace import trace_head, trace_heads

TEXT = "the dog eats a cake."


def build(translator: Translator, **choices: object) -> Translator:
    sizes = {"d_model": 12, "num_heads": 2, "d_ff": 19, "num_layers": 2, "dropout": 0.5}
    return Translator.build(
        "transformer", translator.src_codec, translator.tgt_codec, seed=1, **sizes | choices
    )


@pytest.mark.parametrize("positions", ["sinusoidal", "rotary", "learned"])
@pytest.mark.parametrize(("kind", "layer", "head"), [("encoder", 1, 0), ("decoder", 0, 1), ("cross", 1, 1)])
def test_the_vectors_make_the_weights(translator, pairs, positions, kind, layer, head):
    mine = build(translator, positions=positions)
    traced = trace_head(mine, TEXT, kind=kind, layer=layer, head=head, forced=pairs[1].tgt)
    heads = trace_heads(mine, TEXT, forced=pairs[1].tgt)
    scores = traced.query @ traced.key.T / math.sqrt(traced.query.shape[1])
    if kind == "decoder":
        scores[~np.tri(len(scores), dtype=bool)] = -math.inf
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert np.allclose(weights, getattr(heads, kind)[layer, head], atol=1e-6)
    assert traced.value.shape == traced.key.shape == (len(traced.key_tokens), 6)
    rows = {"encoder": heads.src_tokens, "decoder": heads.read_tokens, "cross": heads.tgt_tokens}
    assert traced.tokens == rows[kind]
    assert traced.key_tokens == (heads.read_tokens if kind == "decoder" else heads.src_tokens)
    assert mine.model.training  # as before; the trace itself is without dropout


def test_values_are_what_the_layer_adds_up(translator):
    mine = build(translator, dropout=0.0)
    attention, given = mine.model.encoder_layers[0].self_attention, []
    hook = attention.register_forward_pre_hook(lambda _, vectors: given.append(vectors[0]))
    traced = trace_head(mine, TEXT, head=1)
    hook.remove()
    with torch.inference_mode():
        expected = attention.value(given[-1])[0, :, 6:].numpy()
    assert np.allclose(traced.value, expected, atol=1e-6)


def test_what_is_not_there_is_refused(translator):
    mine = build(translator)
    with pytest.raises(ValueError, match="kind must be one of"):
        trace_head(mine, TEXT, kind="self")
    with pytest.raises(ValueError, match="layer must lie in 0 … 1, got 2"):
        trace_head(mine, TEXT, layer=2)
    with pytest.raises(ValueError, match="head must lie in 0 … 1, got -1"):
        trace_head(mine, TEXT, head=-1)
    with pytest.raises(ValueError, match="translator must be a Transformer, got the model 'gru'"):
        trace_head(translator, TEXT)
