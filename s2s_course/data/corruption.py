"""Three ways to make questions and answers out of sentences that nobody has labeled.

A masked token (Devlin et al. 2019), the next token (Radford et al. 2018), a corrupted span (Raffel et al.
2020): this is all in which encoder-only, decoder-only and encoder–decoder models differ in their training.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch.nn.utils.rnn import pad_sequence

from s2s_course.data.batch import Encoded
from s2s_course.data.examples import Examples
from s2s_course.seeds import python_random, torch_generator
from s2s_course.text.vocab import Vocab


def mask_tokens(
    rows: Sequence[list[int]], *, mask_index: int, share: float = 0.15, seed: int = 0
) -> Examples:
    """Some tokens become ``mask_index``; asked for is what they were. At least one in each row.

    BERT leaves a tenth of them as they are and replaces a tenth by random tokens; here all are masked.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    targets = _padded(rows)
    mask = _real(rows)
    chance = torch.rand(targets.shape, generator=torch_generator(seed, "mask")).masked_fill(~mask, 2.0)
    chosen = (chance < share) | (chance == chance.amin(dim=1, keepdim=True))
    return Examples.of(targets.masked_fill(chosen, mask_index), mask, targets, chosen)


def next_tokens(rows: Sequence[list[int]], *, bos_index: int, eos_index: int) -> Examples:
    """At each token, from ``<bos>`` on, the one that follows; ``<eos>`` at the end."""
    inputs = [[bos_index, *row] for row in rows]
    mask = _real(inputs)
    return Examples.of(_padded(inputs), mask, _padded([[*row, eos_index] for row in rows]), mask)


def corrupt_spans(
    row: list[int], *, sentinels: Sequence[int], share: float = 0.15, mean_length: float = 3.0, seed: int = 0
) -> Encoded:
    """Spans of ``row`` are cut out: the source with a sentinel for each, the target with what was there.

    The target goes sentinel, span, sentinel, span, …, sentinel: the last one says that there is no more.
    About ``share`` of the tokens is cut out, at least one, in spans of ``mean_length`` tokens on average; a
    short row has one shorter span.
    """
    if len(row) < 2 or len(sentinels) < 2:
        raise ValueError(
            f"row and sentinels must hold at least two each, got {len(row)} and {len(sentinels)}"
        )
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    noise = min(max(1, round(share * len(row))), len(row) - 1)
    # spans have kept tokens between them, and there must be sentinels for all
    count = max(1, min(round(noise / mean_length), len(sentinels) - 1, len(row) - noise))
    random = python_random(seed, "spans", *row)
    lengths = _partition(noise, count, random)
    gaps = _partition(len(row) - noise - (count - 1), count + 1, random, at_least=0)
    src, tgt, place = [], [], 0
    for i, (gap, length) in enumerate(zip(gaps, lengths, strict=False)):
        kept = gap + (1 if i > 0 else 0)
        src += [*row[place : place + kept], sentinels[i]]
        tgt += [sentinels[i], *row[place + kept : place + kept + length]]
        place += kept + length
    return src + row[place:], [*tgt, sentinels[count]]


def _partition(total: int, parts: int, random, *, at_least: int = 1) -> list[int]:
    """``total`` as a sum of ``parts`` numbers of at least ``at_least`` each, all sums equally likely."""
    free = total - at_least * parts
    cuts = sorted(random.sample(range(free + parts - 1), parts - 1))
    edges = [-1, *cuts, free + parts - 1]
    return [at_least + after - before - 1 for before, after in pairwise(edges)]


def _padded(rows: Sequence[list[int]]) -> torch.Tensor:
    if not rows or not all(rows):
        raise ValueError("rows must hold at least one row, and each row a token")
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=Vocab.pad_index)


def _real(rows: Sequence[list[int]]) -> torch.Tensor:
    lengths = torch.tensor([len(row) for row in rows])
    return torch.arange(int(lengths.max())) < lengths[:, None]
