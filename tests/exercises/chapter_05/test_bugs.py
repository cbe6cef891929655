"""The bugs of chapter 5: their symptoms are those that are told, and the repaired steps equal torch's own."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from s2s_course.exercises.chapter_05 import bug_axis, bug_ignores_encoder, bug_padding
from s2s_course.exercises.engine.checker import diagnose

from ..float64 import in_float64, is_close
from ..lookup import draws_of
from .test_references import (
    joined_and_linear,
    maximum_subtracted_by_hand,
    random_step,
    softmax_of_each_row_cut,
    with_bmm,
)


def by_torch(scores, mask, values):
    """torch's own attention; with a query of zeros its scores are what the ``attn_mask`` adds."""
    scores = torch.where(mask, scores, -math.inf)
    zeros = scores.new_zeros
    return F.scaled_dot_product_attention(
        zeros(*scores.shape[:-1], 1), zeros(*values.shape[:-1], 1), values, attn_mask=scores
    )


@pytest.mark.parametrize(
    "inputs",
    [
        [*random_step(), torch.tensor([[True] * 5, [True] * 2 + [False] * 3])],
        *map(in_float64, draws_of(bug_ignores_encoder.EXERCISE.id)),
    ],
)
def test_attend_equals_torch_s_attention_with_additive_scores(inputs):
    query, memory, W, U, v, src_mask = inputs
    scores = joined_and_linear(query, memory, W, U, v).unsqueeze(1)
    mask, identity = src_mask.unsqueeze(1), torch.eye(memory.shape[1], dtype=memory.dtype)
    context, weights = bug_ignores_encoder.attend(*inputs)
    assert is_close(context, by_torch(scores, mask, memory).squeeze(1))
    assert is_close(weights, by_torch(scores, mask, identity.expand(len(memory), -1, -1)).squeeze(1))
    assert (weights[~src_mask] == 0).all()


def test_the_symptoms_of_the_blind_attention_are_those_that_the_goal_tells():
    generator = torch.Generator().manual_seed(1)
    for query, memory, *weights_and_mask in draws_of(bug_ignores_encoder.EXERCISE.id):
        if query.shape[1] != memory.shape[2]:
            continue
        src_mask = weights_and_mask[-1]
        context, weights = bug_ignores_encoder.blind_attend(query, memory, *weights_and_mask)
        assert torch.allclose(weights, src_mask / src_mask.sum(dim=1, keepdim=True))
        other = torch.randn(memory.shape, generator=generator)
        assert torch.equal(bug_ignores_encoder.blind_attend(query, other, *weights_and_mask)[0], context)
        assert torch.allclose(context, query, atol=1e-6)


def with_linear_layers(query, memory, W, U, v, src_mask):
    scores = joined_and_linear(query, memory, W, U, v)
    weights = maximum_subtracted_by_hand(scores, src_mask)
    return [with_bmm(weights, memory), weights]


def sentence_by_sentence(query, memory, W, U, v, src_mask):
    contexts, rows = [], []
    for z, states, real in zip(query, memory, src_mask, strict=True):
        weights = F.softmax(torch.tanh(W @ z + states[real] @ U.T) @ v, dim=0)
        contexts.append(weights @ states[real])
        rows.append(weights.new_zeros(len(real)).masked_scatter(real, weights))
    return torch.stack(contexts), torch.stack(rows)


def test_weights_of_all_steps_equal_torch_s_attention():
    generator = torch.Generator().manual_seed(2)
    oblong = torch.randn(2, 7, 5, generator=generator), torch.arange(5) < torch.tensor([[3], [5]])
    for inputs in [oblong, *draws_of(bug_padding.EXERCISE.id)]:
        scores, src_mask = in_float64(inputs)
        everywhere = torch.stack([src_mask] * scores.shape[1], dim=1)
        identity = torch.eye(scores.shape[2], dtype=scores.dtype).expand(len(scores), -1, -1)
        mine = bug_padding.weights_of_all_steps(scores, src_mask)
        assert is_close(mine, by_torch(scores, everywhere, identity))
        assert (mine[~everywhere] == 0).all()


