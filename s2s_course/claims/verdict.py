"""From numbers to a verdict: the interval over seeds, and the rules that judge it."""

import math
from collections.abc import Sequence
from statistics import mean, stdev
from typing import Literal

Verdict = Literal["holds", "contradicted", "inconclusive"]
Values = dict[str, list[float]]  # for each name one number per seed

# Two-sided 95 % quantiles of Student's t by degrees of freedom.
_T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % confidence interval of the mean, by Student's t; 2 to 10 values."""
    if len(values) - 1 not in _T95:
        raise ValueError(f"values must be 2 to {len(_T95) + 1}, got {len(values)}")
    half_width = _T95[len(values) - 1] * stdev(values) / math.sqrt(len(values))
    return mean(values) - half_width, mean(values) + half_width


def compare_paired(larger: Sequence[float], smaller: Sequence[float]) -> Verdict:
    """Is ``larger`` larger than ``smaller``, seed by seed?

    ``holds`` when the 95 % confidence interval of the mean difference lies above zero, ``contradicted``
    when it lies below, else ``inconclusive``. Student's t on the paired differences; 2 to 10 seeds.
    """
    low, high = interval([a - b for a, b in zip(larger, smaller, strict=True)])
    if low > 0:
        return "holds"
    return "contradicted" if high < 0 else "inconclusive"


def within(values: Sequence[float], low: float, high: float) -> Verdict:
    """Is the mean between ``low`` and ``high``? Decided when its interval lies inside, or quite outside."""
    least, most = interval(values)
    if low <= least and most <= high:
        return "holds"
    return "contradicted" if most < low or least > high else "inconclusive"


def all_of(*verdicts: Verdict) -> Verdict:
    """The verdict on a sentence that says several things: it holds when all of them do."""
    if "contradicted" in verdicts:
        return "contradicted"
    return "inconclusive" if "inconclusive" in verdicts else "holds"
