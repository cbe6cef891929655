"""Batches: sentences of different lengths as rectangular tensors, with masks that say what is real."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from s2s_course.checks import check_at_least
from s2s_course.data.pairs import SentencePair
from s2s_course.devices import send
from s2s_course.masks import lengths_of, padding_mask, places_of
from s2s_course.seeds import python_random
from s2s_course.text.codec import TextCodec
from s2s_course.text.vocab import Vocab

Encoded = tuple[list[int], list[int]]


@dataclass(frozen=True)
class Batch:
    """``B`` sentence pairs. A source ends with ``<eos>``, so that no row is empty.

    The decoder reads ``tgt_in`` (``<bos>`` first) and is asked for ``tgt_out`` (``<eos>`` last): the same
    words, one position apart. Masks are True at real tokens.

    The last two fields are found on the CPU, where a batch is made: a device would have to be waited for.
    ``src_lengths``, which stays on the CPU, counts the real tokens of each source, ``<eos>`` included.
    ``tgt_places`` says where the N real target tokens are, counted row by row.
    """

    src: Int[Tensor, "B S"]
    src_mask: Bool[Tensor, "B S"]
    tgt_in: Int[Tensor, "B T"]
    tgt_out: Int[Tensor, "B T"]
    tgt_mask: Bool[Tensor, "B T"]
    src_lengths: Int[Tensor, " B"]
    tgt_places: Int[Tensor, " N"]

    @classmethod
    def of(cls, src: Tensor, src_mask: Tensor, tgt_in: Tensor, tgt_out: Tensor, tgt_mask: Tensor) -> "Batch":
        """The batch of these tensors, which are on the CPU."""
        return cls(
            src, src_mask, tgt_in, tgt_out, tgt_mask,
            src_lengths=lengths_of(src_mask), tgt_places=places_of(tgt_mask),
        )  # fmt: skip

    @property
    def tgt_lengths(self) -> Int[Tensor, " B"]:
        """Real tokens in each target, ``<eos>`` included."""
        return self.tgt_mask.sum(dim=1)

    @property
    def num_targets(self) -> int:
        """Real target tokens of the batch."""
        return len(self.tgt_places)

    def __len__(self) -> int:
        return len(self.src)

    def rows(self, rows: slice) -> "Batch":
        """Some rows of a batch that is on the CPU, in their order; padding is left as it is."""
        tensors = (self.src, self.src_mask, self.tgt_in, self.tgt_out, self.tgt_mask)
        return Batch.of(*(tensor[rows] for tensor in tensors))

    def to(self, device: torch.device | str) -> "Batch":
        moved = (self.src, self.src_mask, self.tgt_in, self.tgt_out, self.tgt_mask)
        return Batch(
            *(send(tensor, device) for tensor in moved),
            src_lengths=self.src_lengths,
            tgt_places=send(self.tgt_places, device),
        )


def encode_pairs(pairs: Sequence[SentencePair], src_codec: TextCodec, tgt_codec: TextCodec) -> list[Encoded]:
    """The indices of both sides of each pair, without special tokens."""
    return [(src_codec.encode(pair.src), tgt_codec.encode(pair.tgt)) for pair in pairs]


def collate_sources(
    sources: Sequence[list[int]], *, pad_index: int = Vocab.pad_index, eos_index: int = Vocab.eos_index
) -> tuple[Int[Tensor, "B S"], Bool[Tensor, "B S"]]:
    """``src`` and ``src_mask`` alone: what a model needs to translate.

    Raises ``ValueError`` for a row of nothing but padding: attention to it would have no weights.
    """
    if not sources:
        raise ValueError("sources must hold at least one sentence, got none")
    rows = [torch.tensor([*src, eos_index]) for src in sources]
    src = pad_sequence(rows, batch_first=True, padding_value=pad_index)
    src_mask = padding_mask(src, pad_index)
    empty = int((~src_mask.any(dim=1)).sum())
    if empty:
        raise ValueError(f"sources must have at least one token that is not padding, got {empty} without")
    return src, src_mask


def collate(
    pairs: Sequence[Encoded],
    *,
    pad_index: int = Vocab.pad_index,
    bos_index: int = Vocab.bos_index,
    eos_index: int = Vocab.eos_index,
) -> Batch:
    """Pad ``pairs`` of index lists to one batch."""
    src, src_mask = collate_sources([src for src, _ in pairs], pad_index=pad_index, eos_index=eos_index)
    targets_in = [torch.tensor([bos_index, *tgt]) for _, tgt in pairs]
    targets_out = [torch.tensor([*tgt, eos_index]) for _, tgt in pairs]
    tgt_in = pad_sequence(targets_in, batch_first=True, padding_value=pad_index)
    tgt_out = pad_sequence(targets_out, batch_first=True, padding_value=pad_index)
    return Batch.of(src, src_mask, tgt_in, tgt_out, padding_mask(tgt_out, pad_index))


def rows_by_length(rows: Sequence[list[int]], batch_size: int) -> Iterator[list[int]]:
    """Where the ``rows`` stand, shortest row first, ``batch_size`` at a time: batches with little padding."""
    check_at_least(1, batch_size=batch_size)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]


def batches_by_length(pairs: Sequence[Encoded], batch_size: int = 100) -> list[Batch]:
    """All ``pairs`` once, shortest target first, ``batch_size`` rows at a time: for measuring."""
    targets = [tgt for _, tgt in pairs]
    return [collate([pairs[i] for i in places]) for places in rows_by_length(targets, batch_size)]


class BucketedBatches:
    """All pairs once an epoch, in batches of similar length that hold at most ``max_tokens`` target tokens.

    A batch costs what its padded rectangle costs, so pairs are sorted by length before they are cut into
    batches; ties are broken anew, and the batches are shuffled, in every epoch. Epoch ``n`` is the same
    for the same ``seed``, whatever was drawn before.
    """

    def __init__(
        self,
        pairs: Sequence[Encoded],
        *,
        max_tokens: int,
        seed: int = 0,
        collate: Callable[[Sequence[Encoded]], Any] = collate,
    ):
        """``max_tokens`` counts rows times padded length of the longer side, ``<eos>`` included.

        ``collate`` makes a batch of some pairs.
        """
        if not pairs:
            raise ValueError("pairs must hold at least one sentence pair, got none")
        longest = max(self._length(pair) for pair in pairs)
        if max_tokens < longest:
            raise ValueError(f"max_tokens must be at least {longest}, the longest sentence, got {max_tokens}")
        self.pairs, self.max_tokens, self.seed, self.collate = pairs, max_tokens, seed, collate

    @staticmethod
    def _length(pair: Encoded) -> int:
        return 1 + max(len(pair[0]), len(pair[1]))

    def epoch(self, number: int) -> Iterator[Any]:
        """The batches of epoch ``number``, counted from 0."""
        random = python_random(self.seed, "epoch", number)
        order = list(range(len(self.pairs)))
        random.shuffle(order)
        order.sort(key=lambda i: self._length(self.pairs[i]))  # stable: ties stay shuffled
        buckets: list[list[int]] = [[]]
        for i in order:
            if (len(buckets[-1]) + 1) * self._length(self.pairs[i]) > self.max_tokens:
                buckets.append([])
            buckets[-1].append(i)
        random.shuffle(buckets)
        for bucket in buckets:
            yield self.collate([self.pairs[i] for i in bucket])
