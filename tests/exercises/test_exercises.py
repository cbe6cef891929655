"""The exercises themselves: right references, named mistakes, empty cells that run."""

import copy
import inspect
import itertools

import pytest
import torch
import torch.nn.functional as F

from s2s_course.data.batch import collate
from s2s_course.exercises import all_exercises, check
from s2s_course.exercises.checker import diagnose
from s2s_course.exercises.masked_cross_entropy import loss_per_token
from s2s_course.exercises.registry import find_exercise
from s2s_course.exercises.teacher_forcing import teacher_forcing

EXERCISES = all_exercises()
EACH = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
MISTAKES = [
    pytest.param(exercise, misconception.name, wrong, id=f"{exercise.id} {wrong.__name__}")
    for exercise in EXERCISES
    for misconception in exercise.misconceptions
    for wrong in (misconception.wrong, *misconception.variants)
]


def run_cell(source: str, name: str):
    namespace = {"torch": torch}
    exec(source, namespace)
    return namespace[name]


@EACH
def test_the_reference_passes_on_any_seed(exercise):
    assert [diagnose(exercise, exercise.reference, seed=seed).status for seed in range(5)] == ["passed"] * 5


@EACH
def test_the_empty_cell_is_unattempted(exercise):
    result = check(exercise.id, run_cell(exercise.template, exercise.function_name))
    assert result.status == "unattempted" and not result.passed
    assert "unattempted" in repr(result) and exercise.goal in repr(result)


@EACH
def test_the_solution_cell_passes_and_begins_like_the_empty_cell(exercise):
    assert check(exercise.id, run_cell(exercise.solution, exercise.function_name)).passed
    assert exercise.solution.startswith(exercise.template.rsplit("    raise NotImplementedError", 1)[0])
    body = exercise.solution[len(exercise.template.rsplit("    raise", 1)[0]) :]
    assert 1 <= len(body.splitlines()) <= 12


@pytest.mark.parametrize("exercise, name, wrong", MISTAKES)
def test_each_misconception_is_diagnosed_as_itself(exercise, name, wrong):
    for seed in range(2):
        result = diagnose(exercise, wrong, seed=seed)
        assert (result.status, result.misconception) == ("failed", name)
        [message] = [m.message for m in exercise.misconceptions if m.name == name]
        assert result.message == message


@EACH
def test_it_is_complete(exercise):
    names = [misconception.name for misconception in exercise.misconceptions]
    assert len(names) >= 3 and len(set(names)) == len(names)
    assert len(exercise.hints) == 2 and all(exercise.hints)
    assert exercise.points >= 1 and exercise.title and exercise.goal
    assert exercise.id.startswith(f"{exercise.chapter}.")
    for misconception in exercise.misconceptions:
        for wrong in (misconception.wrong, *misconception.variants):
            assert tuple(inspect.signature(wrong).parameters) == exercise.arguments


def test_ids_are_unique_and_in_the_order_of_the_book():
    ids = [tuple(map(int, exercise.id.split("."))) for exercise in EXERCISES]
    assert ids == sorted(set(ids))


def test_an_unknown_id_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"exercise_id must be one of '1\.1', .*'4\.1'.*, got '9\.9'"):
        check("9.9", teacher_forcing)


@EACH
def test_inputs_are_fresh_in_every_draw_and_the_same_for_a_seed(exercise):
    texts = [str(case.make(seed)) for case, seed in exercise.draws(0)]
    assert len(set(texts)) == len(texts) == 3 * len(exercise.cases)
    assert texts == [str(case.make(seed)) for case, seed in exercise.draws(0)]
    assert not set(texts) & {str(case.make(seed)) for case, seed in exercise.draws(1)}


def draws_of(exercise_id: str):
    exercise = find_exercise(exercise_id)
    draws = itertools.chain.from_iterable(exercise.draws(seed) for seed in range(5))
    return [case.make(case_seed) for case, case_seed in draws]


def test_teacher_forcing_equals_the_batch_of_the_course():
    for targets, pad_index, bos_index, eos_index in draws_of("1.1"):
        batch = collate(
            [([7], target) for target in targets],
            pad_index=pad_index,
            bos_index=bos_index,
            eos_index=eos_index,
        )
        for mine, theirs in zip(
            teacher_forcing(targets, pad_index, bos_index, eos_index),
            (batch.tgt_in, batch.tgt_out, batch.tgt_mask),
            strict=True,
        ):
            assert mine.dtype == theirs.dtype and torch.equal(mine, theirs)


def test_teacher_forcing_by_hand():
    tgt_in, tgt_out, tgt_mask = teacher_forcing([[8, 9], []], pad_index=5, bos_index=1, eos_index=2)
    assert tgt_in.tolist() == [[1, 8, 9], [1, 5, 5]]
    assert tgt_out.tolist() == [[8, 9, 2], [2, 5, 5]]
    assert tgt_mask.tolist() == [[True, True, True], [True, False, False]]


def test_the_cases_of_teacher_forcing_hold_what_is_hard():
    draws = draws_of("1.1")
    assert all(pad_index != 0 for _, pad_index, _, _ in draws)
    assert all(0 in itertools.chain(*targets) for targets, *_ in draws)
    assert any([] in targets for targets, *_ in draws)
    assert any(len({len(sentence) for sentence in targets}) > 1 for targets, *_ in draws)
    for targets, *special in draws:
        assert len(set(special)) == 3 and not set(special) & set(itertools.chain(*targets))


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


def with_pad_sequence(targets, pad, bos, eos):
    rows = [torch.tensor([bos, *sentence, eos]) for sentence in targets]
    stack = torch.nn.utils.rnn.pad_sequence
    tgt_in = stack([row[:-1] for row in rows], batch_first=True, padding_value=pad)
    tgt_out = stack([row[1:] for row in rows], batch_first=True, padding_value=pad)
    return [tgt_in, tgt_out, tgt_out != pad]


def test_other_names_of_arguments_and_a_list_of_outputs_pass():
    assert check("1.1", with_pad_sequence).passed


def test_checking_leaves_no_trace_in_the_inputs_of_the_next_check():
    spoiled = copy.deepcopy(draws_of("1.1"))

    def spoil(targets, pad_index, bos_index, eos_index):
        targets.clear()
        return teacher_forcing([[4]], pad_index, bos_index, eos_index)

    assert not check("1.1", spoil).passed
    assert spoiled == draws_of("1.1") and check("1.1", teacher_forcing).passed
