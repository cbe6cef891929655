"""The whole Transformer against ``nn.Transformer`` with the same weights, in float64."""

import math

import pytest
import torch
from torch import nn

from s2s_course.data.batch import collate
from s2s_course.layers.positions import sinusoids
from s2s_course.models.registry import build_model, model_config
from s2s_course.models.transformer import Transformer, TransformerConfig

SIZES = {
    "src_vocab_size": 13,
    "tgt_vocab_size": 17,
    "d_model": 12,
    "num_heads": 3,
    "d_ff": 19,
    "num_layers": 2,
}
PAIRS = [([5, 6, 7, 8, 9, 10, 5], [4]), ([], [6, 7, 8, 9, 4]), ([9], [5, 5, 6]), ([4, 4, 8], [7, 10, 9])]


def copy_attention(theirs: nn.MultiheadAttention, mine) -> None:
    parts = (mine.query, mine.key, mine.value)
    theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
    theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    theirs.out_proj.load_state_dict(mine.out.state_dict())


@torch.no_grad()
def torchs_own(model: Transformer) -> nn.Transformer:
    config = model.config
    theirs = nn.Transformer(
        config.d_model, config.num_heads, config.num_layers, config.num_layers, config.d_ff, dropout=0.0,
        norm_first=config.norm_first, batch_first=True,
    ).double()  # fmt: skip
    for mine, other in zip(model.encoder_layers, theirs.encoder.layers, strict=True):
        copy_attention(other.self_attn, mine.self_attention)
        for copy, original in (
            (other.linear1, mine.feed_forward.widen), (other.linear2, mine.feed_forward.narrow),
            (other.norm1, mine.around_attention.norm), (other.norm2, mine.around_feed_forward.norm),
        ):  # fmt: skip
            copy.load_state_dict(original.state_dict())
    for mine, other in zip(model.decoder_layers, theirs.decoder.layers, strict=True):
        copy_attention(other.self_attn, mine.self_attention)
        copy_attention(other.multihead_attn, mine.cross_attention)
        for copy, original in (
            (other.linear1, mine.feed_forward.widen), (other.linear2, mine.feed_forward.narrow),
            (other.norm1, mine.around_self.norm), (other.norm2, mine.around_cross.norm),
            (other.norm3, mine.around_feed_forward.norm),
        ):  # fmt: skip
            copy.load_state_dict(original.state_dict())
    if config.norm_first:
        theirs.encoder.norm.load_state_dict(model.encoder_norm.state_dict())
        theirs.decoder.norm.load_state_dict(model.decoder_norm.state_dict())
    else:
        theirs.encoder.norm = theirs.decoder.norm = None
    return theirs


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("positions", ["none", "sinusoidal"])
def test_equals_torchs_transformer_with_gradients(norm_first, positions):
    torch.manual_seed(0)
    model = (
        Transformer(TransformerConfig(**SIZES, norm_first=norm_first, positions=positions)).double().eval()
    )
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)
    theirs, batch = torchs_own(model), collate(PAIRS)

    def embed(embedding, tokens):
        vectors = embedding.words(tokens) * math.sqrt(12)
        where = torch.arange(tokens.size(1))
        return vectors + sinusoids(where, 12) if positions == "sinusoidal" else vectors

    T = batch.tgt_in.size(1)
    expected = theirs(
        embed(model.src_embedding, batch.src), embed(model.tgt_embedding, batch.tgt_in),
        tgt_mask=torch.ones(T, T, dtype=torch.bool).triu(1), src_key_padding_mask=~batch.src_mask,
        memory_key_padding_mask=~batch.src_mask,
    )  # fmt: skip
    outputs = model.outputs(batch.src, batch.tgt_in, batch.src_mask)
    assert torch.allclose(outputs, expected, atol=1e-10, rtol=0)
    embeddings = (model.src_embedding.words.weight, model.tgt_embedding.words.weight)
    for a, b in zip(
        torch.autograd.grad(outputs.sin().sum(), embeddings),
        torch.autograd.grad(expected.sin().sum(), embeddings),
        strict=True,
    ):
        assert torch.allclose(a, b, atol=1e-10, rtol=0)


def test_a_step_reads_one_token_and_keeps_the_rest():
    model = build_model("transformer", model_config("transformer", **SIZES), seed=0).eval()
    batch = collate(PAIRS)
    state = model.init_state(batch.src, batch.src_mask)
    for t in range(3):
        _, state = model.step(batch.tgt_in[:, t], state)
        for cache in state.caches:
            assert cache.length == t + 1
            assert cache.key.shape == cache.value.shape == (4, 3, t + 1, 4)
        assert state.weights is None


def test_attentions_of_a_short_row_are_those_without_its_padding():
    model = build_model("transformer", model_config("transformer", **SIZES), seed=0).eval()
    batch, row = collate(PAIRS), 2
    alone = collate([PAIRS[row]])
    S, T = alone.src.size(1), alone.tgt_in.size(1)
    assert batch.src.size(1) > S and batch.tgt_in.size(1) > T
    padded = model.attentions(batch.src, batch.tgt_in, batch.src_mask)
    real = model.attentions(alone.src, alone.tgt_in, alone.src_mask)
    for mine, theirs, queries, keys in zip(padded, real, (S, T, T), (S, T, S), strict=True):
        torch.testing.assert_close(mine[row, :, :, :queries, :keys], theirs[0], atol=1e-6, rtol=1e-5)
    encoder, _, cross = padded
    assert not encoder[row, ..., S:].any() and not cross[row, ..., S:].any()


def test_tied_weights_are_one_matrix():
    for tied in (True, False):
        model = Transformer(TransformerConfig(**SIZES, tied=tied))
        assert (model.to_logits.weight is model.tgt_embedding.words.weight) == tied


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"num_heads": 5}, "d_model must be a multiple of num_heads, got 12 and 5"),
        ({"num_layers": 0}, "num_layers must be at least 1, got 0"),
        ({"positions": "sine"}, "positions must be one of none, sinusoidal, .*, got 'sine'"),
        ({"activation": "tanh"}, "activation must be one of relu, gelu, silu, got 'tanh'"),
        ({"positions": "concatenated"}, "tied must be False with concatenated positions"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\), got 1.0"),
    ],
)
def test_bad_configurations_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        model_config("transformer", **{**SIZES, **choices})


def test_a_source_longer_than_a_learned_table_is_refused():
    model = Transformer(TransformerConfig(**SIZES, positions="learned", max_length=5))
    batch = collate(PAIRS)
    with pytest.raises(ValueError, match=r"positions must be below max_length 5, .*, got 7"):
        model.init_state(batch.src, batch.src_mask)
