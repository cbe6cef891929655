"""The loss of exercise 4.1 against torch's own, and answers that compute it in another order."""

import itertools

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises import check
from s2s_course.exercises.chapter_04.masked_cross_entropy import loss_per_token

from ..lookup import draws_of


def test_loss_per_token_equals_torch_with_ignore_index():
    for logits, tgt_out, tgt_mask in draws_of("4.1"):
        logits = logits.double()
        ignored = tgt_out.masked_fill(~tgt_mask, -100)
        theirs = F.cross_entropy(logits.transpose(1, 2), ignored, ignore_index=-100)
        assert torch.allclose(loss_per_token(logits, tgt_out, tgt_mask), theirs, rtol=1e-10, atol=1e-10)


def test_every_draw_of_loss_per_token_has_padding_and_a_real_word_of_index_0():
    for _, tgt_out, tgt_mask in draws_of("4.1"):
        assert not tgt_mask.all() and tgt_mask.any(dim=1).all()
        assert (tgt_out[tgt_mask] == 0).any() and (tgt_out[~tgt_mask] != 0).all()


def with_ignore_index(logits, tgt_out, tgt_mask):
    return F.cross_entropy(logits.transpose(1, 2), tgt_out.masked_fill(~tgt_mask, -100))


def through_float64_and_backwards(logits, tgt_out, tgt_mask):
    total, count = torch.zeros((), dtype=torch.float64), 0
    for b, t in reversed(list(itertools.product(*map(range, tgt_out.shape)))):
        if tgt_mask[b, t]:
            row = logits[b, t].double()
            total = total + row.logsumexp(0) - row[tgt_out[b, t]]
            count += 1
    return (total / count).float()


def by_weights(logits, tgt_out, tgt_mask):
    weights = tgt_mask / tgt_mask.sum()
    one_hot = F.one_hot(tgt_out, logits.shape[-1])
    return ((logits.logsumexp(-1) - (logits * one_hot).sum(-1)) * weights).sum()


@pytest.mark.parametrize("answer", [with_ignore_index, through_float64_and_backwards, by_weights])
def test_an_answer_that_computes_in_another_order_passes(answer):
    assert check("4.1", answer).passed
