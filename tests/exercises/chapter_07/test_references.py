"""The references of chapter 7 against loops and torch's own, and answers that are right in another way."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from s2s_course import masks
from s2s_course.exercises.chapter_07 import (
    attention_cost,
    causal_mask,
    joint_mask,
    merge_heads,
    multi_head,
    scaled_dot_product,
)
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.layers.multihead import MultiHeadAttention

from ..float64 import in_float64, is_close
from ..lookup import draws_of

MODULES = (scaled_dot_product, causal_mask, joint_mask, merge_heads, multi_head, attention_cost)
EXERCISES = {module.EXERCISE.id: module.EXERCISE for module in MODULES}


def test_ids_and_functions():
    assert list(EXERCISES) == [f"7.{number}" for number in range(1, 7)]
    assert all(len(exercise.misconceptions) >= 5 for exercise in EXERCISES.values())


def test_attention_equals_torch():
    for inputs in map(in_float64, draws_of("7.1")):
        assert is_close(scaled_dot_product.attention(*inputs), F.scaled_dot_product_attention(*inputs))


def attention_by_loops(query, key, value):
    rows = []
    for b, t in itertools.product(range(len(query)), range(query.shape[1])):
        scores = [float(query[b, t] @ k) / math.sqrt(query.shape[2]) for k in key[b]]
        total = sum(map(math.exp, scores))
        rows.append(sum(math.exp(score) / total * v for score, v in zip(scores, value[b], strict=True)))
    return torch.stack(rows).reshape(query.shape)


def test_attention_by_loops():
    for inputs in map(in_float64, draws_of("7.1")):
        assert is_close(scaled_dot_product.attention(*inputs), attention_by_loops(*inputs))


def test_causal_mask_is_that_of_the_course_and_of_the_definition():
    for (tgt_in,) in draws_of("7.2"):
        T = tgt_in.shape[1]
        mask = causal_mask.causal_mask(tgt_in)
        assert mask.dtype == torch.bool and torch.equal(mask, masks.causal_mask(T))
        assert mask.tolist() == [[u <= t for u in range(T)] for t in range(T)]


def test_joint_mask_by_its_definition():
    for (tgt_mask,) in draws_of("7.3"):
        B, T = tgt_mask.shape
        mask = joint_mask.joint_mask(tgt_mask)
        assert mask.dtype == torch.bool and mask.shape == (B, 1, T, T)
        for b, t, u in itertools.product(range(B), range(T), range(T)):
            assert mask[b, 0, t, u].item() == (u <= t and tgt_mask[b, u].item())
        assert mask.any(dim=-1).all(), "no softmax over nothing"


def test_joint_mask_fits_torch_and_nothing_hidden_matters():
    for (tgt_mask,) in draws_of("7.3"):
        B, T = tgt_mask.shape
        query, key, value = torch.randn(3, B, 2, T, 4, generator=torch.Generator().manual_seed(0)).double()
        mask = joint_mask.joint_mask(tgt_mask)
        before = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        hidden = ~tgt_mask[:, None, :, None]
        other = [vectors.masked_fill(hidden, 9.0) for vectors in (key, value)]
        assert is_close(before, F.scaled_dot_product_attention(query, *other, attn_mask=mask))
        key[:, :, -1], value[:, :, -1] = 7.0, 7.0
        after = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        assert is_close(before[:, :, :-1], after[:, :, :-1])


def test_the_draws_of_joint_mask_hold_what_is_hard():
    draws = [tgt_mask for (tgt_mask,) in draws_of("7.3")]
    assert all(tgt_mask[:, 0].all() and not tgt_mask.all() for tgt_mask in draws)
    at_the_end = [bool((tgt_mask[:, :-1] >= tgt_mask[:, 1:]).all()) for tgt_mask in draws]
    assert 10 <= sum(at_the_end) <= len(draws) - 10, "some have gaps, some have not"
    assert any(len(tgt_mask) == 1 for tgt_mask in draws)
    assert any(len(tgt_mask) == tgt_mask.shape[1] for tgt_mask in draws)


def test_merge_heads_token_by_token():
    for (heads,) in draws_of("7.4"):
        merged = merge_heads.merge_heads(heads)
        B, H, T, d = heads.shape
        assert merged.shape == (B, T, H * d)
        for b, t in itertools.product(range(B), range(T)):
            assert merged[b, t].tolist() == [x for h in range(H) for x in heads[b, h, t].tolist()]


def test_merging_undoes_the_split_of_the_course():
    layer = MultiHeadAttention(d_model=15, num_heads=5)
    vectors = torch.randn(2, 7, 15)
    assert torch.equal(merge_heads.merge_heads(layer.split(vectors)), vectors)


def test_the_bug_is_as_the_goal_tells():
    """Right with one head or one token; else a token gets later ones."""
    for shape in ((3, 1, 5, 2), (3, 5, 1, 2)):
        heads = torch.randn(shape)
        assert torch.equal(merge_heads.mixed_tokens(heads), merge_heads.merge_heads(heads))
    heads = torch.zeros(1, 2, 4, 3)
    heads[:, :, 1:] = 1.0
    assert merge_heads.merge_heads(heads)[0, 0].tolist() == [0.0] * 6
    assert merge_heads.mixed_tokens(heads)[0, 0].tolist() == [0.0] * 3 + [1.0] * 3


def by_torch_s_module(vectors, W_q, W_k, W_v, W_o, num_heads):
    D = vectors.shape[2]
    module = nn.MultiheadAttention(D, num_heads, bias=False, batch_first=True, dtype=vectors.dtype)
    weights = {"in_proj_weight": torch.cat([W_q, W_k, W_v]), "out_proj.weight": W_o}
    kwargs = {"need_weights": False}
    return torch.func.functional_call(module, weights, (vectors, vectors, vectors), kwargs)[0]


def test_multi_head_equals_torch():
    for inputs in map(in_float64, draws_of("7.5")):
        assert is_close(multi_head.multi_head(*inputs), by_torch_s_module(*inputs))


def head_by_head(vectors, W_q, W_k, W_v, W_o, num_heads):
    """Each head with its own rows of the matrices, and exercise 7.1 on them."""
    heads = [
        scaled_dot_product.attention(*(vectors @ W.chunk(num_heads)[h].T for W in (W_q, W_k, W_v)))
        for h in range(num_heads)
    ]
    return torch.cat(heads, dim=2) @ W_o.T


def test_multi_head_head_by_head():
    for inputs in map(in_float64, draws_of("7.5")):
        assert is_close(multi_head.multi_head(*inputs), head_by_head(*inputs))


def test_the_draws_of_multi_head_have_some_sharp_weights():
    sharpest = 0.0
    for vectors, W_q, W_k, _, _, num_heads in draws_of("7.5"):
        queries, keys = ((vectors @ W.T).unflatten(2, (num_heads, -1)).transpose(1, 2) for W in (W_q, W_k))
        weights = (queries @ keys.mT / queries.shape[-1] ** 0.5).softmax(dim=-1)
        sharpest = max(sharpest, weights.max().item())
    assert sharpest > 0.9


def multiplications_by_torch(length, d_model, num_heads):
    """A flop of torch's counter is a multiplication or an addition."""
    with torch.device("meta"):
        layer = MultiHeadAttention(d_model=d_model, num_heads=num_heads)
        vectors = torch.zeros(1, length, d_model)
    with FlopCounterMode(display=False) as counter:
        layer(vectors, vectors, need_weights=True)
    return torch.tensor(counter.get_total_flops() // 2)


def test_attention_cost_is_what_torch_counts():
    for sizes in draws_of("7.6")[::11]:
        assert torch.equal(attention_cost.attention_cost(*sizes), multiplications_by_torch(*sizes))


def test_the_number_of_heads_costs_nothing():
    costs = [attention_cost.attention_cost(17, 24, num_heads).item() for num_heads in (1, 2, 3, 8, 24)]
    assert len(set(costs)) == 1
    message = EXERCISES["7.6"].misconceptions[0].message
    assert "H cancels" in message


def attention_by_einsum(query, key, value):
    weights = torch.einsum("btd,bsd->bts", query * query.size(-1) ** -0.5, key).softmax(-1)
    return torch.einsum("bts,bsd->btd", weights, value)


def attention_with_roots_of_the_root(query, key, value):
    quarter = query.shape[-1] ** 0.25
    return F.softmax(torch.bmm(query / quarter, (key / quarter).mT), dim=-1).bmm(value)


def causal_by_comparison(tgt_in):
    positions = torch.arange(tgt_in.size(1))
    return positions[None, :] <= positions[:, None]


def causal_by_negation(tgt_in):
    T = tgt_in.shape[-1]
    return ~torch.triu(torch.ones(T, T), diagonal=1).bool()


def causal_from_torch(tgt_in):
    return nn.Transformer.generate_square_subsequent_mask(tgt_in.shape[1]) == 0


def joint_by_product(tgt_mask):
    B, T = tgt_mask.shape
    return (tgt_mask.view(B, 1, 1, T).int() * torch.tril(torch.ones(T, T)).int()) > 0


def joint_by_forbidding(tgt_mask):
    T = tgt_mask.shape[1]
    future = torch.ones(1, 1, T, T, dtype=torch.bool).triu(1)
    return ~(future | ~tgt_mask.unsqueeze(1).unsqueeze(2))


def merged_by_cat(heads):
    return torch.cat(heads.unbind(dim=1), dim=-1)


def merged_by_permute(heads):
    B, H, T, d = heads.shape
    return heads.permute(0, 2, 1, 3).contiguous().view(B, T, H * d)


def cost_of_the_paper(length, d_model, num_heads):
    return torch.tensor(2 * length * d_model * (2 * d_model + length))


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("7.1", attention_by_einsum),
        ("7.1", attention_with_roots_of_the_root),
        ("7.1", F.scaled_dot_product_attention),
        ("7.2", causal_by_comparison),
        ("7.2", causal_by_negation),
        ("7.2", causal_from_torch),
        ("7.3", joint_by_product),
        ("7.3", joint_by_forbidding),
        ("7.4", merged_by_cat),
        ("7.4", merged_by_permute),
        ("7.5", by_torch_s_module),
        ("7.5", head_by_head),
        ("7.6", cost_of_the_paper),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(exercise_id, answer):
    for seed in range(3):
        result = diagnose(EXERCISES[exercise_id], answer, seed=seed)
        assert result.passed, result
