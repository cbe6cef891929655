import dataclasses

import pytest
import torch

from s2s_course.data.batch import (
    BucketedBatches,
    batches_by_length,
    collate,
    collate_sources,
    encode_pairs,
    rows_by_length,
)
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.seeds import python_random
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import WordTokenizer

PAD, BOS, EOS = 0, 1, 2


def random_pairs(count, *, longest=13, seed=0):
    random = python_random(seed, "test pairs")
    draw = lambda: [random.randrange(4, 50) for _ in range(random.randint(0, longest))]  # noqa: E731
    return [(draw(), draw()) for _ in range(count)]


def test_collate_by_hand():
    batch = collate([([5, 6], [7]), ([8], [9, 4, 5])])
    assert batch.src.tolist() == [[5, 6, EOS], [8, EOS, PAD]]
    assert batch.tgt_in.tolist() == [[BOS, 7, PAD, PAD], [BOS, 9, 4, 5]]
    assert batch.tgt_out.tolist() == [[7, EOS, PAD, PAD], [9, 4, 5, EOS]]
    assert batch.src_mask.tolist() == [[True, True, True], [True, True, False]]
    assert batch.tgt_mask.tolist() == [[True, True, False, False], [True] * 4]
    assert batch.src_lengths.tolist() == [3, 2]
    assert batch.tgt_lengths.tolist() == [2, 4]
    assert batch.tgt_places.tolist() == [0, 1, 4, 5, 6, 7] and batch.num_targets == 6
    assert len(batch) == 2


def test_input_and_output_are_one_position_apart():
    batch = collate(random_pairs(17))
    for row in range(len(batch)):
        length = batch.tgt_lengths[row]
        assert batch.tgt_in[row, 0] == BOS
        assert batch.tgt_out[row, length - 1] == EOS
        assert torch.equal(batch.tgt_in[row, 1:length], batch.tgt_out[row, : length - 1])


def test_an_empty_sentence_still_has_a_real_token():
    batch = collate([([], []), ([5], [6])])
    assert batch.src_mask.any(dim=1).all()
    assert batch.tgt_mask.any(dim=1).all()


def test_a_source_of_nothing_but_padding_is_refused():
    message = "sources must have at least one token that is not padding, got 2 without"
    with pytest.raises(ValueError, match=message):
        collate_sources([[3], [], [0, 0]], pad_index=0, eos_index=0)


def test_batches_are_frozen_and_move_as_a_whole():
    batch = collate([([5], [6])])
    with pytest.raises(dataclasses.FrozenInstanceError):
        batch.src = None
    moved = batch.to("meta")
    for name in ("src", "src_mask", "tgt_in", "tgt_out", "tgt_mask", "tgt_places"):
        assert getattr(moved, name).is_meta
        assert getattr(moved, name).shape == getattr(batch, name).shape
    assert moved.src_lengths is batch.src_lengths and moved.num_targets == 2


def test_an_epoch_holds_every_pair_once_within_the_budget():
    pairs = random_pairs(211)
    seen = []
    for batch in BucketedBatches(pairs, max_tokens=60).epoch(3):
        assert max(batch.src.numel(), batch.tgt_out.numel()) <= 60
        for row in range(len(batch)):
            src = batch.src[row, : batch.src_lengths[row] - 1].tolist()
            seen.append((src, batch.tgt_out[row, : batch.tgt_lengths[row] - 1].tolist()))
    assert sorted(seen) == sorted(pairs)


def test_buckets_hold_little_padding():
    pairs = random_pairs(500, longest=40)

    def share_of_real_tokens(batches):
        real = total = 0
        for batch in batches:
            real += int(batch.tgt_mask.sum() + batch.src_mask.sum())
            total += batch.tgt_mask.numel() + batch.src_mask.numel()
        return real / total

    bucketed = share_of_real_tokens(BucketedBatches(pairs, max_tokens=400).epoch(0))
    in_order = share_of_real_tokens(collate(pairs[i : i + 10]) for i in range(0, 500, 10))
    assert bucketed > in_order + 0.1


