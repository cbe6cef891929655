"""How the book draws what a claim measured: as bars, or as curves. ``plots.draw`` does it."""

from collections.abc import Mapping
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
