"""Half precision may round what goes in and what comes out, and nothing else: against the same in float64.

Weights and inputs are rounded first, so that both sides begin with the same numbers. Sequences are longer
than 256 positions, which is as far as bfloat16 can count.
"""

import copy

import pytest
import torch

from s2s_course.layers.attention import SCORES, WINDOWS, Attention
from s2s_course.layers.cells import CELLS
from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.layers.multihead import MultiHeadAttention, attention, fast_attention
from s2s_course.layers.positions import POSITIONS
from s2s_course.layers.precision import widened
from s2s_course.layers.recurrent import Recurrent
from s2s_course.layers.transformer import DecoderLayer, EncoderLayer, FeedForward, StackSizes
from s2s_course.masks import causal_mask
from s2s_course.models.registry import build_model, model_config

HALVES = [torch.bfloat16, torch.float16]
B, T, D, H = 2, 420, 16, 2


def is_rounded(low, exact, dtype, *, roundings):
    """Is ``low`` off by no more than so many roundings of the largest number in ``exact``?"""
    assert low.dtype == dtype and exact.dtype == torch.float64
    error = (low.double() - exact).abs().max().item()
    return error <= roundings * torch.finfo(dtype).eps * max(exact.abs().max().item(), 1e-3)


def twins(module, dtype):
    """The module in half precision, and one in float64 with the same numbers."""
    low = module.to(dtype).eval()
    return low, copy.deepcopy(low).double()


def inputs(dtype, *shape, seed=0):
    low = torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(dtype)
    return low, low.double()


