"""Mistakes of chapter 7 as a learner may write them: other code than ours, the same name for the mistake."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from s2s_course.exercises.chapter_07 import joint_mask
from s2s_course.exercises.engine.checker import diagnose

from ..lookup import message_of
from .test_references import EXERCISES


def as_luong(query, key, value):
    return F.scaled_dot_product_attention(query, key, value, scale=1.0)


def both_divided(query, key, value):
    root = math.sqrt(query.size(-1))
    return F.softmax((query / root) @ (key / root).mT, dim=-1) @ value


def without_dim(query, key, value):
    return torch.softmax(query @ key.mT / query.size(-1) ** 0.5, 0).matmul(value)


def divided_by_the_length(query, key, value):
    return ((query @ key.mT) / math.sqrt(key.size(1))).softmax(-1) @ value


def divided_too_late(query, key, value):
    weights = F.softmax(torch.einsum("bik,bjk->bij", query, key), dim=-1) / math.sqrt(query.size(-1))
    return weights @ value


def looked_up(query, key, value):
    rows = torch.arange(len(query)).unsqueeze(1)
    return value[rows, (query @ key.mT).argmax(-1)]


def causal_of_nn_transformer(tgt_in):
    return nn.Transformer.generate_square_subsequent_mask(tgt_in.size(1))


def strictly_before(tgt_in):
    positions = torch.arange(tgt_in.size(1))
    return positions[None, :] < positions[:, None]


def one_too_far(tgt_in):
    positions = torch.arange(tgt_in.size(1))
    return positions[None, :] <= positions[:, None] + 1


def rows_for_sentences(tgt_in):
    B, _ = tgt_in.shape
    return torch.tril(torch.ones(B, B)).bool()


def tril_of_ones(tgt_in):
    return torch.tril(torch.ones(tgt_in.size(1), tgt_in.size(1)))


def added_as_numbers(tgt_mask):
    T = tgt_mask.size(1)
    return (tgt_mask[:, None, None].float() + torch.tril(torch.ones(T, T))) > 0


def outer_product(tgt_mask):
    pairs = tgt_mask[:, :, None] & tgt_mask[:, None, :]
    return (pairs & torch.ones_like(pairs).tril()).unsqueeze(1)


def for_the_queries(tgt_mask):
    T = tgt_mask.size(1)
    return tgt_mask.unsqueeze(1).unsqueeze(-1) & torch.ones(T, T, dtype=torch.bool).tril()


def three_axes(tgt_mask):
    T = tgt_mask.size(1)
    return tgt_mask[:, None] & torch.ones(T, T, dtype=torch.bool).tril()


def as_key_padding_mask(tgt_mask):
    T = tgt_mask.size(1)
    return torch.ones(T, T, dtype=torch.bool).triu(1) | ~tgt_mask[:, None, None]


def encoder_mask(tgt_mask):
    return tgt_mask.unsqueeze(1).unsqueeze(1)


def view_after_contiguous(heads):
    return heads.contiguous().view(len(heads), heads.shape[2], -1)


def transposed_last(heads):
    return heads.mT.reshape(heads.shape[0], heads.shape[2], -1)


def stacked_last(heads):
    return torch.stack(heads.unbind(1), dim=-1).flatten(2)


def in_one_piece(vectors, W_q, W_k, W_v, W_o, num_heads):
    query, key, value = (F.linear(vectors, W) for W in (W_q, W_k, W_v))
    return F.linear(F.scaled_dot_product_attention(query, key, value), W_o)


def with_views(vectors, W_q, W_k, W_v, W_o, num_heads):
    B, T, D = vectors.shape
    query, key, value = (F.linear(vectors, W).view(B, num_heads, T, -1) for W in (W_q, W_k, W_v))
    return F.linear(F.scaled_dot_product_attention(query, key, value).reshape(B, T, D), W_o)


def as_matrices(vectors, W_q, W_k, W_v, W_o, num_heads):
    B, T, D = vectors.shape
    query, key, value = ((vectors @ W).view(B, T, num_heads, -1).transpose(1, 2) for W in (W_q, W_k, W_v))
    heads = F.scaled_dot_product_attention(query, key, value)
    return heads.transpose(1, 2).reshape(B, T, D) @ W_o


def wide_scale(vectors, W_q, W_k, W_v, W_o, num_heads):
    B, T, D = vectors.shape
    query, key, value = ((vectors @ W.T).view(B, T, num_heads, -1).transpose(1, 2) for W in (W_q, W_k, W_v))
    heads = F.scaled_dot_product_attention(query, key, value, scale=D**-0.5)
    return heads.transpose(1, 2).reshape(B, T, D) @ W_o.T


def flops(length, d_model, num_heads):
    return torch.tensor(2 * (4 * length * d_model**2 + 2 * length**2 * d_model))


def head_by_head_and_too_wide(length, d_model, num_heads):
    total = 4 * length * d_model**2
    for _ in range(num_heads):
        total += 2 * length**2 * d_model
    return torch.tensor(total)


def order_of_length_squared(length, d_model, num_heads):
    return torch.tensor(2 * length * length * d_model)


@pytest.mark.parametrize(
    "exercise_id, answer, name",
    [
        ("7.1", as_luong, "no scale"),
        ("7.1", both_divided, "divided by d"),
        ("7.1", without_dim, "softmax over the batch"),
        ("7.1", divided_by_the_length, "root of another size"),
        ("7.1", divided_too_late, "scaled after the softmax"),
        ("7.1", looked_up, "best value only"),
        ("7.2", causal_of_nn_transformer, "numbers to be added"),
        ("7.2", strictly_before, "a word may not see itself"),
        ("7.2", one_too_far, "sees the next word"),
        ("7.2", rows_for_sentences, "as wide as the batch"),
        ("7.2", tril_of_ones, "numbers in place of bool"),
        ("7.3", added_as_numbers, "or in place of and"),
        ("7.3", outer_product, "padding switches off queries as well"),
        ("7.3", for_the_queries, "padding switches off queries"),
        ("7.3", three_axes, "head axis missing"),
        ("7.3", as_key_padding_mask, "True means forbidden"),
        ("7.3", encoder_mask, "causal mask forgotten"),
        ("7.4", view_after_contiguous, "the bug is still there"),
        ("7.4", transposed_last, "wrong axes exchanged"),
        ("7.4", stacked_last, "heads interleaved"),
        ("7.5", in_one_piece, "heads ignored"),
        ("7.5", with_views, "split by reshape"),
        ("7.5", as_matrices, "matrix not transposed"),
        ("7.5", wide_scale, "scaled by the root of D"),
        ("7.6", flops, "additions counted too"),
        ("7.6", head_by_head_and_too_wide, "heads counted again"),
        ("7.6", order_of_length_squared, "projections forgotten"),
    ],
)
def test_a_mistake_written_in_another_way_is_named(exercise_id, answer, name):
    assert diagnose(EXERCISES[exercise_id], answer).misconception == name


def test_a_plain_number_is_told_how_to_become_a_tensor():
    result = diagnose(EXERCISES["7.6"], lambda T, D, H: 4 * T * D * D + 2 * T * T * D)
    assert result.fault == "type" and "`torch.tensor(…)` makes one." in result.message


def test_what_the_masks_of_padding_are_told_to_do_is_so():
    """NaN in rows of padding where padding may not look, and no word that sees padding at the end."""
    tgt_mask = torch.tensor([[True, True, False, False]])
    scores = torch.zeros(1, 2, 4, 4)
    for answer, name in (
        (outer_product, "padding switches off queries as well"),
        (for_the_queries, "padding switches off queries"),
    ):
        weights = scores.masked_fill(~answer(tgt_mask), -math.inf).softmax(dim=-1)
        assert weights.isnan().any(dim=-1).all(dim=1).tolist() == [[False, False, True, True]]
        assert "softmax" in message_of("7.3", name) and "NaN" in message_of("7.3", name)
    causal = torch.ones(4, 4, dtype=torch.bool).tril()
    assert torch.equal(joint_mask.joint_mask(tgt_mask)[0, 0, :2], causal[:2])
    assert "at the end no word would see it" in message_of("7.3", "padding forgotten")


def test_a_float_mask_hides_nothing_in_torch():
    assert "would add a float mask to the scores" in message_of("7.2", "numbers in place of bool")
    query, key, value = torch.randn(3, 1, 1, 4, 2)
    changed = value.clone()
    changed[:, :, -1] += 1
    outputs = [
        F.scaled_dot_product_attention(query, key, v, attn_mask=tril_of_ones(torch.zeros(1, 4)))
        for v in (value, changed)
    ]
    assert not torch.equal(outputs[0][0, 0, 0], outputs[1][0, 0, 0])


def test_with_one_matrix_for_queries_and_keys_scores_are_the_same_both_ways():
    assert "the same both ways" in message_of("7.5", "one matrix for several roles")
    vectors, W = torch.randn(5, 3).double(), torch.randn(3, 3).double()
    scores = (vectors @ W.T) @ (vectors @ W.T).T
    assert torch.allclose(scores, scores.T)
