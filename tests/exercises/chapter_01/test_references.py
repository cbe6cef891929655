"""Teacher forcing against the batches of the course, and answers that are right in another way."""

import copy
import itertools

import torch

from s2s_course.data.batch import collate
from s2s_course.exercises import check
from s2s_course.exercises.chapter_01.teacher_forcing import teacher_forcing

from ..lookup import draws_of


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
    assert all(0 in itertools.chain(*targets) for targets, *_ in draws if any(targets))
    assert any([] in targets for targets, *_ in draws)
    assert any(len({len(sentence) for sentence in targets}) > 1 for targets, *_ in draws)
    for targets, *special in draws:
        assert len(set(special)) == 3 and not set(special) & set(itertools.chain(*targets))


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
