"""Multi-head attention against torch's own, in float64."""

import math

import pytest
import torch
from torch import nn

from s2s_course.layers.cache import KeyValueCache
from s2s_course.layers.multihead import MultiHeadAttention, attention, fast_attention
from s2s_course.layers.positions import Positions

B, T, S, D, H = 3, 5, 7, 12, 3
LENGTHS = torch.tensor([7, 2, 4])
PADDING = torch.arange(S) < LENGTHS[:, None]
CAUSAL = torch.ones(S, S, dtype=torch.bool).tril()


def twins():
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(D, H, batch_first=True).double()
    mine = MultiHeadAttention(d_model=D, num_heads=H).double()
    copy_weights(mine, theirs)
    return mine, theirs


def copy_weights(mine: MultiHeadAttention, theirs: nn.MultiheadAttention) -> None:
    """Torch keeps the three maps below one another in one matrix."""
    nn.init.normal_(theirs.in_proj_bias), nn.init.normal_(theirs.out_proj.bias)
    with torch.no_grad():
        weights, biases = theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3)
        for linear, weight, bias in zip((mine.query, mine.key, mine.value), weights, biases, strict=True):
            linear.weight.copy_(weight), linear.bias.copy_(bias)
        mine.out.weight.copy_(theirs.out_proj.weight), mine.out.bias.copy_(theirs.out_proj.bias)


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("kind", ["none", "padding", "causal", "both"])
def test_equals_torchs_own_with_all_gradients(kind, need_weights):
    mine, theirs = twins()
    length = T if kind in ("none", "padding") else S
    query = torch.randn(B, length, D, dtype=torch.float64, requires_grad=True)
    memory = torch.randn(B, S, D, dtype=torch.float64, requires_grad=True)
    padding = PADDING if kind in ("padding", "both") else torch.ones_like(PADDING)
    causal = CAUSAL if kind in ("causal", "both") else torch.ones(length, S, dtype=torch.bool)
    mask = padding[:, None, None] & causal
    output, weights = mine(query, memory, mask, need_weights=need_weights)
    expected, expected_weights = theirs(
        query, memory, memory, key_padding_mask=~padding, attn_mask=~causal, average_attn_weights=False
    )
    assert torch.allclose(output, expected, atol=1e-10, rtol=0)
    if need_weights:
        assert torch.allclose(weights, expected_weights, atol=1e-10, rtol=0)
    for a, b in zip(
        torch.autograd.grad(output.sin().sum(), (query, memory)),
        torch.autograd.grad(expected.sin().sum(), (query, memory)),
        strict=True,
    ):
        assert torch.allclose(a, b, atol=1e-10, rtol=0)


def test_a_bias_is_added_to_the_scores_in_both_ways():
    mine, _ = twins()
    query, memory = (torch.randn(B, length, D, dtype=torch.float64) for length in (T, S))
    bias = torch.randn(1, H, T, S, dtype=torch.float64)
    heads = (mine.queries(query), *mine.keys_values(memory))
    readable, weights = attention(*heads, PADDING[:, None, None], bias)
    fast = fast_attention(*heads, PADDING[:, None, None], bias)
    assert torch.allclose(readable, fast, atol=1e-10, rtol=0)
    scores = heads[0] @ heads[1].transpose(2, 3) / 2 + bias  # the root of 4 numbers in a head
    by_hand = scores.masked_fill(~PADDING[:, None, None], -torch.inf).softmax(dim=-1)
    assert torch.allclose(weights, by_hand, atol=1e-12)
    only_bias = fast_attention(*heads, None, bias)
    assert torch.allclose(only_bias, attention(*heads, None, bias)[0], atol=1e-10)


class Shifted(Positions):
    """A bias and a rotation that no other way has, both at once."""

    in_attention = True

    def bias(self, queries, keys):
        return torch.sin(queries[:, None] - 2.0 * keys[None, :]).expand(1, self.num_heads, -1, -1)

    def rotate(self, heads, first=0):
        return heads * (1 + torch.arange(first, first + heads.size(2))[:, None])


