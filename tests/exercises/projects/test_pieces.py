"""The functions that projects have of their own: right, compared with torch, and their mistakes are named."""

import inspect

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises.engine.checker import diagnose
from s2s_course.exercises.projects import attend_with_mask, heads_with_cache, heads_with_mask

from ..float64 import in_float64

MODULES = (attend_with_mask, heads_with_mask, heads_with_cache)
PIECES = [module.EXERCISE for module in MODULES]
EACH = pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.id)
MISTAKES = [pytest.param(p, m, id=f"{p.id} {m.name}") for p in PIECES for m in p.misconceptions]


@EACH
def test_the_reference_passes_and_the_empty_cell_is_unattempted(piece):
    assert all(diagnose(piece, piece.reference, seed=seed).passed for seed in range(3))
    namespace = {"torch": torch}
    exec(piece.template, namespace)
    assert diagnose(piece, namespace[piece.function_name]).status == "unattempted"


@pytest.mark.parametrize("piece, misconception", MISTAKES)
def test_each_misconception_is_diagnosed_as_itself(piece, misconception):
    assert tuple(inspect.signature(misconception.wrong).parameters) == piece.arguments
    for seed in range(2):
        result = diagnose(piece, misconception.wrong, seed=seed)
        assert (result.status, result.misconception) == ("failed", misconception.name)


def drawn(module):
    for case, seed in module.EXERCISE.draws(3):
        yield in_float64(case.make(seed))


def test_attend_with_mask_equals_torch():
    for scores, memory, src_mask in drawn(attend_with_mask):
        context, weights = attend_with_mask.attend_with_mask(scores, memory, src_mask)
        bias = torch.where(src_mask[:, None], scores, -torch.inf)
        zeros = scores.new_zeros(*scores.shape[:2], 1), scores.new_zeros(*memory.shape[:2], 1)
        torch.testing.assert_close(context, F.scaled_dot_product_attention(*zeros, memory, attn_mask=bias))
        assert (weights.transpose(1, 2)[~src_mask] == 0).all()


def module_of(W_q, W_k, W_v, W_o, num_heads):
    """torch's own layer with these matrices."""
    module = torch.nn.MultiheadAttention(len(W_q), num_heads, bias=False, batch_first=True).double()
    with torch.no_grad():
        module.in_proj_weight.copy_(torch.cat([W_q, W_k, W_v]))
        module.out_proj.weight.copy_(W_o)
    return module


def test_heads_with_mask_equals_torch():
    for vectors, memory, *matrices, num_heads, mask in drawn(heads_with_mask):
        mine = heads_with_mask.heads_with_mask(vectors, memory, *matrices, num_heads, mask)
        hidden = ~mask.expand(-1, num_heads, -1, -1).flatten(0, 1)
        theirs, _ = module_of(*matrices, num_heads)(vectors, memory, memory, attn_mask=hidden)
        torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-10)


def test_steps_with_a_cache_equal_all_positions_at_once():
    generator = torch.Generator().manual_seed(0)
    B, T, D, num_heads = 2, 5, 6, 3
    words = torch.randn(B, T, D, generator=generator, dtype=torch.float64)
    matrices = torch.randn(4, D, D, generator=generator, dtype=torch.float64)
    causal = torch.ones(T, T, dtype=torch.bool).tril()
    module = module_of(*matrices, num_heads)
    at_once, _ = module(words, words, words, attn_mask=~causal)
    keys = values = words.new_zeros(B, num_heads, 0, D // num_heads)
    step = heads_with_cache.heads_with_cache
    for t in range(T):
        output, keys, values = step(words[:, t], keys, values, *matrices, num_heads)
        torch.testing.assert_close(output, at_once[:, t], rtol=1e-10, atol=1e-10)
