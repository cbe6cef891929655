"""How the book draws what a claim measured, as bars or as curves, and what it calls the numbers."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bars:
    """A bar for the mean of each value, with a dot for each seed; ``digits`` of the mean after the point."""

    label: str  # of the axis: what was measured, and its unit
    values: Mapping[str, str]  # names of values, with a label for each
    digits: int = 1

    def __post_init__(self) -> None:
        _check_labels(self.label, self.values)
        if self.digits < 0:
            raise ValueError(f"digits must be 0 or more, got {self.digits}")


@dataclass(frozen=True)
class Curves:
    """A curve over whole numbers for each beginning of names, through all values that it begins.

    ``{"rnn_lag_": "RNN"}`` is a curve over 1, 10, … through ``rnn_lag_1``, ``rnn_lag_10``, …
    """

    label: str  # of the axis: what was measured, and its unit
    values: Mapping[str, str]  # beginnings of names of values, with a label for each
    xlabel: str
    log: str = ""  # the axes that are logarithmic: "x" or "xy"
    at: Callable[[int], str] = str  # the words for a point on the curve: "12 to 14 words" for 12

    def __post_init__(self) -> None:
        _check_labels(self.label, self.values)
        if not self.xlabel.strip():
            raise ValueError("xlabel must say what the curves are over, got an empty text")
        if self.log not in ("", "x", "xy"):
            raise ValueError(f"log must be '', 'x' or 'xy', got {self.log!r}")


def _check_labels(label: str, values: Mapping[str, str]) -> None:
    if not label.strip():
        raise ValueError("label must say what was measured, got an empty text")
    if not values or not all(text.strip() for text in values.values()):
        raise ValueError(f"values must have a label for each of at least one name, got {dict(values)}")
    if len(set(values.values())) < len(values):
        raise ValueError(f"values must have a different label for each name, got {dict(values)}")


def points(beginning: str, values: Iterable[str]) -> list[int]:
    """The whole numbers with which ``beginning`` is the name of one of the values, in their order there."""
    return [int(name.removeprefix(beginning)) for name in values if _is_point(beginning, name)]


def plain_names(
    figures: Iterable[Bars | Curves], names: Mapping[str, str], values: Iterable[str]
) -> dict[str, str]:
    """What each of ``values`` is called for a reader: as in the figures, or as in ``names``.

    Raises ``ValueError`` for one that has no name.
    """
    found = {}
    for value in values:
        called = [*_labels(figures, value), *_named(names, value)]
        if not called:
            raise ValueError(f"names must have plain words for each value, got none for {value!r}")
        found[value] = called[0]
    return found


def _labels(figures: Iterable[Bars | Curves], value: str) -> Iterable[str]:
    for figure in figures:
        if isinstance(figure, Bars):
            yield from (label for name, label in figure.values.items() if name == value)
        else:
            for beginning, label in figure.values.items():
                if _is_point(beginning, value):
                    yield f"{label}, {figure.at(int(value.removeprefix(beginning)))}"


def _named(names: Mapping[str, str], value: str) -> Iterable[str]:
    """Names in full, or beginnings of names, whose words have a place for the number."""
    for name, words in names.items():
        if name == value and "{}" not in words:
            yield words
        elif "{}" in words and _is_point(name, value):
            yield words.format(value.removeprefix(name))


def _is_point(beginning: str, name: str) -> bool:
    return re.fullmatch(re.escape(beginning) + r"\d+", name) is not None
