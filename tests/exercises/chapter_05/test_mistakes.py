"""Mistakes of chapter 5 as a learner may write them: other code than ours, the same name for the mistake."""

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises.chapter_05 import (
    additive_score,
    alignment_error,
    bug_axis,
    bug_ignores_encoder,
    bug_padding,
    context_vector,
    masked_softmax,
)
from s2s_course.exercises.engine.checker import diagnose


def luong_dot(query, memory, W, U, v):
    return torch.einsum("bd,bsd->bs", query, memory)


def linear_network(query, memory, W, U, v):
    return (F.linear(query, W)[:, None] + F.linear(memory, U)).matmul(v)


def bounded_score(query, memory, W, U, v):
    return torch.tanh(torch.einsum("a,bsa->bs", v, (query @ W.T)[:, None] + memory @ U.T))


def exchanged(query, memory, W, U, v):
    return torch.tanh((query @ U.T)[:, None] + memory @ W.T) @ v


def exp_by_hand(scores, src_mask):
    weights = torch.where(src_mask, torch.exp(scores), torch.zeros(()))
    return weights / weights.sum(-1, keepdim=True)


def fill_where_true(scores, src_mask):
    return scores.masked_fill(src_mask, -torch.inf).softmax(-1)


def renormalized(scores, src_mask):
    return F.normalize(scores.softmax(-1) * src_mask, p=1, dim=-1, eps=0.0)


def argmax_word(weights, memory):
    return torch.stack([states[int(row.argmax())] for row, states in zip(weights, memory, strict=True)])


def average(weights, memory):
    return sum(memory.unbind(1)) / memory.shape[1]


def bmm_of_the_first(weights, memory):
    return torch.matmul(weights, memory)[0]


def copies_of_the_query(query, memory, W, U, v, src_mask):
    copies = torch.stack([query] * memory.shape[1], dim=1)
    scores = torch.tanh(copies @ W.T + copies @ U.T) @ v
    weights = masked_softmax.masked_softmax(scores, src_mask)
    return context_vector.context_vector(weights, copies), weights


def average_scored(query, memory, W, U, v, src_mask):
    """The mean of the source is scored in place of each word."""
    blurred = memory.mean(dim=1, keepdim=True).expand_as(memory)
    scores = additive_score.additive_score(query, blurred, W, U, v)
    weights = masked_softmax.masked_softmax(scores, src_mask)
    return context_vector.context_vector(weights, memory), weights


def context_is_the_query(query, memory, W, U, v, src_mask):
    weights = bug_ignores_encoder.attend(query, memory, W, U, v, src_mask)[1]
    return query.clone(), weights


def decoder_not_asked(query, memory, W, U, v, src_mask):
    scores = torch.tanh(memory @ U.T) @ v
    weights = masked_softmax.masked_softmax(scores, src_mask)
    return context_vector.context_vector(weights, memory), weights


def mask_of_sentence_t(scores, src_mask):
    return (scores + torch.zeros(src_mask.shape).masked_fill(~src_mask, -torch.inf)).softmax(-1)


def mask_behind(scores, src_mask):
    return torch.where(src_mask[:, :, None], scores, -torch.inf).softmax(-1)


def last_axis(scores, memory):
    weights = F.softmax(scores, dim=2).permute(0, 2, 1)
    return weights @ memory, weights


def viewed(scores, memory):
    weights = scores.view(len(scores), scores.shape[2], scores.shape[1]).softmax(-1)
    return weights @ memory, weights


def rows_made_to_sum_to_one(scores, memory):
    weights = F.normalize(F.softmax(scores, dim=2).mT, p=1, dim=2)
    return weights @ memory, weights


def by_precision(predicted, gold):
    links = {(s, t) for t, s in predicted.nonzero().tolist()}
    return torch.tensor(len(links - set(gold)) / len(links))


def row_first(predicted, gold):
    links = set(map(tuple, predicted.nonzero().tolist()))
    return torch.tensor(1 - 2 * len(links & set(gold)) / (len(links) + len(gold)))


def over_the_union(predicted, gold):
    links = {(s, t) for t, s in predicted.nonzero().tolist()}
    return torch.tensor(len(links ^ set(gold)) / len(links | set(gold)))


@pytest.mark.parametrize(
    "module, answer, name",
    [
        (additive_score, luong_dot, "a dot product"),
        (additive_score, linear_network, "no tanh"),
        (additive_score, bounded_score, "tanh of the score"),
        (additive_score, exchanged, "W and U exchanged"),
        (masked_softmax, exp_by_hand, "the exponential overflows"),
        (masked_softmax, fill_where_true, "mask inverted"),
        (masked_softmax, renormalized, "zeroed and divided again"),
        (context_vector, argmax_word, "only the word of the largest weight"),
        (context_vector, average, "plain mean"),
        (context_vector, lambda w, memory: memory.max(dim=1).values, "maximum"),
        (bug_ignores_encoder, copies_of_the_query, "the bug is still there"),
        (bug_ignores_encoder, average_scored, "weights that are all the same"),
        (bug_ignores_encoder, context_is_the_query, "context made of the query"),
        (bug_ignores_encoder, decoder_not_asked, "query left out"),
        (bug_padding, mask_of_sentence_t, "the bug is still there"),
        (bug_padding, mask_behind, "mask laid along the steps"),
        (bug_axis, last_axis, "the bug is still there"),
        (bug_axis, viewed, "reshaped instead of transposed"),
        (bug_axis, rows_made_to_sum_to_one, "normalized twice, over both axes"),
        (alignment_error, by_precision, "one minus precision"),
        (alignment_error, row_first, "positions exchanged"),
        (alignment_error, over_the_union, "intersection over union"),
    ],
)
def test_a_mistake_written_in_another_way_is_named(module, answer, name):
    assert diagnose(module.EXERCISE, answer).misconception == name


def test_a_sum_over_the_wrong_axis_is_told_by_its_shape():
    def units_kept(query, memory, W, U, v):
        return (torch.tanh((query @ W.T)[:, None] + memory @ U.T) * v).sum(dim=1)

    result = diagnose(additive_score.EXERCISE, units_kept)
    assert result.fault == "shape" and "(2, 5), but must have (2, 3)" in result.message
    result = diagnose(context_vector.EXERCISE, lambda weights, memory: weights @ memory)
    assert result.fault == "shape" and "(2, 2, 2), but must have (2, 2)" in result.message


def test_filling_the_scores_in_place_is_told():
    def in_place(scores, src_mask):
        return scores.masked_fill_(~src_mask, -torch.inf).softmax(dim=1)

    result = diagnose(masked_softmax.EXERCISE, in_place)
    assert result.fault == "modified" and "its input scores in place" in result.message


def test_a_detached_answer_is_told_where_no_mistake_has_that_name():
    def detached(scores, src_mask):
        return masked_softmax.masked_softmax(scores, src_mask).detach()

    assert diagnose(masked_softmax.EXERCISE, detached).fault == "detached"
