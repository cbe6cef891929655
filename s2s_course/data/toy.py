"""Toy tasks: small enough to be learned in seconds, each of them hard for a reason that is known.

``reverse_pairs`` gives sentence pairs, so that whatever trains on a corpus trains on them. ``adding_problem``
and ``copy_memory`` give ``Examples``: they ask a single network to remember over a long time. Every bad
argument is a ``ValueError``.
"""

import torch

from s2s_course.checks import check_at_least
from s2s_course.data.examples import Examples
from s2s_course.data.pairs import SentencePair
from s2s_course.seeds import python_random, torch_generator

SYMBOLS = "abcdefghijklmnopqrstuvwxyz"

# The mean squared error of the constant answer 1 in the adding problem: the variance of the sum of two
# independent numbers that are uniform between 0 and 1, which is 1/12 + 1/12.
ADDING_BASELINE = 1 / 6


def reverse_pairs(
    count: int, *, min_length: int = 3, max_length: int = 10, num_symbols: int = 10, seed: int = 0
) -> list[SentencePair]:
    """``c a b`` becomes ``b a c``.

    The symbols are the first letters of the alphabet and all lengths are equally likely, as long as there
    are enough sequences of each: no source comes twice, so that slices of the list share none. The
    alignment says which source token each target token comes from.
    """
    pairs = []
    for source in _sources(count, min_length, max_length, num_symbols, seed):
        alignment = tuple((i, len(source) - 1 - i) for i in range(len(source)))
        pairs.append(SentencePair(" ".join(source), " ".join(reversed(source)), alignment))
    return pairs


def adding_problem(count: int, length: int, *, seed: int = 0) -> Examples:
    """The adding problem (Hochreiter and Schmidhuber 1997), in the form of Le, Jaitly and Hinton (2015).

    At each step a number between 0 and 1 and a marker, 0 or 1; the target of a sequence is the sum of the
    two numbers that are marked. One marker is in the first half and one in the second, so that the first
    number has to be kept while many others pass. The mean squared error of the answer 1, whatever the input,
    is ``ADDING_BASELINE``.
    """
    check_at_least(1, count=count)
    check_at_least(2, length=length)
    generator = torch_generator(seed, "toy", "adding")
    numbers = torch.rand(count, length, generator=generator)
    first = torch.randint(0, length // 2, (count, 1), generator=generator)
    second = torch.randint(length // 2, length, (count, 1), generator=generator)
    marked = torch.cat([first, second], dim=1)
    markers = torch.zeros(count, length).scatter(1, marked, 1.0)
    return Examples.of(
        inputs=torch.stack([numbers, markers], dim=2),
        mask=torch.ones(count, length, dtype=torch.bool),
        targets=numbers.gather(1, marked).sum(dim=1),
        target_mask=torch.ones(count, dtype=torch.bool),
    )


def copy_memory(
    count: int, lag: int, *, num_items: int = 10, num_symbols: int = 8, seed: int = 0
) -> Examples:
    """The copying memory problem in the form of Arjovsky, Shah and Bengio (2016).

    ``num_items`` items, each one of ``num_symbols`` symbols, then ``lag - 1`` blanks, the delimiter, and
    blanks during recall: every item is asked for ``num_items + lag`` steps after it was seen. With ``K``
    symbols, these are 0 to K - 1, the blank is K, the delimiter K + 1. Answers are asked for during recall
    only, so that an answer without memory costs log(K) nats an item.
    """
    check_at_least(1, count=count, lag=lag, num_items=num_items)
    check_at_least(2, num_symbols=num_symbols)
    blank, delimiter = num_symbols, num_symbols + 1
    shape = (count, num_items)
    items = torch.randint(num_symbols, shape, generator=torch_generator(seed, "toy", "copy-memory"))
    inputs = torch.full((count, lag + 2 * num_items), blank)
    inputs[:, :num_items] = items
    inputs[:, num_items + lag - 1] = delimiter
    targets = torch.full_like(inputs, blank)
    targets[:, -num_items:] = items
    recall = torch.zeros_like(inputs, dtype=torch.bool)
    recall[:, -num_items:] = True
    return Examples.of(inputs, torch.ones_like(recall), targets, recall)


def _sources(count: int, min_length: int, max_length: int, num_symbols: int, seed: int) -> list[str]:
    """``count`` different strings of symbols, drawn until there are enough."""
    _check_between(2, len(SYMBOLS), num_symbols=num_symbols)
    check_at_least(1, min_length=min_length)
    check_at_least(min_length, max_length=max_length)
    possible = sum(num_symbols**length for length in range(min_length, max_length + 1))
    _check_between(1, possible, count=count)
    chance = python_random(seed, "toy", "symbols")
    sources: dict[str, None] = {}  # a set that keeps its order
    while len(sources) < count:
        symbols = chance.choices(SYMBOLS[:num_symbols], k=chance.randint(min_length, max_length))
        sources["".join(symbols)] = None
    return list(sources)


def _check_between(low: int, high: int, **values: int) -> None:
    for name, value in values.items():
        if not low <= value <= high:
            raise ValueError(f"{name} must be between {low} and {high}, got {value}")
