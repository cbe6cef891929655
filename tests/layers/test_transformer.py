"""Encoder and decoder layers against torch's own, in float64, with masks of all kinds and gradients."""

import pytest
import torch
from torch import nn

from s2s_course.layers.cache import KeyValueCache
from s2s_course.layers.multihead import MultiHeadAttention
from s2s_course.layers.positions import POSITIONS
from s2s_course.layers.transformer import DecoderLayer, EncoderLayer, FeedForward, LayerSizes, Residual
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


def dropped_sizes(norm_first=True):
    return LayerSizes(d_model=4, num_heads=2, d_ff=400, dropout=0.25, norm_first=norm_first)


def test_dropout_inside_the_feed_forward_part_falls_on_its_wide_vectors():
    torch.manual_seed(0)
    part = FeedForward(dropped_sizes())
    with torch.no_grad():
        part.widen.weight.zero_(), part.widen.bias.fill_(1.0)
        part.narrow.weight.fill_(1 / 400), part.narrow.bias.zero_()
    vectors = torch.zeros(500, 1, 4)
    outputs = part(vectors)  # the share of 400 units that is left, scaled up
    assert torch.allclose(outputs * 300, (outputs * 300).round(), atol=1e-3)
    assert outputs.mean().item() == pytest.approx(1, abs=0.01)
    assert outputs[:, 0, 0].std().item() == pytest.approx((0.25 * 0.75 / 400) ** 0.5 / 0.75, rel=0.2)
    assert torch.allclose(part.eval()(vectors), torch.ones_like(vectors))


def test_dropout_in_a_residual_falls_on_the_change_alone():
    torch.manual_seed(0)
    around = Residual(dropped_sizes())
    vectors, change = torch.full((100, 10, 4), 5.0), torch.ones(100, 10, 4)
    total = around.after(vectors, change)
    gone = total == 5
    assert gone.float().mean().item() == pytest.approx(0.25, abs=0.03)
    assert torch.allclose(total[~gone], torch.tensor(5 + 1 / 0.75))
    assert torch.equal(around.eval().after(vectors, change), torch.full_like(vectors, 6.0))


def test_where_the_norm_stands():
    torch.manual_seed(0)
    vectors, change = torch.randn(3, 2, 4), torch.randn(3, 2, 4)
    before, after = (Residual(dropped_sizes(norm_first)).eval() for norm_first in (True, False))
    normed = torch.nn.functional.layer_norm
    assert torch.equal(before.before(vectors), normed(vectors, (4,)))
    assert torch.equal(before.after(vectors, change), vectors + change)
    assert torch.equal(after.before(vectors), vectors)
    assert torch.equal(after.after(vectors, change), normed(vectors + change, (4,)))


@pytest.mark.parametrize("kind", [EncoderLayer, DecoderLayer])
def test_the_dropout_of_each_part_of_a_layer_is_the_one_configured(kind):
    layer = kind(dropped_sizes())
    shares = [part.p for part in layer.modules() if isinstance(part, nn.Dropout)]
    attentions = [part.dropout for part in layer.modules() if isinstance(part, MultiHeadAttention)]
    assert shares == [0.25] * (3 if kind is EncoderLayer else 4)
    assert attentions == [0.25] * (1 if kind is EncoderLayer else 2)
