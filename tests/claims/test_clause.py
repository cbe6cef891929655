"""What a clause says of numbers made up here, and that its verdict fits the interval that is shown."""

import math

import pytest

from s2s_course.claims import ledger
from s2s_course.claims.clause import Derived, More, Within, change, ratio
from s2s_course.claims.registry import CLAIMS

VALUES = {"one": [10.0, 12.0, 11.0], "two": [9.0, 10.0, 9.5], "none": [0.0, 0.0, 0.0]}
NAMES = {"one": "the first", "two": "the second", "none": "nothing"}


def test_a_comparison_is_the_difference_seed_by_seed():
    """1, 2 and 1.5 have the mean 1.5 and the standard deviation 1/2."""
    outcome = More("", "one", "two").outcome(VALUES, NAMES)
    half_width = 4.303 * 0.5 / math.sqrt(3)
    assert outcome.label == "the first − the second" and outcome.seeds == (1.0, 2.0, 1.5)
    assert (outcome.mean, outcome.low, outcome.high) == pytest.approx(
        (1.5, 1.5 - half_width, 1.5 + half_width)
    )
    assert (outcome.above, outcome.below) == (0.0, math.inf)
    assert [More("", *sides).verdict(VALUES) for sides in (("one", "two"), ("two", "one"))] == [
        "holds", "contradicted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("margin", "verdict"), [(0.0, "contradicted"), (1.5, "inconclusive"), (2.8, "holds")]
)
def test_at_most_a_margin_below(margin, verdict):
    """The second is 0.26 to 2.74 below the first."""
    clause = More("", "two", "one", margin=margin)
    assert clause.verdict(VALUES) == verdict and clause.outcome(VALUES, NAMES).above == -margin


def test_a_bound_stands_in_place_of_one_side():
    above, below = More("", "one", 8.0), More("", 8.0, "one")
    assert (above.verdict(VALUES), below.verdict(VALUES)) == ("holds", "contradicted")
    for clause, bounds in ((above, (8.0, math.inf)), (below, (-math.inf, 8.0))):
        outcome = clause.outcome(VALUES, NAMES)
        assert outcome.label == "the first" and outcome.mean == 11.0
        assert (outcome.above, outcome.below) == bounds


def test_within_bounds_the_mean_or_each_seed():
    """The interval of 9, 10 and 9.5 is 8.26 to 10.74."""
    verdicts = [Within("", "two", 8.8, 10.2, each_seed=each).verdict(VALUES) for each in (False, True)]
    assert verdicts == ["inconclusive", "holds"]
    assert Within("", "two", 9.1, each_seed=True).verdict(VALUES) == "contradicted"
    assert Within("", "none", 0.0, 0.0, each_seed=True).verdict(VALUES) == "holds"
    outcome = Within("", "two", each_seed=True).outcome(VALUES, NAMES)
    assert (outcome.low, outcome.high, outcome.each_seed) == (9.0, 10.0, True)


def test_numbers_that_are_worked_out():
    assert ratio("a", "one", "two").of(VALUES) == pytest.approx([10 / 9, 1.2, 11 / 9.5])
    assert change("a", "two", "one").of(VALUES) == [1.0, 2.0, 1.5]
    outcome = More("", Derived("worked out", lambda values: values["one"]), "none").outcome(VALUES, NAMES)
    assert outcome.label == "worked out − nothing"


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_each_clause_says_something_and_its_verdict_is_that_of_the_interval_shown(claim):
    stored = ledger.stored(claim.id)
    names = claim.plain_names(stored.values)
    assert all(clause.text.endswith(".") for clause in claim.clauses) or len(claim.clauses) == 1
    for clause in claim.clauses:
        outcome = clause.outcome(stored.values, names)
        if outcome.above <= outcome.low and outcome.high <= outcome.below:
            expected = "holds"
        elif outcome.each_seed or outcome.high < outcome.above or outcome.low > outcome.below:
            expected = "contradicted"
        else:
            expected = "inconclusive"
        assert clause.verdict(stored.values) == expected
        assert "_" not in outcome.label


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_every_value_has_a_plain_name(claim):
    names = claim.plain_names(ledger.stored(claim.id).values)
    assert not any("_" in name or "{" in name for name in names.values())
