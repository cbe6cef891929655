"""The weights of every head, against the model's own steps and against what each of them promises."""

import numpy as np
import pytest
import torch

from s2s_course.decoding.translate import translate
from s2s_course.models.translator import Translator
from s2s_course.trace import trace, trace_heads

SIZES = {"d_model": 12, "num_heads": 3, "d_ff": 19, "num_layers": 2, "dropout": 0.5}


@pytest.fixture
def transformer(translator):
    return Translator.build("transformer", translator.src_codec, translator.tgt_codec, seed=0, **SIZES)


def test_cross_attention_is_what_the_steps_give(transformer, pairs):
    traced = trace_heads(transformer, pairs[1].src, forced=pairs[1].tgt)
    steps = trace(transformer, pairs[1].src, forced=pairs[1].tgt)
    assert (traced.src_tokens, traced.tgt_tokens) == (steps.src_tokens, steps.tgt_tokens)
    assert np.allclose(traced.cross.transpose(2, 0, 1, 3), steps.attention, atol=1e-6)
    assert transformer.model.training  # as before; the trace itself is without dropout


def test_every_row_is_a_distribution_and_the_decoder_never_looks_ahead(transformer, pairs):
    traced = trace_heads(transformer, pairs[0].src, forced=pairs[0].tgt)
    S, T = len(traced.src_tokens), len(traced.tgt_tokens)
    shapes = {"encoder": (S, S), "decoder": (T, T), "cross": (T, S)}
    for name, shape in shapes.items():
        weights = getattr(traced, name)
        assert weights.shape == (2, 3, *shape) and weights.dtype == np.float32
        assert np.allclose(weights.sum(axis=-1), 1, atol=1e-6)
    assert (traced.decoder[..., ~np.tri(T, dtype=bool)] == 0).all()
    assert traced.read_tokens == ("<bos>", *traced.tgt_tokens[:-1])


def test_the_weights_of_the_encoder_belong_to_its_layers(transformer, pairs):
    traced, model = trace_heads(transformer, pairs[0].src), transformer.model.eval()
    ids = [*transformer.src_codec.encode(pairs[0].src), transformer.src_codec.vocab.eos_index]
    vectors = model.src_embedding(torch.tensor([ids]))
    first, second = model.encoder_layers
    for layer, expected in ((first, traced.encoder[0]), (second, traced.encoder[1])):
        read = layer.around_attention.norm(vectors)
        query, key = (
            part(read).unflatten(-1, (3, 4)).transpose(1, 2)
            for part in (layer.self_attention.query, layer.self_attention.key)
        )
        weights = (query @ key.transpose(2, 3) / 2).softmax(dim=-1)  # the root of 4 numbers in a head
        assert np.allclose(weights[0].detach().numpy(), expected, atol=1e-6)
        vectors, _ = layer(vectors, model.src_embedding.positions)


def test_without_a_given_target_it_writes_what_greedy_search_writes(transformer, pairs):
    traced = trace_heads(transformer, pairs[0].src, max_length=7)
    [text] = translate(transformer, [pairs[0].src], max_length=7)
    vocab = transformer.tgt_codec.vocab
    assert transformer.tgt_codec.decode(vocab.encode(traced.tgt_tokens)) == text


def test_only_a_transformer_has_heads(translator):
    with pytest.raises(ValueError, match="translator must be a Transformer, got the model 'gru'"):
        trace_heads(translator, "the cat sleeps.")
