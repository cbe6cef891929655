"""A claim: a sentence, where it comes from, an experiment, and clauses that turn numbers into verdicts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from s2s_course.claims.clause import Clause
from s2s_course.claims.figures import Bars, Curves, plain_names
from s2s_course.claims.verdict import Values, Verdict, all_of

Scale = Literal["smoke", "quick", "full"]  # seconds in the tests; minutes on two cores; a GPU

# How many seeds each scale takes. Three is the least from which a spread can be read.
SEEDS: dict[Scale, tuple[int, ...]] = {"smoke": (0,), "quick": (0, 1, 2, 3, 4), "full": tuple(range(10))}


@dataclass(frozen=True, repr=False)
class Claim:
    """``experiment(scale, seed)`` measures once and gives named numbers; ``clauses`` judge all of them."""

    id: str
    chapter: int
    title: str  # short, for lists; the statement says it whole
    statement: str
    source: str
    conditions: str  # what the compared models have in common: data, budget, tuning
    experiment: Callable[[Scale, int], dict[str, float]]
    clauses: tuple[Clause, ...]
    figures: tuple[Bars | Curves, ...] = ()  # how the book draws the values
    family: str = ""  # of models whose labels do not say it, for their color: see claim_cards/colors.py
    names: Mapping[str, str] | None = None  # of values that are not drawn, in plain words

    def holds(self, values: Values) -> Verdict:
        """The verdict on the whole sentence."""
        return all_of(*(clause.verdict(values) for clause in self.clauses))

    def plain_names(self, values: Values) -> dict[str, str]:
        """What each of the measured values is called for a reader."""
        return plain_names(self.figures, self.names or {}, values)

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

    def __repr__(self) -> str:
        return f"Measured {self.claim_id}: {self.verdict}. {self.circumstances}"

    @property
    def circumstances(self) -> str:
        """Seeds, date, commit, time taken and versions, and to which code it was carried."""
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
