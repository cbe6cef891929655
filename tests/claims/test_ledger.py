"""Every claim: it runs, its stored result fits its code, and its verdict follows from its numbers."""

import dataclasses
import platform
from datetime import UTC, datetime

import numpy
import pytest
import torch

from s2s_course.claims import context_every_step, ledger
from s2s_course.claims.claim import SEEDS, Carried
from s2s_course.claims.clause import Derived, Within
from s2s_course.claims.registry import CLAIMS, find_claim
from s2s_course.claims.trees import commit_of


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
class TestEveryClaim:
    def test_it_runs_at_the_smallest_scale(self, claim):
        measured = ledger.run_claim(claim, "smoke")
        assert measured.verdict == "inconclusive"  # one seed has no spread
        stored = ledger.stored(claim.id)
        assert set(measured.values) == set(stored.values)

    def test_its_stored_result_is_not_older_than_its_code(self, claim):
        stored = ledger.stored(claim.id)
        assert stored is not None, f"measure it: s2s claims run {claim.id}"
        assert stored.code == ledger.code_hash(claim), (
            f"its code has changed: s2s claims carry {claim.id}, or s2s claims run {claim.id}"
        )

    def test_its_stored_verdict_follows_from_its_numbers(self, claim):
        stored = ledger.stored(claim.id)
        assert stored.verdict == claim.holds(stored.values)
        assert stored.seeds == SEEDS["quick"]
        assert all(len(values) == len(stored.seeds) for values in stored.values.values())

    def test_it_says_what_it_claims_and_where_it_comes_from(self, claim):
        assert claim.statement.endswith(".") and claim.source and claim.conditions
        assert claim.title and not claim.title.endswith(".") and len(claim.title) <= 60
        assert CLAIMS[claim.id] is claim


def test_titles_are_different():
    assert len({claim.title for claim in CLAIMS.values()}) == len(CLAIMS)


def test_no_result_is_stored_for_a_claim_that_is_gone():
    assert {path.stem for path in ledger.RESULTS.glob("*.json")} <= set(CLAIMS)


@pytest.fixture
def scores(tmp_path, monkeypatch):
    """A claim whose scores begin with 1/3 at seed 0, and a place for its result."""
    monkeypatch.setattr(ledger, "RESULTS", tmp_path)
    monkeypatch.setattr(ledger, "code_hash", lambda claim: "0123456789abcdef")
    return dataclasses.replace(
        context_every_step.CLAIM,
        experiment=lambda scale, seed: {"score": seed + 1 / 3, "scale": len(scale)},
        clauses=(
            Within("", Derived("first", lambda values: values["score"][:1]), 0.3333, 0.3333, each_seed=True),
        ),
    )


def test_results_survive_storing(scores):
    measured = ledger.run_claim(scores, "quick")
    ledger.store(measured)
    assert ledger.stored(scores.id) == measured
    records = (Carried("2026-01-02", "1234567", "2345678"), Carried("2026-01-03", "2345678", ""))
    carried = dataclasses.replace(measured, carried=records)
    ledger.store(carried)
    assert ledger.stored(scores.id) == carried
    with pytest.raises(ValueError, match="measured must be of scale 'quick' to be stored, got 'smoke'"):
        ledger.store(ledger.run_claim(scores, "smoke"))


@pytest.mark.parametrize("scale", SEEDS)
def test_a_result_says_how_it_was_measured(scores, scale):
    """One number for each seed of the scale, with four decimals, which the verdict is on, too."""
    measured = ledger.run_claim(scores, scale)
    assert measured.seeds == SEEDS[scale]
    assert measured.values == {
        "score": [seed + 0.3333 for seed in SEEDS[scale]],
        "scale": [len(scale)] * len(SEEDS[scale]),
    }
    assert measured.verdict == ("inconclusive" if scale == "smoke" else "holds")
    assert (measured.claim_id, measured.scale, measured.code) == (scores.id, scale, "0123456789abcdef")
    assert measured.versions == {
        "python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__
    }  # fmt: skip
    assert measured.date == datetime.now(UTC).date().isoformat()
    assert measured.measured_at == commit_of() and measured.carried == ()


def test_seconds_are_those_that_the_experiment_takes(scores, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(ledger.time, "monotonic", lambda: clock[0])

    def slow(scale, seed):
        clock[0] += 2.34
        return {"score": 1.0}

    assert ledger.run_claim(dataclasses.replace(scores, experiment=slow), "quick").seconds == 11.7


def test_an_unknown_claim_is_refused():
    with pytest.raises(ValueError, match=r"claim must be one of .*context-every-step.*, got 'no-such'"):
        find_claim("no-such")
