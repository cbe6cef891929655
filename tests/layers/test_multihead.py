"""Multi-head attention against torch's own, in float64."""

import pytest
import torch
from torch import nn

from s2s_course.layers.multihead import MultiHeadAttention, attention

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


def run(module, query, memory, mask, need_weights):
    heads = (module.split(part) for part in (module.query(query), module.key(memory), module.value(memory)))
    return module.attend(*heads, mask, need_weights=need_weights)


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
    output, weights = run(mine, query, memory, mask, need_weights)
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
    heads = [mine.split(part) for part in (mine.query(query), mine.key(memory), mine.value(memory))]
    readable, weights = mine.attend(*heads, PADDING[:, None, None], bias, need_weights=True)
    fast, none = mine.attend(*heads, PADDING[:, None, None], bias)
    assert none is None
    assert torch.allclose(readable, fast, atol=1e-10, rtol=0)
    scores = heads[0] @ heads[1].transpose(2, 3) / 2 + bias  # the root of 4 numbers in a head
    by_hand = scores.masked_fill(~PADDING[:, None, None], -torch.inf).softmax(dim=-1)
    assert torch.allclose(weights, by_hand, atol=1e-12)
    only_bias, _ = mine.attend(*heads, None, bias)
    assert torch.allclose(only_bias, mine.attend(*heads, None, bias, need_weights=True)[0], atol=1e-10)


def test_a_query_that_may_attend_to_nothing_is_refused():
    query = torch.randn(1, 1, 2, 4)
    with pytest.raises(ValueError, match="mask must be True for at least one key of each query, got 1 rows"):
        attention(query, query, query, torch.tensor([[True, False], [False, False]]))


@pytest.mark.parametrize("num_heads", [0, 5])
def test_heads_must_divide_the_size(num_heads):
    with pytest.raises(ValueError, match=f"d_model must be a multiple of num_heads, got 12 and {num_heads}"):
        MultiHeadAttention(d_model=12, num_heads=num_heads)
