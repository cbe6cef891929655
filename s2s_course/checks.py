"""Arguments that a user may get wrong, each refused with the same clear sentence wherever it occurs.

Values are given by keyword, as in ``check_at_least(1, steps=steps)``: the sentence names the first that is
wrong. NaN is never allowed, and what is counted must be whole.
"""

import math
from collections.abc import Iterable
from numbers import Integral


def check_at_least(least: int | float, **values) -> None:
    """ValueError unless every value is ``least`` or more; a whole number where ``least`` is an ``int``."""
    for name, value in values.items():
        if isinstance(least, int) and not isinstance(value, Integral):
            raise ValueError(f"{name} must be a whole number, got {value!r}")
        if not value >= least:
            raise ValueError(f"{name} must be at least {least}, got {value}")


def check_more_than_0(**values) -> None:
    """ValueError unless every value is above 0, and finite."""
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be more than 0, got {value}")
        if value == math.inf:
            raise ValueError(f"{name} must be finite, got {value}")


def check_share(**values) -> None:
    """ValueError unless every value is a share that leaves something: 0 or more, and less than 1."""
    for name, value in values.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} must lie in [0, 1), got {value}")


def check_one_of(allowed: Iterable[str], **values) -> None:
    """ValueError unless every value is among those that are ``allowed``."""
    allowed = tuple(allowed)
    for name, value in values.items():
        if value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
