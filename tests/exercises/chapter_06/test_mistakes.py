"""Mistakes of chapter 6 as a learner may write them: other code than ours, the same name for the mistake."""

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises.engine.checker import diagnose

from .test_references import EXERCISES, dot_by_einsum, luong_s_weights_normalized_again


def memory_on_the_left(queries, memory):
    return torch.bmm(memory, queries.permute(0, 2, 1))


def as_in_the_transformer(queries, memory):
    return torch.matmul(queries / queries.size(-1) ** 0.5, memory.mT)


def cosine_similarity(queries, memory):
    return F.cosine_similarity(queries[:, :, None], memory[:, None], dim=-1)


def a_letter_for_each_batch(queries, memory):
    return torch.einsum("atd, bsd -> ats", queries, memory)


def a_letter_summed(queries, memory):
    return torch.einsum("btd, bsd -> btd", queries, memory)


def with_softmax(queries, memory):
    return F.softmax(dot_by_einsum(queries, memory), dim=2)


def like_a_linear_layer(queries, memory, W):
    return torch.einsum("btd, bsd -> bts", F.linear(queries, W), memory)


def linear_of_both(queries, memory, W):
    return F.linear(queries, W) @ F.linear(memory, W).mT


def one_letter_for_two_axes(queries, memory, W):
    return torch.einsum("btd, dd, bsd -> bts", queries, W, memory)


def squashed_general(queries, memory, W):
    return queries @ torch.tanh(F.linear(memory, W)).mT


def joined_in_the_wrong_order(queries, memory, W, v):
    D, M = queries.shape[-1], memory.shape[-1]
    return torch.tanh((queries @ W[:, -D:].T)[:, :, None] + (memory @ W[:, :M].T)[:, None]) @ v


def linear_in_disguise(queries, memory, W, v):
    D = queries.shape[-1]
    return (queries @ (v @ W[:, :D]))[:, :, None] + (memory @ (v @ W[:, D:]))[:, None]


def all_pairs_by_repeat(queries, memory, W, v):
    B, T, S = *queries.shape[:2], memory.shape[1]
    joined = torch.cat([queries.repeat(1, S, 1), memory.repeat_interleave(T, dim=1)], dim=-1)
    return (torch.tanh(joined @ W.T) @ v).view(B, T, S)


def squashed_twice(queries, memory, W, v):
    D = queries.shape[-1]
    return ((queries @ W[:, :D].T).tanh()[:, :, None] + (memory @ W[:, D:].T).tanh()[:, None]) @ v


def state_then_context(context, queries, W_c):
    return torch.tanh(F.linear(torch.cat((queries, context), -1), W_c))


def sum_of_the_two(context, queries, W_c):
    return torch.tanh((context + queries) @ W_c[:, : context.shape[-1]].T)


def forgotten_attention(context, queries, W_c):
    return torch.tanh(F.linear(torch.cat([torch.zeros_like(context), queries], -1), W_c))


def as_a_column(context, queries, W_c):
    joined = torch.cat([context, queries], -1)
    return torch.tanh(joined @ W_c.view(-1, context.shape[-1]))


def equation_10(scores, centers, half_width, src_mask):
    distance = torch.arange(scores.shape[1]) - centers[:, None]
    inside = (distance.abs() <= half_width) & src_mask
    weights = scores.masked_fill(~inside, float("-inf")).softmax(dim=1)
    return weights * torch.exp(-(distance**2) / (2 * (half_width / 2) ** 2))


def whole_numbers(scores, centers, half_width, src_mask):
    return luong_s_weights_normalized_again(scores, centers.long(), half_width, src_mask)


def range_from_one(scores, centers, half_width, src_mask):
    distance = torch.arange(1, scores.shape[1] + 1) - centers[:, None]
    scores = scores - distance**2 / (half_width**2 / 2)
    return torch.where((distance.abs() <= half_width) & src_mask, scores, -torch.inf).softmax(dim=1)