def test_the_symptoms_of_the_leaking_weights_are_those_that_the_goal_tells():
    draws = [(s, m) for s, m in draws_of(bug_padding.EXERCISE.id) if s.shape[0] == s.shape[1] > 1]
    assert draws
    for scores, src_mask in draws:
        weights = bug_padding.leaking_weights(scores, src_mask)
        assert torch.allclose(weights.sum(dim=2), torch.ones(scores.shape[:2]))
        on_padding = (weights * ~src_mask.unsqueeze(1)).sum(dim=2)
        assert (on_padding > 0).any()
        real = src_mask.unsqueeze(1).expand_as(weights)
        assert (weights[real] == 0).any()
    with pytest.raises(RuntimeError, match="must match"):
        bug_padding.leaking_weights(torch.zeros(2, 3, 5), torch.ones(2, 5, dtype=torch.bool))


def with_expanded_mask(scores, src_mask):
    B, T, S = scores.shape
    return torch.where(src_mask[:, None].expand(B, T, S), scores, -math.inf).softmax(-1)


def step_by_step(scores, src_mask):
    return torch.stack([softmax_of_each_row_cut(row, src_mask) for row in scores.unbind(1)], dim=1)


def test_contexts_of_all_steps_equal_torch_s_attention_for_dot_products():
    generator = torch.Generator().manual_seed(5)
    queries = torch.randn(2, 5, 3, generator=generator, dtype=torch.float64)
    memory = torch.randn(2, 7, 3, generator=generator, dtype=torch.float64)
    contexts, weights = bug_axis.contexts_of_all_steps(torch.bmm(memory, queries.transpose(1, 2)), memory)
    assert is_close(contexts, F.scaled_dot_product_attention(queries, memory, memory, scale=1.0))
    assert weights.shape == (2, 5, 7)


def axis_by_numbers(scores, memory):
    B, S, T = scores.shape
    weights = torch.zeros(B, T, S, dtype=scores.dtype)
    for b, t in itertools.product(range(B), range(T)):
        exponentials = [math.exp(scores[b, s, t]) for s in range(S)]
        for s in range(S):
            weights[b, t, s] = exponentials[s] / sum(exponentials)
    return torch.stack([w @ m for w, m in zip(weights, memory, strict=True)]), weights


def test_contexts_of_all_steps_equal_the_sums_written_out():
    for inputs in map(in_float64, draws_of(bug_axis.EXERCISE.id)):
        for mine, theirs in zip(
            bug_axis.contexts_of_all_steps(*inputs), axis_by_numbers(*inputs), strict=True
        ):
            assert is_close(mine, theirs)


def test_the_symptoms_of_the_spread_contexts_are_those_that_the_goal_tells():
    single = 0
    for scores, memory in draws_of(bug_axis.EXERCISE.id):
        _, weights = bug_axis.spread_contexts(scores, memory)
        assert torch.allclose(weights.sum(dim=1), torch.ones(scores.shape[:2]))
        assert (weights.sum(dim=2) - 1).abs().max() > 0.1
        if scores.shape[2] == 1:
            single += 1
            assert (weights == 1).all()
    assert single


def transposed_first(scores, memory):
    weights = nn.Softmax(dim=-1)(scores.permute(0, 2, 1))
    return weights @ memory, weights


@pytest.mark.parametrize(
    "module, answer",
    [
        (bug_ignores_encoder, with_linear_layers),
        (bug_ignores_encoder, sentence_by_sentence),
        (bug_padding, with_expanded_mask),
        (bug_padding, step_by_step),
        (bug_axis, transposed_first),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(module, answer):
    result = diagnose(module.EXERCISE, answer)
    assert result.passed, repr(result)
