"""The references of chapter 6 against loops and torch's own, and answers that are right in another way."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises.chapter_06 import (
    attentional_vector,
    concat_score,
    dot_scores,
    gaussian_window,
    general_score,
    input_feeding,
)
from s2s_course.exercises.engine.checker import diagnose

from ..float64 import in_float64, is_close
from ..lookup import draws_of

MODULES = (dot_scores, general_score, concat_score, attentional_vector, gaussian_window, input_feeding)
EXERCISES = {module.EXERCISE.id: module.EXERCISE for module in MODULES}


def pairs(queries, memory):
    """Every place (b, t, s) of the scores."""
    return itertools.product(range(len(queries)), range(queries.shape[1]), range(memory.shape[1]))


def test_ids_and_functions():
    assert sorted(EXERCISES) == [f"6.{number}" for number in range(1, 7)]
    assert all(len(exercise.misconceptions) >= 5 for exercise in EXERCISES.values())


def test_dot_scores_by_loops():
    for queries, memory in map(in_float64, draws_of("6.1")):
        scores = dot_scores.dot_scores(queries, memory)
        assert scores.shape == (*queries.shape[:2], memory.shape[1])
        for b, t, s in pairs(queries, memory):
            score = sum(z * h for z, h in zip(queries[b, t].tolist(), memory[b, s].tolist(), strict=True))
            assert math.isclose(scores[b, t, s].item(), score, abs_tol=1e-10)


def test_dot_scores_are_what_scaled_dot_product_attention_starts_from():
    for queries, memory in map(in_float64, draws_of("6.1")):
        theirs = F.scaled_dot_product_attention(queries, memory, memory, scale=1.0)
        assert is_close(dot_scores.dot_scores(queries, memory).softmax(dim=-1) @ memory, theirs)


def general_by_bilinear(queries, memory, W):
    T, S = queries.shape[1], memory.shape[1]
    left = queries.repeat_interleave(S, dim=1)
    return F.bilinear(left, memory.repeat(1, T, 1), W.unsqueeze(0)).reshape(-1, T, S)


def test_general_scores_equal_torch_s_bilinear_for_any_sizes():
    unequal = [torch.randn(2, 3, 5), torch.randn(2, 7, 2), torch.randn(5, 2)]
    for inputs in map(in_float64, [unequal, *draws_of("6.2")]):
        assert is_close(general_score.general_scores(*inputs), general_by_bilinear(*inputs))


def test_with_the_identity_the_general_score_is_the_dot_score():
    for queries, memory in draws_of("6.1"):
        W = torch.eye(queries.shape[-1])
        mine = general_score.general_scores(queries, memory, W)
        assert torch.allclose(mine, dot_scores.dot_scores(queries, memory), atol=1e-6)


def concat_by_loops(queries, memory, W, v):
    rows = [
        torch.stack([v @ torch.tanh(W @ torch.cat([z, h])) for h in words])
        for steps, words in zip(queries, memory, strict=True)
        for z in steps
    ]
    return torch.stack(rows).reshape(*queries.shape[:2], memory.shape[1])


def test_concat_scores_by_loops():
    for inputs in map(in_float64, draws_of("6.3")):
        assert is_close(concat_score.concat_scores(*inputs), concat_by_loops(*inputs))


def test_the_draws_of_concat_scores_have_both_kinds_of_sizes():
    same = {queries.shape[-1] == memory.shape[-1] for queries, memory, *_ in draws_of("6.3")}
    assert same == {False, True}


def test_attentional_vector_number_by_number():
    for context, queries, W_c in map(in_float64, draws_of("6.4")):
        vectors = attentional_vector.attentional_vector(context, queries, W_c)
        assert vectors.shape == context.shape
        for b, t in itertools.product(range(len(context)), range(context.shape[1])):
            joined = [*context[b, t].tolist(), *queries[b, t].tolist()]
            theirs = [math.tanh(sum(w * x for w, x in zip(row, joined, strict=True))) for row in W_c.tolist()]
            assert vectors[b, t].tolist() == pytest.approx(theirs, abs=1e-10)


def window_by_loops(scores, centers, half_width, src_mask):
    """Luong's weights, then divided by their sum: the same as the logarithm added before the softmax."""
    rows = []
    for row, center, real in zip(scores.tolist(), centers.tolist(), src_mask.tolist(), strict=True):
        sigma = half_width / 2
        shares = [
            math.exp(score) * math.exp(-((s - center) ** 2) / (2 * sigma**2))
            if real[s] and abs(s - center) <= half_width
            else 0.0
            for s, score in enumerate(row)
        ]
        rows.append([share / sum(shares) for share in shares])
    return torch.tensor(rows, dtype=scores.dtype)


def test_gaussian_window_by_loops():
    for inputs in map(in_float64, draws_of("6.6")):
        mine = gaussian_window.gaussian_window(*inputs)
        theirs = window_by_loops(*inputs)
        assert is_close(mine, theirs) and torch.equal(mine == 0, theirs == 0)
        assert is_close(mine.sum(dim=1), torch.ones(len(mine), dtype=torch.float64))