@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("name", POSITIONS)
def test_positions(name, dtype):
    low, exact = twins(POSITIONS[name](d_model=D, num_heads=H, max_length=T), dtype)
    here = torch.arange(T)
    words = inputs(dtype, B, T, low.word_size)
    assert is_rounded(low.embed(words[0]), exact.embed(words[1]), dtype, roundings=2)
    heads = inputs(dtype, B, H, T, D // H)
    assert is_rounded(low.rotate(heads[0]), exact.rotate(heads[1]), dtype, roundings=2)
    if (bias := low.bias(here, here)) is not None:
        assert is_rounded(bias.to(dtype), exact.bias(here, here).double(), dtype, roundings=1)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_a_rotary_score_depends_on_the_distance_alone(dtype):
    rotary = POSITIONS["rotary"](d_model=64, num_heads=1, max_length=T)
    query, key = inputs(dtype, 1, 1, 1, 64)[0], inputs(dtype, 1, 1, 1, 64, seed=1)[0]

    def score(at):
        turned = (rotary.rotate(vector, at + k) for vector, k in ((query, 7), (key, 0)))
        return torch.mul(*(vector.double() for vector in turned)).sum().item()

    scores = [score(at) for at in range(0, 4_000, 190)]
    size = (query.double().norm() * key.double().norm()).item()
    assert max(scores) - min(scores) < 2 * torch.finfo(dtype).eps * size


@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("position", ["none", "alibi", "relative", "rotary"])
@pytest.mark.parametrize("need_weights", [False, True])
def test_multi_head_attention(position, need_weights, dtype):
    torch.manual_seed(0)
    ways = twins(POSITIONS[position](d_model=D, num_heads=H, max_length=T), dtype)
    layers, vectors = twins(MultiHeadAttention(d_model=D, num_heads=H), dtype), inputs(dtype, B, T, D)
    (low, _), (exact, _) = (
        layer(x, x, causal_mask(T), positions=way, need_weights=need_weights)
        for layer, x, way in zip(layers, vectors, ways, strict=True)
    )
    assert is_rounded(low, exact, dtype, roundings=8)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("attend", [attention, fast_attention])
def test_the_softmax_of_many_keys(attend, dtype):
    """3,000 equal weights: in half precision their sum would stop growing at 256."""
    value, exact_value = inputs(dtype, 1, 1, 3_000, D)
    query = value[:, :, :1]
    low = attend(query, torch.zeros_like(value), value)
    assert is_rounded((low[0] if attend is attention else low), exact_value.mean(2, True), dtype, roundings=8)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("score", SCORES)
def test_attention_of_a_recurrent_decoder(score, window, dtype):
    """The window of the 300th query lies where it should: at the same words as in float64."""
    torch.manual_seed(0)
    modules = twins(Attention(score, query_size=D, memory_size=D, window=window), dtype)
    found = []
    for module, query, memory in zip(modules, inputs(dtype, B, 3, D), inputs(dtype, B, T, D), strict=True):
        mask, position = torch.ones(B, T, dtype=torch.bool), torch.tensor([300, 399])
        found.append(module(query, module.score.keys(memory), memory, mask, position))
    (low, low_weights), (exact, exact_weights) = found
    edge = window == "local_p"  # its center is learned: a word at the edge of the window may be in or out
    if not edge:
        assert torch.equal(low_weights > 0, exact_weights.to(dtype) > 0)
    assert is_rounded(low, exact, dtype, roundings=40 if edge else 8)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("network", [Recurrent, FusedRecurrent])
@pytest.mark.parametrize("cell", CELLS)
def test_recurrent_networks(cell, network, dtype):
    torch.manual_seed(0)
    found = [
        module(vectors, torch.ones(B, 20, dtype=torch.bool))[0]
        for module, vectors in zip(
            twins(network(cell, input_size=D, hidden_size=D), dtype), inputs(dtype, B, 20, D), strict=True
        )
    ]
    assert is_rounded(*found, dtype, roundings=8)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("norm_first", [True, False])
def test_layers_of_the_transformer(norm_first, dtype):
    torch.manual_seed(0)
    sizes = StackSizes(d_model=D, num_heads=H, d_ff=2 * D, norm_first=norm_first, positions="rotary")
    ways = twins(POSITIONS["rotary"](d_model=D, num_heads=H, max_length=T), dtype)
    vectors, memory = inputs(dtype, B, T, D), inputs(dtype, B, 300, D, seed=1)
    src_mask, mask = torch.ones(B, 300, dtype=torch.bool), causal_mask(T)
    encoders, decoders = twins(EncoderLayer(sizes), dtype), twins(DecoderLayer(sizes), dtype)
    wide = [module(x) for module, x in zip(twins(FeedForward(sizes), dtype), vectors, strict=True)]
    assert is_rounded(*wide, dtype, roundings=6)
    both = [module(x, way, mask)[0] for module, x, way in zip(encoders, vectors, ways, strict=True)]
    assert is_rounded(*both, dtype, roundings=8)
    both = [
        module(x, way, read, src_mask, mask)[0]
        for module, x, way, read in zip(decoders, vectors, ways, memory, strict=True)
    ]
    assert is_rounded(*both, dtype, roundings=8)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("positions", POSITIONS)
def test_embedded_words(positions, dtype):
    torch.manual_seed(0)
    sizes = StackSizes(d_model=D, num_heads=H, positions=positions)
    tokens = torch.arange(T)[None] % 9
    low, exact = (module(tokens) for module in twins(PositionedEmbedding(9, sizes, norm=True), dtype))
    assert is_rounded(low, exact, dtype, roundings=6)


@pytest.mark.parametrize("name", ["gru", "bahdanau", "luong-location", "transformer"])
@pytest.mark.parametrize("need_weights", [False, True])
def test_a_model_in_bfloat16_writes_step_by_step_what_it_reads_at_once(name, need_weights):
    model = build_model(name, model_config(name, src_vocab_size=9, tgt_vocab_size=9), seed=0)
    model = model.to(torch.bfloat16).eval()
    src, tgt_in = torch.arange(12)[None] % 9, torch.tensor([[1, 4, 5, 6]])
    mask = torch.ones_like(src, dtype=torch.bool)
    with torch.inference_mode():
        together, state = model(src, tgt_in, mask)[0], model.init_state(src, mask, need_weights=need_weights)
        for t in range(4):
            logits, state = model.step(tgt_in[:, t], state)
            assert logits.dtype == torch.bfloat16
            assert torch.allclose(logits[0].float(), together[t].float(), atol=0.06)


def test_widened_is_float32_or_better():
    for dtype, wide in [(torch.bfloat16, torch.float32), (torch.float64, torch.float64)]:
        assert widened(torch.ones(1, dtype=dtype)).dtype == wide
    kept = torch.ones(3)
    assert widened(kept) is kept