def soft_window(scores, centers, half_width, src_mask):
    distance = torch.arange(scores.shape[1]) - centers[:, None]
    return torch.where(src_mask, scores - 2 * (distance / half_width) ** 2, -torch.inf).softmax(dim=1)


def vectors_of_the_same_step(embeddings, attentional):
    return torch.cat([embeddings, attentional], dim=-1)


def rolled(embeddings, attentional):
    return torch.cat([embeddings, torch.roll(attentional, shifts=1, dims=1)], dim=-1)


def rolled_without_dims(embeddings, attentional):
    return torch.cat([embeddings, torch.roll(attentional, 1)], dim=-1)


def from_the_future(embeddings, attentional):
    return torch.cat([embeddings, F.pad(attentional[:, 1:], (0, 0, 0, 1))], dim=-1)


def written_into_zeros(embeddings, attentional):
    before = torch.zeros_like(attentional)
    before[:, 1:] = attentional[:, :-1].data
    return torch.cat([embeddings, before], dim=-1)


@pytest.mark.parametrize(
    "exercise_id, answer, name",
    [
        ("6.1", memory_on_the_left, "transposed"),
        ("6.1", as_in_the_transformer, "scaled"),
        ("6.1", cosine_similarity, "cosine"),
        ("6.1", a_letter_for_each_batch, "sentences mixed up"),
        ("6.1", a_letter_summed, "summed over the wrong axis"),
        ("6.1", with_softmax, "weights instead of scores"),
        ("6.2", like_a_linear_layer, "W transposed"),
        ("6.2", linear_of_both, "W applied to both states"),
        ("6.2", one_letter_for_two_axes, "only the diagonal of W"),
        ("6.2", squashed_general, "tanh added"),
        ("6.3", joined_in_the_wrong_order, "encoder state first"),
        ("6.3", linear_in_disguise, "no tanh"),
        ("6.3", all_pairs_by_repeat, "pairs mixed up"),
        ("6.3", squashed_twice, "tanh of each part"),
        ("6.4", state_then_context, "decoder state first"),
        ("6.4", sum_of_the_two, "added instead of joined"),
        ("6.4", forgotten_attention, "decoder state only"),
        ("6.4", as_a_column, "W_c reshaped instead of transposed"),
        ("6.6", equation_10, "multiplied after the softmax"),
        ("6.6", whole_numbers, "center rounded"),
        ("6.6", range_from_one, "positions counted from 1"),
        ("6.6", soft_window, "window missing"),
        ("6.5", vectors_of_the_same_step, "not shifted"),
        ("6.5", rolled, "shifted in a circle"),
        ("6.5", rolled_without_dims, "shifted along another axis"),
        ("6.5", from_the_future, "shifted the wrong way"),
        ("6.5", written_into_zeros, "detached"),
    ],
)
def test_a_mistake_written_in_another_way_is_named(exercise_id, answer, name):
    assert diagnose(EXERCISES[exercise_id], answer).misconception == name


def test_luong_s_own_equation_is_said_to_be_read_well():
    message = diagnose(EXERCISES["6.6"], equation_10).message
    assert "equation 10" in message and "your reading is good" in message


def test_what_no_tanh_and_tanh_of_each_part_are_told_is_so():
    """Without a common tanh the decoder state cancels in the softmax."""
    queries, memory, v = torch.randn(1, 3, 2), torch.randn(1, 5, 4), torch.randn(7)
    W = torch.randn(7, 6)
    for answer in (linear_in_disguise, squashed_twice):
        weights = answer(queries, memory, W, v).softmax(dim=-1)
        assert torch.allclose(weights, weights[:, :1].expand_as(weights), atol=1e-6)
        told = diagnose(EXERCISES["6.3"], answer).message
        assert "cancel" in told


def test_what_the_border_of_the_gaussian_is_told_to_be_is_so():
    [told] = [m.message for m in EXERCISES["6.6"].misconceptions if m.name == "sigma is D_w"]
    border = torch.tensor(3.0)
    for sigma in (3.0, 1.5):
        assert f"{torch.exp(-(border**2) / (2 * sigma**2)).item():.2f}" in told
