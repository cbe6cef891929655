"""A clause: one of the things that a claim says, the numbers that it is about, and the rule for them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import mean

from s2s_course.claims.verdict import Values, Verdict, compare_paired, interval, within


@dataclass(frozen=True)
class Derived:
    """A number for each seed that is worked out from measured ones; ``name`` says in words what it is."""

    name: str
    of: Callable[[Values], list[float]]


Side = str | float | Derived  # the name of a value, a bound, or worked out from values


@dataclass(frozen=True)
class Outcome:
    """What came out for a clause: a number for each seed, and between which bounds it was said to be."""

    label: str  # what the number is, in words
    seeds: tuple[float, ...]
    low: float  # the 95 % interval of the mean; where each seed counts, the smallest and the largest
    high: float
    above: float = -math.inf
    below: float = math.inf
    each_seed: bool = False

    @property
    def mean(self) -> float:
        return mean(self.seeds)


@dataclass(frozen=True)
class More:
    """``larger`` is larger than ``smaller``, seed by seed, or at most ``margin`` below it.

    Where one of the two is a number, it is a bound for the other.
    """

    text: str  # empty where the claim says nothing else
    larger: Side
    smaller: Side
    margin: float = 0.0
    unit: str = ""
    digits: int = 1

    def verdict(self, values: Values) -> Verdict:
        larger, smaller = (_numbers(side, values) for side in (self.larger, self.smaller))
        return compare_paired(larger, [value - self.margin for value in smaller])

    def outcome(self, values: Values, names: Mapping[str, str]) -> Outcome:
        """``names`` has the plain names of values."""
        larger, smaller = (_numbers(side, values) for side in (self.larger, self.smaller))
        if isinstance(self.smaller, float):
            return Outcome(_name(self.larger, names), tuple(larger), *interval(larger), above=self.smaller)
        if isinstance(self.larger, float):
            return Outcome(_name(self.smaller, names), tuple(smaller), *interval(smaller), below=self.larger)
        difference = tuple(a - b for a, b in zip(larger, smaller, strict=True))
        label = f"{_name(self.larger, names)} − {_name(self.smaller, names)}"
        return Outcome(label, difference, *interval(difference), above=0.0 - self.margin)


@dataclass(frozen=True)
class Within:
    """The mean of ``value`` lies between ``low`` and ``high``; with ``each_seed`` the number of each seed."""

    text: str
    value: Side
    low: float = -math.inf
    high: float = math.inf
    each_seed: bool = False
    unit: str = ""
    digits: int = 1

    def verdict(self, values: Values) -> Verdict:
        numbers = _numbers(self.value, values)
        if not self.each_seed:
            return within(numbers, self.low, self.high)
        return "holds" if all(self.low <= number <= self.high for number in numbers) else "contradicted"

    def outcome(self, values: Values, names: Mapping[str, str]) -> Outcome:
        """``names`` has the plain names of values."""
        numbers = tuple(_numbers(self.value, values))
        ends = (min(numbers), max(numbers)) if self.each_seed else interval(numbers)
        label = _name(self.value, names)
        return Outcome(label, numbers, *ends, above=self.low, below=self.high, each_seed=self.each_seed)


Clause = More | Within


def ratio(name: str, over: str, under: str) -> Derived:
    """``over`` divided by ``under``, seed by seed."""
    return Derived(name, lambda values: [a / b for a, b in zip(values[over], values[under], strict=True)])


def change(name: str, before: str, after: str) -> Derived:
    """``after`` minus ``before``, seed by seed."""
    return Derived(name, lambda values: [b - a for a, b in zip(values[before], values[after], strict=True)])


def _numbers(side: Side, values: Values) -> list[float]:
    if isinstance(side, str):
        return values[side]
    if isinstance(side, Derived):
        return side.of(values)
    return [side] * len(next(iter(values.values())))


def _name(side: Side, names: Mapping[str, str]) -> str:
    return side.name if isinstance(side, Derived) else names[side]
