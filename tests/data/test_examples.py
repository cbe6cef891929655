import pytest
import torch

from s2s_course.data.batch import BucketedBatches
from s2s_course.data.examples import Examples, FreshExamples, collate_labels
from s2s_course.data.toy import adding_problem
from s2s_course.seeds import derive

ROWS = [([5, 6, 7], [8, 9, 10]), ([4], [11]), ([6, 5], [9, 8])]


def test_labels_are_padded_beside_their_tokens():
    examples = collate_labels(ROWS, pad_index=0)
    assert examples.inputs.tolist() == [[5, 6, 7], [4, 0, 0], [6, 5, 0]]
    assert examples.targets.tolist() == [[8, 9, 10], [11, 0, 0], [9, 8, 0]]
    assert examples.mask.tolist() == [[True] * 3, [True, False, False], [True, True, False]]
    assert examples.target_mask.equal(examples.mask) and examples.num_targets == 6
    assert examples.lengths.tolist() == [3, 1, 2]
    assert examples.target_places.tolist() == [0, 1, 2, 3, 6, 7]


def test_buckets_of_labeled_rows_hold_every_row_once():
    batches = list(BucketedBatches(ROWS, max_tokens=8, collate=collate_labels).epoch(0))
    assert all(isinstance(batch, Examples) for batch in batches)
    rows = [
        row[mask].tolist() for batch in batches for row, mask in zip(batch.inputs, batch.mask, strict=True)
    ]
    assert sorted(rows) == sorted(tokens for tokens, _ in ROWS)


@pytest.mark.parametrize("row", [([5, 6], [7]), ([], [])])
def test_a_token_without_a_label_is_refused(row):
    with pytest.raises(ValueError, match="pairs must have one label a token, got"):
        collate_labels([row])


def test_fresh_examples_never_come_twice_and_depend_on_the_seed_alone():
    def make(seed):
        return adding_problem(3, 5, seed=seed)

    stream = FreshExamples(make, seed=1)
    [first], [second] = stream.epoch(0), stream.epoch(1)
    torch.rand(3)
    [again], [other] = stream.epoch(0), FreshExamples(make, seed=2).epoch(0)
    assert torch.equal(first.inputs, again.inputs)
    assert not torch.equal(first.inputs, second.inputs) and not torch.equal(first.inputs, other.inputs)


def test_each_epoch_of_fresh_examples_has_a_seed_of_its_own():
    seeds = []

    def make(seed):
        seeds.append(seed)
        return adding_problem(3, 5, seed=seed)

    for number in (0, 1, 0):
        list(FreshExamples(make, seed=4).epoch(number))
    assert seeds == [derive(4, "fresh", 0), derive(4, "fresh", 1), derive(4, "fresh", 0)]


def test_moving_keeps_everything():
    examples = adding_problem(3, 5)
    moved = examples.to("meta")
    for name in ("inputs", "mask", "targets", "target_mask", "target_places"):
        assert getattr(moved, name).is_meta
        assert getattr(moved, name).shape == getattr(examples, name).shape
    assert moved.lengths is examples.lengths and moved.num_targets == 3
