"""A claim: a sentence, where it comes from, an experiment, and a rule that turns numbers into a verdict."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Literal

from s2s_course.claims.figures import Bars, Curves

Verdict = Literal["holds", "contradicted", "inconclusive"]
Scale = Literal["smoke", "quick", "full"]  # seconds in the tests; minutes on two cores; a GPU
Values = dict[str, list[float]]

# How many seeds each scale takes. Three is the least from which a spread can be read.
SEEDS: dict[Scale, tuple[int, ...]] = {"smoke": (0,), "quick": (0, 1, 2, 3, 4), "full": tuple(range(10))}

# Two-sided 95 % quantiles of Student's t by degrees of freedom.
_T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


@dataclass(frozen=True, repr=False)
class Claim:
    """``experiment(scale, seed)`` measures once and gives named numbers; ``holds`` judges all of them."""

    id: str
    chapter: int
    statement: str
    source: str
    conditions: str  # what the compared models have in common: data, budget, tuning
    experiment: Callable[[Scale, int], dict[str, float]]
    holds: Callable[[Values], Verdict]
    figures: tuple[Bars | Curves, ...] = ()  # how the book draws the values

    def _repr_markdown_(self) -> str:
        """How a chapter shows the claim."""
        return (
            f"> **Claim.** {self.statement}\n>\n> **Source.** {self.source}.\n>\n"
            f"> **Conditions.** {self.conditions}"
        )

    def __repr__(self) -> str:
        return f"Claim {self.id}: {self.statement} Source: {self.source}. Conditions: {self.conditions}"


@dataclass(frozen=True)
class Carried:
    """On ``date`` a result was taken over to newer code, which gives the same bits at scale ``smoke``."""

    date: str
    source: str  # the commit to whose code the result belonged; empty for a folder outside of git
    target: str  # the commit to whose code it belongs since; both are as in ``Measured.measured_at``


@dataclass(frozen=True, repr=False)
class Measured:
    """What came out: for each name one number per seed, and the verdict on them."""

    claim_id: str
    scale: Scale
    seeds: tuple[int, ...]
    values: Values
    verdict: Verdict
    code: str  # hash of the code that was measured, or that the result was carried to last
    measured_at: str  # the commit, and whether the package had changes; empty outside of git
    versions: dict[str, str]
    date: str
    seconds: float
    carried: tuple[Carried, ...] = ()  # oldest first

    def _repr_markdown_(self) -> str:
        """How a chapter shows what came out."""
        return f"> **Verdict: {self.verdict}.** {self._circumstances}"

    def __repr__(self) -> str:
        return f"Measured {self.claim_id}: {self.verdict}. {self._circumstances}"

    @property
    def _circumstances(self) -> str:
        libraries = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        took = f"{self.seconds / 60:.0f} min" if self.seconds >= 90 else f"{self.seconds:.0f} s"
        at = f" at commit {self.measured_at}" if self.measured_at else ""
        text = f"{len(self.seeds)} seeds, measured {self.date}{at} in {took} with {libraries}"
        if self.carried:
            last = self.carried[-1]
            to = f"commit {last.target}" if last.target else "newer code"
            text += f", carried to {to} on {last.date} (smoke scale bit-identical)"
        return f"{text}."

    @property
    def belongs_to(self) -> str:
        """The commit with whose code it was measured, or to which it was carried last."""
        return self.carried[-1].target if self.carried else self.measured_at


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
