"""Toy tasks: small enough to be learned in seconds, each of them hard for a reason that is known.

``copy_pairs``, ``reverse_pairs``, ``sort_pairs`` and ``date_pairs`` give sentence pairs, so that whatever
trains on a corpus trains on them. ``adding_problem`` and ``copy_memory`` give ``Examples``: they ask a single
network to remember over a long time. Every bad argument is a ``ValueError``.
"""

from collections.abc import Callable, Iterable
from datetime import date

import torch

from s2s_course.data.examples import Examples
from s2s_course.data.pairs import SentencePair
from s2s_course.seeds import python_random, torch_generator

SYMBOLS = "abcdefghijklmnopqrstuvwxyz"
BLANK = "_"  # how a space is spelled

# How people write a date. With slashes it is American, month first; with points European, day first.
DATE_FORMS = (
    "{d} {month} {y}", "{d} {mon} {y}", "{nth} {month} {y}", "the {nth} of {month} {y}", "{d}-{mon}-{y}",
    "{month} {d}, {y}", "{mon} {d}, {y}", "{month} {nth}, {y}", "{month} {d} {y}", "{y} {month} {d}",
    "{weekday}, {d} {month} {y}", "{weekday}, {month} {d}, {y}", "{day} {d} {mon} {y}",
    "{d}.{m}.{y}", "{dd}.{mm}.{y}", "{m}/{d}/{y}", "{mm}/{dd}/{y}", "{y}/{mm}/{dd}",
)  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# The mean squared error of the constant answer 1 in the adding problem: the variance of the sum of two
# independent numbers that are uniform between 0 and 1, which is 1/12 + 1/12.
ADDING_BASELINE = 1 / 6


def copy_pairs(
    count: int, *, min_length: int = 3, max_length: int = 10, num_symbols: int = 10, seed: int = 0
) -> list[SentencePair]:
    """``c a b`` becomes ``c a b``.

    The symbols are the first letters of the alphabet and all lengths are equally likely, as long as there
    are enough sequences of each: no source comes twice, so that slices of the list share none. The
    alignment says which source token each target token comes from. With equal arguments, copying,
    reversing and sorting have the same sources.
    """
    return _rearranged(lambda source: range(len(source)), count, min_length, max_length, num_symbols, seed)


def reverse_pairs(
    count: int, *, min_length: int = 3, max_length: int = 10, num_symbols: int = 10, seed: int = 0
) -> list[SentencePair]:
    """``c a b`` becomes ``b a c``; otherwise as ``copy_pairs``."""
    return _rearranged(
        lambda source: reversed(range(len(source))), count, min_length, max_length, num_symbols, seed
    )


def sort_pairs(
    count: int, *, min_length: int = 3, max_length: int = 10, num_symbols: int = 10, seed: int = 0
) -> list[SentencePair]:
    """``c a b`` becomes ``a b c``; equal symbols keep their order. Otherwise as ``copy_pairs``."""
    return _rearranged(
        lambda source: sorted(range(len(source)), key=source.__getitem__),
        count, min_length, max_length, num_symbols, seed,
    )  # fmt: skip


def date_pairs(
    count: int, *, first_year: int = 1950, last_year: int = 2049, seed: int = 0
) -> list[SentencePair]:
    """``3 march 1998``, in one of ``DATE_FORMS`` by chance, becomes ``1998-03-03``; both sides are spelled.

    No day comes twice, so that slices of the list share no target. Years have four digits.
    """
    _check("first_year", first_year, at_least=1000, at_most=9999)
    _check("last_year", last_year, at_least=first_year, at_most=9999)
    days = range(date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal() + 1)
    _check("count", count, at_least=1, at_most=len(days))
    chance = python_random(seed, "toy", "dates")
    chosen = [date.fromordinal(day) for day in chance.sample(days, count)]
    return [
        SentencePair(spell(write_date(day, chance.choice(DATE_FORMS))), spell(day.isoformat()))
        for day in chosen
    ]


def write_date(day: date, form: str) -> str:
    """The day in one of ``DATE_FORMS``.

    >>> write_date(date(1998, 3, 3), "{weekday}, {month} {nth}, {y}")
    'tuesday, march 3rd, 1998'
    """
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    ending = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return form.format(
        d=day.day, dd=f"{day.day:02}", nth=f"{day.day}{ending}", weekday=weekday, day=weekday[:3],
        m=day.month, mm=f"{day.month:02}", month=month, mon=month[:3], y=day.year,
    )  # fmt: skip


def spell(text: str) -> str:
    """The text with every character as a token of its own, and ``BLANK`` for a space.

    >>> spell("3 may")
    '3 _ m a y'
    """
    return " ".join(text.replace(" ", BLANK))


def adding_problem(count: int, length: int, *, seed: int = 0) -> Examples:
    """The adding problem (Hochreiter and Schmidhuber 1997), in the form of Le, Jaitly and Hinton (2015).

    At each step a number between 0 and 1 and a marker, 0 or 1; the target of a sequence is the sum of the
    two numbers that are marked. One marker is in the first half and one in the second, so that the first
    number has to be kept while many others pass. The mean squared error of the answer 1, whatever the input,
    is ``ADDING_BASELINE``.
    """
    _check("count", count, at_least=1)
    _check("length", length, at_least=2)
    generator = torch_generator(seed, "toy", "adding")
    numbers = torch.rand(count, length, generator=generator)
    first = torch.randint(0, length // 2, (count, 1), generator=generator)
    second = torch.randint(length // 2, length, (count, 1), generator=generator)
    marked = torch.cat([first, second], dim=1)
    markers = torch.zeros(count, length).scatter(1, marked, 1.0)
    return Examples(
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
    _check("count", count, at_least=1)
    _check("lag", lag, at_least=1)
    _check("num_items", num_items, at_least=1)
    _check("num_symbols", num_symbols, at_least=2)
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
    return Examples(inputs, torch.ones_like(recall), targets, recall)


def _rearranged(
    order: Callable[[str], Iterable[int]],
    count: int,
    min_length: int,
    max_length: int,
    num_symbols: int,
    seed: int,
) -> list[SentencePair]:
    """Pairs whose target holds the source symbols at the positions that ``order`` gives."""
    pairs = []
    for source in _sources(count, min_length, max_length, num_symbols, seed):
        positions = list(order(source))
        alignment = tuple(sorted((i, j) for j, i in enumerate(positions)))
        pairs.append(SentencePair(" ".join(source), " ".join(source[i] for i in positions), alignment))
    return pairs


def _sources(count: int, min_length: int, max_length: int, num_symbols: int, seed: int) -> list[str]:
    """``count`` different strings of symbols, drawn until there are enough."""
    _check("num_symbols", num_symbols, at_least=2, at_most=len(SYMBOLS))
    _check("min_length", min_length, at_least=1)
    _check("max_length", max_length, at_least=min_length)
    possible = sum(num_symbols**length for length in range(min_length, max_length + 1))
    _check("count", count, at_least=1, at_most=possible)
    chance = python_random(seed, "toy", "symbols")
    sources: dict[str, None] = {}  # a set that keeps its order
    while len(sources) < count:
        symbols = chance.choices(SYMBOLS[:num_symbols], k=chance.randint(min_length, max_length))
        sources["".join(symbols)] = None
    return list(sources)


def _check(argument: str, value: int, *, at_least: int, at_most: int | None = None) -> None:
    if value < at_least or (at_most is not None and value > at_most):
        allowed = f"at least {at_least}" if at_most is None else f"between {at_least} and {at_most}"
        raise ValueError(f"{argument} must be {allowed}, got {value}")
