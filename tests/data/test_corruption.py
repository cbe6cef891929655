"""Questions made of sentences: each can be put together again, and asks for what it should."""

from itertools import pairwise

import pytest
import torch

from s2s_course.data.corruption import corrupt_spans, mask_tokens, next_tokens
from s2s_course.seeds import python_random, torch_generator

ROWS = [[5, 6, 7, 8, 9, 10, 11, 12], [5], [20, 21, 22]]
MASK = 99
SENTINELS = (100, 101, 102, 103)


def test_masked_tokens_are_asked_for_and_no_others():
    examples = mask_tokens(ROWS, mask_index=MASK, share=0.4, seed=3)
    for i, row in enumerate(ROWS):
        for t in range(examples.inputs.size(1)):
            real, asked = t < len(row), bool(examples.target_mask[i, t])
            assert bool(examples.mask[i, t]) == real
            assert not asked or real
            if real:
                assert examples.inputs[i, t] == (MASK if asked else row[t])
                assert examples.targets[i, t] == row[t]
    assert examples.target_mask.any(dim=1).all()  # also of one token


def test_the_share_is_kept_on_average_and_the_seed_decides():
    rows = [list(range(5, 45))] * 200
    chosen = [mask_tokens(rows, mask_index=MASK, share=0.15, seed=seed).target_mask for seed in (0, 0, 1)]
    assert chosen[0].double().mean().item() == pytest.approx(0.15, abs=0.01)
    assert torch.equal(chosen[0], chosen[1]) and not torch.equal(chosen[0], chosen[2])


def test_next_tokens_are_the_row_moved_by_one():
    examples = next_tokens(ROWS, bos_index=1, eos_index=2)
    assert examples.inputs[0].tolist() == [1, *ROWS[0]] and examples.targets[0].tolist() == [*ROWS[0], 2]
    assert examples.inputs[1].tolist() == [1, 5] + [0] * 7 and examples.targets[1, :2].tolist() == [5, 2]
    assert torch.equal(examples.mask, examples.target_mask)
    assert examples.mask.sum(dim=1).tolist() == [9, 2, 4]


def put_together(src, tgt):
    """The row that a source and a target were made of."""
    spans, row = {}, []
    for token in tgt:
        if token in SENTINELS:
            current = spans.setdefault(token, [])
        else:
            current.append(token)
    for token in src:
        row += spans[token] if token in SENTINELS else [token]
    return row


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("length", [2, 3, 8, 21])
@pytest.mark.parametrize("share", [0.15, 0.5, 0.9])
def test_spans_can_be_put_together_again(length, share, seed):
    row = list(range(5, 5 + length))
    src, tgt = corrupt_spans(row, sentinels=SENTINELS, share=share, mean_length=2.0, seed=seed)
    assert put_together(src, tgt) == row
    marks = [token for token in src if token in SENTINELS]
    assert [token for token in tgt if token in SENTINELS] == list(SENTINELS[: len(marks) + 1])
    assert marks == list(SENTINELS[: len(marks)]) and tgt[-1] == SENTINELS[len(marks)]
    assert len(tgt) - len(marks) - 1 == min(max(1, round(share * length)), length - 1)
    for before, after in pairwise(src):
        assert not (before in SENTINELS and after in SENTINELS)


def test_spans_lie_everywhere():
    row = list(range(5, 15))
    first = {corrupt_spans(row, sentinels=SENTINELS, share=0.2, seed=seed)[1][1] for seed in range(200)}
    assert first == set(range(5, 14))  # a span of two tokens begins anywhere but at the last


def test_what_is_masked_is_drawn_from_its_own_stream():
    """By hand: where a draw is below the share, and where the row's lowest is."""
    rows = [[7] * 12, [8] * 12]
    draws = torch.rand(2, 12, generator=torch_generator(3, "mask"))
    expected = (draws < 0.3) | (draws == draws.min(dim=1, keepdim=True).values)
    assert torch.equal(mask_tokens(rows, mask_index=MASK, share=0.3, seed=3).target_mask, expected)


def test_where_spans_lie_depends_on_the_seed_and_on_the_row():
    def spans(row, seed=0):
        src, _ = corrupt_spans(row, sentinels=SENTINELS, share=0.5, seed=seed)
        return tuple(token in SENTINELS for token in src)

    row = list(range(5, 35))
    assert spans(row) == spans(list(row))
    assert len({spans(row, seed) for seed in range(10)}) > 7
    assert len({spans([other, *row[1:]]) for other in range(40, 50)}) > 7, "rows are cut independently"


def test_the_places_of_spans_are_drawn_from_their_own_stream():
    """One span of two tokens in ten: its place is one of nine, drawn with the row among the labels."""
    row = list(range(5, 15))
    for seed in range(5):
        random = python_random(seed, "spans", *row)
        random.sample(range(1), 0)  # into one span: nothing to draw
        [before] = random.sample(range(9), 1)
        _, tgt = corrupt_spans(row, sentinels=SENTINELS, share=0.2, seed=seed)
        assert tgt == [SENTINELS[0], row[before], row[before + 1], SENTINELS[1]]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_must_leave_something(share):
    with pytest.raises(ValueError, match=f"share must lie between 0 and 1, got {share}"):
        mask_tokens(ROWS, mask_index=MASK, share=share)
    with pytest.raises(ValueError, match=f"share must lie between 0 and 1, got {share}"):
        corrupt_spans([1, 2], sentinels=SENTINELS, share=share)


def test_empty_rows_are_refused():
    with pytest.raises(ValueError, match="rows must hold at least one row, and each row a token"):
        mask_tokens([[4], []], mask_index=MASK)