def test_batches_for_measuring_hold_every_pair_once_shortest_first():
    pairs = random_pairs(23)
    batches = batches_by_length(pairs, 10)
    assert [len(batch) for batch in batches] == [10, 10, 3]
    lengths = [int(length) for batch in batches for length in batch.tgt_lengths]
    assert lengths == sorted(1 + len(tgt) for _, tgt in pairs)


def test_rows_by_length_are_places_shortest_first_and_ties_stay_in_order():
    rows = [[1, 1], [], [2], [3, 3], [4], [5, 5, 5]]
    assert list(rows_by_length(rows, 4)) == [[1, 2, 4, 0], [3, 5]]
    assert list(rows_by_length(rows, 3)) == [[1, 2, 4], [0, 3, 5]]
    assert list(rows_by_length([], 3)) == []
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        list(rows_by_length(rows, 0))


def test_the_order_of_an_epoch_is_drawn_from_its_own_stream():
    """By hand: shuffle, sort by length, cut, shuffle the batches, all with the generator of this epoch."""
    pairs = [([n] * (n % 3 + 1), [n] * (n % 2)) for n in range(4, 24)]
    random = python_random(5, "epoch", 2)
    order = list(range(len(pairs)))
    random.shuffle(order)
    order.sort(key=lambda i: len(pairs[i][0]))  # the longer side
    batches, widths = [], []
    for i in order:
        width = len(pairs[i][0]) + 1
        if not batches or (len(batches[-1]) + 1) * width > 12:
            batches.append([])
            widths.append(width)
        batches[-1].append(pairs[i])
    random.shuffle(batches)
    made = BucketedBatches(pairs, max_tokens=12, seed=5, collate=list).epoch(2)
    assert list(made) == batches and len(batches) > 4


def test_epochs_are_repeatable_and_differ():
    rows = lambda batches, n: [batch.src.tolist() for batch in batches.epoch(n)]  # noqa: E731
    pairs = random_pairs(101)
    first, again = (BucketedBatches(pairs, max_tokens=60, seed=5) for _ in range(2))
    list(again.epoch(7))  # what was drawn before does not matter
    assert rows(first, 2) == rows(again, 2)
    assert rows(first, 2) != rows(first, 3)
    assert rows(first, 2) != rows(BucketedBatches(pairs, max_tokens=60, seed=6), 2)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="pairs must hold at least one sentence pair, got none"):
        BucketedBatches([], max_tokens=10)
    with pytest.raises(ValueError, match="max_tokens must be at least 4, the longest sentence, got 3"):
        BucketedBatches([([5, 5, 5], [5])], max_tokens=3)
    with pytest.raises(ValueError, match="sources must hold at least one sentence, got none"):
        collate_sources([])


def test_encode_pairs_and_corpus():
    pair = SentencePair("the cat", "le chat", ((0, 0), (1, 1)))
    codecs = [
        TextCodec.build(WordTokenizer(code), [text]) for code, text in (("en", pair.src), ("fr", pair.tgt))
    ]
    [(src, tgt)] = encode_pairs([pair], *codecs)
    assert [codecs[0].decode(src), codecs[1].decode(tgt)] == ["the cat", "le chat"]
    corpus = ParallelCorpus("tiny", "en", "fr", {"train": [pair]})
    assert corpus["train"] == [pair]
    with pytest.raises(ValueError, match="split must be one of train, got 'dev'"):
        corpus["dev"]


def test_a_reversed_pair_turns_its_alignment():
    pair = SentencePair("black cat .", "chat noir .", ((0, 1), (1, 0), (2, 2)))
    assert pair.reversed() == SentencePair("chat noir .", "black cat .", ((0, 1), (1, 0), (2, 2)))
    assert SentencePair("a b", "c", ((1, 0),)).reversed().alignment == ((0, 1),)
    assert SentencePair("a", "b").reversed().alignment is None
