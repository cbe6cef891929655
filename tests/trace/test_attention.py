"""A trace against the model's own forward pass and against numpy."""

import numpy as np
import pytest

from s2s_course.data.batch import collate, encode_pairs
from s2s_course.models.translator import Translator
from s2s_course.trace import trace, trace_attention

MODELS = [
    ("bahdanau", {}),
    ("luong-general", {"input_feeding": True, "num_layers": 2, "cell": "lstm"}),
    ("luong-dot", {"window": "local_p", "window_size": 1}),
    ("luong-general", {"window": "local_m", "window_size": 1, "dropout": 0.5}),
    ("luong-location", {}),
]


@pytest.fixture(params=MODELS, ids=[name for name, _ in MODELS])
def attentive(request, translator):
    name, choices = request.param
    codecs = translator.src_codec, translator.tgt_codec
    return Translator.build(name, *codecs, seed=0, embed_size=8, hidden_size=16, **choices)


def test_every_stage_follows_from_the_one_before(attentive, pairs):
    pair = pairs[1]
    traced = trace_attention(attentive, pair.src, forced=pair.tgt)
    assert (traced.order, traced.score) == (attentive.name.split("-")[0], attentive.model.config.score)
    assert attentive.model.training  # as before; the trace itself is without dropout
    exponentials = np.exp(traced.scores)  # exp(-inf) = 0
    assert np.allclose(traced.weights, exponentials / exponentials.sum(axis=1, keepdims=True), atol=1e-6)
    assert np.allclose(traced.contexts, traced.weights @ traced.memory, atol=1e-6)
    joined = np.concatenate([traced.contexts, traced.hidden], axis=1)
    weight = attentive.model.combine.weight.detach().numpy()
    if traced.order == "bahdanau":
        embedded = attentive.model.tgt_embedding.weight.detach().numpy()
        read = [1, *attentive.tgt_codec.vocab.encode(traced.tgt_tokens[:-1])]
        joined = np.concatenate([joined, embedded[read]], axis=1)
    assert np.allclose(traced.outputs, np.tanh(joined @ weight.T), atol=1e-6)
    batch = collate(encode_pairs([pair], attentive.src_codec, attentive.tgt_codec))
    attentive.model.eval()
    logits = attentive.model(batch.src, batch.tgt_in, batch.src_mask)[0].detach()
    assert np.allclose(traced.log_probabilities, logits.log_softmax(-1).numpy(), atol=1e-5)


def test_the_query_is_the_state_before_the_step_or_after_it(attentive, pairs):
    traced = trace_attention(attentive, pairs[1].src, forced=pairs[1].tgt)
    if traced.order == "bahdanau":
        assert np.array_equal(traced.queries[1:], traced.hidden[:-1])
    else:
        assert np.array_equal(traced.queries, traced.hidden)


def test_agrees_with_the_plain_trace(attentive):
    mine = trace_attention(attentive, "the cat sleeps.", max_length=6)
    plain = trace(attentive, "the cat sleeps.", max_length=6)
    assert (mine.src_tokens, mine.tgt_tokens) == (plain.src_tokens, plain.tgt_tokens)
    assert np.array_equal(mine.weights, plain.attention)
    assert mine.vocabulary == attentive.tgt_codec.vocab.tokens


def test_ends_with_the_first_eos(attentive):
    eos = attentive.tgt_codec.vocab.eos_index
    attentive.model.to_logits.bias.data[eos] = 100
    assert trace_attention(attentive, "the cat sleeps.").tgt_tokens == ("<eos>",)


def test_a_model_without_attention_is_refused(translator):
    with pytest.raises(ValueError, match="translator must be recurrent with attention, got the model 'gru'"):
        trace_attention(translator, "the cat sleeps.")


def test_max_length_zero_is_refused(attentive):
    with pytest.raises(ValueError, match="max_length must be at least 1, got 0"):
        trace_attention(attentive, "a", max_length=0)
