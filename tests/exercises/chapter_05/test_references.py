"""Chapter 5: references against torch's own and brute force, and answers that are right in another way."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F

from s2s_course.evaluation.alignment import alignment_error_rate
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

from ..float64 import in_float64, is_close
from ..lookup import draws_of

CHAPTER = (
    additive_score.EXERCISE,
    masked_softmax.EXERCISE,
    context_vector.EXERCISE,
    bug_ignores_encoder.EXERCISE,
    bug_padding.EXERCISE,
    bug_axis.EXERCISE,
    alignment_error.EXERCISE,
)


def test_ids_follow_each_other_and_all_are_of_chapter_5():
    assert [exercise.id for exercise in CHAPTER] == [f"5.{number}" for number in range(1, 8)]


def score_by_numbers(query, memory, W, U, v):
    """The score of one pair, number by number, as the paper writes it."""
    units = [
        math.tanh(
            sum(W[a, i].item() * query[i].item() for i in range(len(query)))
            + sum(U[a, i].item() * memory[i].item() for i in range(len(memory)))
        )
        for a in range(len(v))
    ]
    return sum(v[a].item() * unit for a, unit in enumerate(units))


def random_step(B=2, S=5, D=3, M=7, A=4):
    generator = torch.Generator().manual_seed(3)
    shapes = (B, D), (B, S, M), (A, D), (A, M), (A,)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


@pytest.mark.parametrize(
    "inputs", [random_step(), *map(in_float64, draws_of(additive_score.EXERCISE.id)[:12])]
)
def test_additive_score_equals_the_sum_written_out(inputs):
    query, memory, *weights = inputs
    theirs = [[score_by_numbers(z, h, *weights) for h in row] for z, row in zip(query, memory, strict=True)]
    mine = additive_score.additive_score(*inputs)
    assert is_close(mine, torch.tensor(theirs, dtype=torch.float64))


def joined_and_linear(query, memory, W, U, v):
    """One matrix for both, as in a published program."""
    joined = torch.cat([query.unsqueeze(1).expand(-1, memory.shape[1], -1), memory], dim=2)
    return F.linear(F.linear(joined, torch.cat([W, U], dim=1)).tanh(), v.unsqueeze(0)).squeeze(2)


def word_by_word(query, memory, W, U, v):
    return torch.stack([torch.tanh(query @ W.T + h @ U.T) @ v for h in memory.unbind(1)], dim=1)


def softmax_of_each_row_cut(scores, src_mask):
    rows = []
    for row, real in zip(scores, src_mask, strict=True):
        rows.append(torch.zeros_like(row).masked_scatter(real, F.softmax(row[real], dim=0)))
    return torch.stack(rows)


def test_masked_softmax_equals_torch_on_each_sentence_alone():
    for scores, src_mask in map(in_float64, draws_of(masked_softmax.EXERCISE.id)):
        mine = masked_softmax.masked_softmax(scores, src_mask)
        assert is_close(mine, softmax_of_each_row_cut(scores, src_mask))
        assert (mine[~src_mask] == 0).all()


def test_the_draws_of_masked_softmax_hold_what_is_hard():
    draws = draws_of(masked_softmax.EXERCISE.id)
    assert all(mask.any(dim=1).all() for _, mask in draws) and all(not mask.all() for _, mask in draws)
    assert any(scores.max() < -150 for scores, _ in draws)
    assert any((scores[~mask].min() > 350) and (scores[mask].min() > 150) for scores, mask in draws)
    assert any((scores[mask] < 0).any() and (scores[mask] > 0).any() for scores, mask in draws)


@pytest.mark.parametrize("fill", [-1e9, -1e30, torch.finfo(torch.float32).min])
def test_a_finite_fill_that_is_low_enough_passes(fill):
    def answer(scores, src_mask):
        return scores.masked_fill(~src_mask, fill).softmax(-1)

    assert diagnose(masked_softmax.EXERCISE, answer).passed


def maximum_subtracted_by_hand(scores, src_mask):
    highest = scores.masked_fill(~src_mask, -math.inf).amax(dim=1, keepdim=True)
    exponentials = torch.where(src_mask, scores - highest, -math.inf).exp()
    return exponentials / exponentials.sum(dim=1, keepdim=True)


def mask_added_in_the_right_way(scores, src_mask):
    return (scores + torch.zeros_like(scores).masked_fill(~src_mask, -math.inf)).softmax(dim=1)


def sum_by_numbers(weights, memory):
    context = torch.zeros(len(memory), memory.shape[2], dtype=memory.dtype)
    for b, s, m in itertools.product(*map(range, memory.shape)):
        context[b, m] += weights[b, s] * memory[b, s, m]
    return context


def test_context_vector_equals_the_sum_written_out():
    for inputs in map(in_float64, draws_of(context_vector.EXERCISE.id)):
        assert is_close(context_vector.context_vector(*inputs), sum_by_numbers(*inputs))


def test_the_draws_of_context_vector_have_weights_and_padding_that_would_be_seen():
    draws = draws_of(context_vector.EXERCISE.id)
    assert all(len(weights) > 1 for weights, _ in draws)
    assert any((weights == 0).any() and (memory[weights == 0].mean() > 3) for weights, memory in draws)
    assert all(torch.allclose(weights.sum(1), torch.ones(len(weights))) for weights, _ in draws)


def with_bmm(weights, memory):
    return torch.bmm(weights[:, None], memory)[:, 0]


def with_einsum(weights, memory):
    return torch.einsum("bs,bsm->bm", weights, memory)


def transposed_product(weights, memory):
    return (memory.mT @ weights[..., None]).squeeze(-1)


def error_by_loops(predicted, gold):
    both = mine = right = 0
    for t, s in itertools.product(*map(range, predicted.shape)):
        both += int(predicted[t, s] and (s, t) in gold)
        mine += int(predicted[t, s])
        right += (s, t) in gold
    return torch.tensor(1 - (both + both) / (mine + right))


def error_by_a_matrix(predicted, gold):
    right = torch.zeros_like(predicted)
    right[[t for _, t in gold], [s for s, _ in gold]] = True
    return (predicted ^ right).sum() / (predicted.sum() + right.sum())


def test_alignment_error_equals_a_count_of_cells_and_the_course_s_own():
    for predicted, gold in draws_of(alignment_error.EXERCISE.id):
        mine = alignment_error.alignment_error(predicted, gold)
        links = [(s, t) for t, s in itertools.product(*map(range, predicted.shape)) if predicted[t, s]]
        assert mine.dtype == torch.float32 and mine.shape == ()
        assert mine == pytest.approx(error_by_loops(predicted, gold).item())
        assert mine == pytest.approx(alignment_error_rate([links], [gold]))


def test_alignment_error_by_hand():
    predicted = torch.tensor([[True, False, False], [True, True, False]])  # T = 2, S = 3
    assert alignment_error.alignment_error(predicted, [(0, 1), (2, 0)]) == pytest.approx(1 - 2 / 5)


def test_the_draws_of_alignment_error_tell_precision_and_recall_apart():
    kinds = set()
    for predicted, gold in draws_of(alignment_error.EXERCISE.id):
        found = sum(bool(predicted[t, s]) for s, t in gold)
        assert predicted.any() and len(set(gold)) == len(gold)
        if not gold:
            continue
        kinds.add((found > 0, found < predicted.sum().item(), found < len(gold)))
        assert not any(predicted[s, t] for s, t in gold), "read the other way round nothing fits"
    assert kinds == {(True, True, True), (True, False, True), (True, True, False), (False, True, True)} | {
        (True, False, False)
    }


@pytest.mark.parametrize(
    "module, answer",
    [
        (additive_score, joined_and_linear),
        (additive_score, word_by_word),
        (masked_softmax, softmax_of_each_row_cut),
        (masked_softmax, maximum_subtracted_by_hand),
        (masked_softmax, mask_added_in_the_right_way),
        (context_vector, with_bmm),
        (context_vector, with_einsum),
        (context_vector, transposed_product),
        (alignment_error, error_by_loops),
        (alignment_error, error_by_a_matrix),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(module, answer):
    result = diagnose(module.EXERCISE, answer)
    assert result.passed, repr(result)
