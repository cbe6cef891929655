"""Checks of arguments: one clear sentence that names the argument, what is allowed, and what came."""

from collections.abc import Iterable


def check_at_least(least: int | float, **values) -> None:
    """Raise ``ValueError`` for the first of ``values`` that is below ``least``."""
    for name, value in values.items():
        if value < least:
            raise ValueError(f"{name} must be at least {least}, got {value}")


def check_one_of(allowed: Iterable[str], **values) -> None:
    """Raise ``ValueError`` for the first of ``values`` that is not ``allowed``."""
    allowed = tuple(allowed)
    for name, value in values.items():
        if value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")


def check_share(**values) -> None:
    """Raise ``ValueError`` for the first of ``values`` that does not lie in [0, 1)."""
    for name, value in values.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} must lie in [0, 1), got {value}")