def test_the_draws_of_the_window_hold_what_is_hard():
    draws = draws_of("6.6")
    assert {half_width for _, _, half_width, _ in draws} == {1, 2, 3, 6}, "sigma squared is not always sigma"
    at_the_border = into_padding = cut_off_at_the_start = 0
    for scores, centers, half_width, src_mask in draws:
        distance = (torch.arange(scores.shape[1]) - centers.unsqueeze(1)).abs()
        at_the_border += (distance == half_width).any()
        into_padding += ((distance <= half_width) & ~src_mask).any()
        cut_off_at_the_start += (centers < half_width).any()
        assert ((distance <= half_width) & src_mask).any(dim=1).all(), "never a window without a word"
    assert min(at_the_border, into_padding, cut_off_at_the_start) >= 10
    assert not all((centers == centers.round()).all() for _, centers, *_ in draws)


def test_the_gradient_says_where_to_look():
    """A higher weight of the word at 4 is reached by moving the center toward it."""
    centers = torch.tensor([3.3, 4.6], requires_grad=True)
    weights = gaussian_window.gaussian_window(torch.zeros(2, 9), centers, 2, torch.ones(2, 9).bool())
    [gradient] = torch.autograd.grad(weights[:, 4].sum(), centers)
    assert gradient[0] > 0.01 and gradient[1] < -0.01


def decode_with_input_feeding(embeddings, D):
    """A decoder run step by step: what it read and the vectors that it made."""
    torch.manual_seed(0)
    B, T, E = embeddings.shape
    cell, memory = torch.nn.GRUCell(E + D, D), torch.randn(B, 6, D)
    state, vector = torch.randn(B, D), torch.zeros(B, D)
    inputs, vectors = [], []
    for t in range(T):
        inputs.append(torch.cat([embeddings[:, t], vector], dim=1))
        state = cell(inputs[-1], state)
        weights = (memory @ state.unsqueeze(2)).softmax(dim=1)
        vector = torch.tanh((weights * memory).sum(dim=1) + state)
        vectors.append(vector)
    return torch.stack(inputs, dim=1), torch.stack(vectors, dim=1)


@pytest.mark.parametrize("T", [1, 2, 7])
def test_input_feeding_is_what_a_decoder_reads(T):
    embeddings = torch.randn(3, T, 5)
    inputs, vectors = decode_with_input_feeding(embeddings, D=4)
    assert torch.equal(input_feeding.input_feeding(embeddings, vectors), inputs)


def dot_by_einsum(queries, memory):
    return torch.einsum("b t d, b s d -> b t s", queries, memory)


def dot_step_by_step(queries, memory):
    return torch.stack([(memory * query.unsqueeze(1)).sum(dim=2) for query in queries.unbind(1)], dim=1)


def general_from_the_query(queries, memory, W):
    return (queries @ W).bmm(memory.mT)


def concat_in_one_tensor(queries, memory, W, v):
    T, S = queries.shape[1], memory.shape[1]
    joined = torch.cat([queries[:, :, None].repeat(1, 1, S, 1), memory[:, None].repeat(1, T, 1, 1)], dim=-1)
    return torch.tanh(F.linear(joined, W)) @ v


def attentional_by_halves(context, queries, W_c):
    D = context.shape[-1]
    return torch.tanh(F.linear(queries, W_c[:, D:]) + F.linear(context, W_c[:, :D]))


def luong_s_weights_normalized_again(scores, centers, half_width, src_mask):
    """Equation 10, then divided by the sum."""
    distance = torch.arange(scores.shape[1]) - centers[:, None]
    inside = (distance.abs() <= half_width) & src_mask
    weights = scores.masked_fill(~inside, float("-inf")).softmax(dim=1)
    weights = weights * torch.exp(-(distance**2) / (2 * (half_width / 2) ** 2))
    return weights / weights.sum(dim=1, keepdim=True)


def window_by_a_distribution(scores, centers, half_width, src_mask):
    """With the constant of the normal density, which the softmax cancels."""
    positions = torch.arange(scores.shape[1], dtype=scores.dtype)
    density = torch.distributions.Normal(centers.unsqueeze(1), half_width / 2).log_prob(positions)
    reach = (positions >= centers[:, None] - half_width) & (positions <= centers[:, None] + half_width)
    return torch.where(reach & src_mask, scores + density, -torch.inf).softmax(dim=1)


def feeding_by_pad(embeddings, attentional):
    return torch.cat([embeddings, F.pad(attentional, (0, 0, 1, -1))], dim=2)


def feeding_by_roll(embeddings, attentional):
    before = attentional.roll(1, dims=1)
    before[:, 0] = 0
    return torch.cat([embeddings, before], dim=2)


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("6.1", dot_by_einsum),
        ("6.1", dot_step_by_step),
        ("6.2", general_by_bilinear),
        ("6.2", general_from_the_query),
        ("6.3", concat_by_loops),
        ("6.3", concat_in_one_tensor),
        ("6.4", attentional_by_halves),
        ("6.6", luong_s_weights_normalized_again),
        ("6.6", window_by_a_distribution),
        ("6.5", feeding_by_pad),
        ("6.5", feeding_by_roll),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(exercise_id, answer):
    for seed in range(3):
        assert diagnose(EXERCISES[exercise_id], answer, seed=seed).passed
