"""Encoder and decoder layers against torch's own, in float64, with masks of all kinds and gradients."""

import pytest
import torch
from torch import nn

from s2s_course.layers.cache import KeyValueCache
from s2s_course.layers.positions import POSITIONS
from s2s_course.layers.transformer import DecoderLayer, EncoderLayer, LayerSizes
from s2s_course.masks import causal_mask

from .test_multihead import copy_weights

B, T, S, D, H = 3, 5, 7, 12, 3
SRC_MASK = torch.arange(S) < torch.tensor([7, 2, 4])[:, None]
NORMS = pytest.mark.parametrize("norm_first", [False, True])


def no_positions():
    return POSITIONS["none"](d_model=D, num_heads=H, max_length=S)


def sizes(norm_first, activation="relu"):
    return LayerSizes(
        d_model=D, num_heads=H, d_ff=17, dropout=0.0, norm_first=norm_first, activation=activation
    )


def copy_linear(mine, theirs):
    with torch.no_grad():
        mine.weight.copy_(theirs.weight), mine.bias.copy_(theirs.bias)


def encoder_twins(norm_first, activation="relu"):
    torch.manual_seed(0)
    theirs = nn.TransformerEncoderLayer(
        D, H, 17, dropout=0.0, batch_first=True, norm_first=norm_first, activation=activation
    ).double()
    mine = EncoderLayer(sizes(norm_first, activation)).double()
    copy_weights(mine.self_attention, theirs.self_attn)
    for norm in (theirs.norm1, theirs.norm2):
        nn.init.normal_(norm.weight), nn.init.normal_(norm.bias)
    for one, other in (
        (mine.feed_forward.widen, theirs.linear1), (mine.feed_forward.narrow, theirs.linear2),
        (mine.around_attention.norm, theirs.norm1), (mine.around_feed_forward.norm, theirs.norm2),
    ):  # fmt: skip
        copy_linear(one, other)
    return mine, theirs


def decoder_twins(norm_first):
    torch.manual_seed(0)
    theirs = nn.TransformerDecoderLayer(
        D, H, 17, dropout=0.0, batch_first=True, norm_first=norm_first
    ).double()
    mine = DecoderLayer(sizes(norm_first)).double()
    copy_weights(mine.self_attention, theirs.self_attn)
    copy_weights(mine.cross_attention, theirs.multihead_attn)
    for norm in (theirs.norm1, theirs.norm2, theirs.norm3):
        nn.init.normal_(norm.weight), nn.init.normal_(norm.bias)
    for one, other in (
        (mine.feed_forward.widen, theirs.linear1), (mine.feed_forward.narrow, theirs.linear2),
        (mine.around_self.norm, theirs.norm1), (mine.around_cross.norm, theirs.norm2),
        (mine.around_feed_forward.norm, theirs.norm3),
    ):  # fmt: skip
        copy_linear(one, other)
    return mine, theirs


def close(a, b):
    return torch.allclose(a, b, atol=1e-10, rtol=0)


@NORMS
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("causal", [False, True])
def test_an_encoder_layer_equals_torchs_own(norm_first, activation, causal):
    mine, theirs = encoder_twins(norm_first, activation)
    vectors = torch.randn(B, S, D, dtype=torch.float64, requires_grad=True)
    mask = SRC_MASK[:, None, None]
    if causal:
        mask = mask & causal_mask(S)
    output, weights = mine(vectors, no_positions(), mask, need_weights=True)
    fast, _ = mine(vectors, no_positions(), mask)
    expected = theirs(vectors, src_key_padding_mask=~SRC_MASK, src_mask=~causal_mask(S) if causal else None)
    assert close(output[SRC_MASK], expected[SRC_MASK]) and close(fast[SRC_MASK], expected[SRC_MASK])
    assert weights.shape == (B, H, S, S)
    gradients = (torch.autograd.grad(x[SRC_MASK].sin().sum(), vectors)[0] for x in (output, expected))
    assert close(*gradients)


@NORMS
def test_a_decoder_layer_equals_torchs_own(norm_first):
    mine, theirs = decoder_twins(norm_first)
    vectors = torch.randn(B, T, D, dtype=torch.float64, requires_grad=True)
    memory = torch.randn(B, S, D, dtype=torch.float64, requires_grad=True)
    output, _, _ = mine(vectors, no_positions(), memory, SRC_MASK, causal_mask(T))
    expected = theirs(vectors, memory, tgt_mask=~causal_mask(T), memory_key_padding_mask=~SRC_MASK)
    assert close(output, expected)
    for a, b in zip(
        torch.autograd.grad(output.sin().sum(), (vectors, memory)),
        torch.autograd.grad(expected.sin().sum(), (vectors, memory)),
        strict=True,
    ):
        assert close(a, b)


@NORMS
@pytest.mark.parametrize("name", POSITIONS)
def test_one_position_at_a_time_gives_what_all_at_once_give(name, norm_first):
    torch.manual_seed(0)
    layer = DecoderLayer(sizes(norm_first)).double()
    positions = POSITIONS[name](d_model=D, num_heads=H, max_length=T).double()
    vectors, memory = torch.randn(B, T, D).double(), torch.randn(B, S, D).double()
    together, _, _ = layer(vectors, positions, memory, SRC_MASK, causal_mask(T))
    cache, memory_cache = KeyValueCache(), KeyValueCache()
    memory_cache.append(*layer.cross_attention.keys_values(memory))
    caches = {"cache": cache, "memory_cache": memory_cache}
    for t in range(T):
        alone, _, _ = layer(vectors[:, t : t + 1], positions, None, SRC_MASK, **caches)
        assert close(alone[:, 0], together[:, t])
