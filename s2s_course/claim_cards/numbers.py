"""Numbers of claims in words and in places on an axis."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


def number(x: float | int, digits: int, *, sign: bool = False) -> str:
    """``x`` with ``digits`` after the point, a real minus, thousands apart, perhaps with a plus."""
    text = f"{x:{'+' if sign else ''},.{digits}f}"
    if not text.strip("+-0.,"):  # a rounded zero has no sign
        text = text.lstrip("+-")
    return text.replace("-", "−")


def bound(x: float | int) -> str:
    """A bound as short as it can be written."""
    return f"{x:,.4g}".replace("-", "−")


def with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}".strip().replace(" %", "\N{NO-BREAK SPACE}%")


@dataclass(frozen=True)
class Axis:
    """An axis from ``low`` to ``high``, straight or logarithmic, whose places are percent of its length."""

    low: float
    high: float
    log: bool = False

    @classmethod
    def over(cls, values: Iterable[float | int], *, room: float = 0.04, log: bool = False) -> "Axis":
        """An axis on which all of ``values`` have their place, with a little room at both ends."""
        values = [math.log10(value) if log else value for value in values]
        low, high = min(values), max(values)
        more = room * ((high - low) or abs(high) or 1)
        ends = (low - more, high + more)
        return cls(*(10**end for end in ends) if log else ends, log)

    def place(self, value: float | int) -> float:
        low, high, value = (math.log10(v) if self.log else v for v in (self.low, self.high, value))
        return 100 * (value - low) / (high - low)

    def ticks(self, most: int = 6) -> list[float]:
        """At most ``most`` round numbers; on a logarithmic axis powers of ten with their 2 and 5."""
        if self.log:
            exponents = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            for steps in ((1, 2, 5), (1,)):
                found = [step * 10.0**e for e in exponents for step in steps]
                found = [tick for tick in found if self.low <= tick <= self.high]
                if len(found) <= most:
                    break
            return found
        rough = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [n * step for n in range(first, last + 1)]