@pytest.mark.parametrize("need_weights", [False, True])
def test_positions_turn_queries_and_keys_and_add_a_bias_in_double_precision(need_weights):
    mine, _ = twins()
    positions, vectors = Shifted(d_model=D, num_heads=H, max_length=S), torch.randn(B, S, D).double()
    here = torch.arange(S)
    query, (key, value) = mine.queries(vectors), mine.keys_values(vectors)
    turned = positions.rotate(query), positions.rotate(key)
    heads, expected = attention(*turned, value, CAUSAL, positions.bias(here, here).double())
    output, weights = mine(vectors, vectors, CAUSAL, positions=positions, need_weights=need_weights)
    assert torch.allclose(output, mine.out(heads.transpose(1, 2).flatten(2)), atol=1e-10)
    assert torch.allclose(weights, expected, atol=1e-10) if need_weights else weights is None


@pytest.mark.parametrize("need_weights", [False, True])
def test_a_cache_stands_for_the_positions_before_and_for_a_memory(need_weights):
    mine, _ = twins()
    positions, vectors = Shifted(d_model=D, num_heads=H, max_length=S), torch.randn(B, S, D).double()
    together, _ = mine(vectors, vectors, CAUSAL, positions=positions)
    cache, options = KeyValueCache(), {"positions": positions, "need_weights": need_weights}
    for start, end in ((0, 2), (2, 3), (3, S)):  # several at a time see what came before and themselves
        part = vectors[:, start:end]
        output, _ = mine(part, part, CAUSAL[start:end, :end], cache, **options)
        assert torch.allclose(output, together[:, start:end], atol=1e-10)
        assert cache.length == end
    memory, query = KeyValueCache(), torch.randn(B, T, D).double()
    memory.append(*mine.keys_values(vectors))
    expected, _ = mine(query, vectors, PADDING[:, None, None])
    output, _ = mine(query, None, PADDING[:, None, None], memory, need_weights=need_weights)
    assert torch.allclose(output, expected, atol=1e-10)
    assert memory.length == S, "asking adds nothing"


def test_a_query_that_may_attend_to_nothing_is_loud_when_written_out():
    query = torch.randn(1, 1, 2, 4)
    found, weights = attention(query, query, query, torch.tensor([[True, False], [False, False]]))
    assert found[0, 0, 1].isnan().all() and weights[0, 0, 1].isnan().all()
    assert found[0, 0, 0].isfinite().all()


def test_dropout_falls_on_the_weights_in_training_alone():
    """With equal keys and values of one the output is the sum of the weights that are left, scaled up."""
    torch.manual_seed(0)
    layer = MultiHeadAttention(d_model=2, num_heads=2, dropout=0.25)
    with torch.no_grad():
        for linear in (layer.query, layer.key, layer.value):
            linear.weight.zero_()
        layer.value.bias.fill_(1.0)
        layer.out.weight.copy_(torch.eye(2))
    vectors = torch.zeros(1, 4000, 2)
    memory = torch.zeros(1, 5, 2)
    sums = layer(vectors, memory)[0].flatten()
    left = (sums * 5 * 0.75).round()  # how many of the five weights
    assert torch.allclose(sums, left / (5 * 0.75), atol=1e-6)
    chances = torch.tensor([math.comb(5, n) * 0.75**n * 0.25 ** (5 - n) for n in range(6)])
    shares = torch.bincount(left.long(), minlength=6) / len(left)
    assert torch.allclose(shares, chances, atol=0.03)
    assert torch.equal(layer.eval()(vectors, memory)[0], torch.ones_like(vectors))


def test_a_fresh_layer_has_the_bounds_of_torchs_own():
    """Xavier of the three maps in one matrix: the root of 6 / (D + 3 D)."""
    torch.manual_seed(0)
    layer = MultiHeadAttention(d_model=96, num_heads=3)
    for linear in (layer.query, layer.key, layer.value):
        assert linear.weight.abs().max().item() == pytest.approx(math.sqrt(6 / (4 * 96)), rel=1e-2)
        assert linear.weight.std().item() == pytest.approx(math.sqrt(6 / (4 * 96)) / 3**0.5, rel=2e-2)
    theirs = nn.MultiheadAttention(96, 3)
    for bound in (theirs.in_proj_weight.abs().max(), layer.query.weight.abs().max()):
        assert bound.item() == pytest.approx(math.sqrt(6 / (4 * 96)), rel=1e-2)
    assert all(not linear.bias.any() for linear in (layer.query, layer.key, layer.value, layer.out))


@pytest.mark.parametrize("num_heads", [0, 5])
def test_heads_must_divide_the_size(num_heads):
    with pytest.raises(ValueError, match=f"d_model must be a multiple of num_heads, got 12 and {num_heads}"):
        MultiHeadAttention(d_model=12, num_heads=num_heads)
