"""Every claim: it runs, its stored result fits its code, and its verdict follows from its numbers."""

import dataclasses
from pathlib import Path

import pytest

from s2s_course.claims import context_every_step, ledger
from s2s_course.claims.claim import SEEDS
from s2s_course.claims.registry import CLAIMS, find_claim


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
        assert stored.code == ledger.code_hash(claim), f"its code has changed: s2s claims run {claim.id}"

    def test_its_stored_verdict_follows_from_its_numbers(self, claim):
        stored = ledger.stored(claim.id)
        assert stored.verdict == claim.holds(stored.values)
        assert stored.seeds == SEEDS["quick"]
        assert all(len(values) == len(stored.seeds) for values in stored.values.values())

    def test_it_says_what_it_claims_and_where_it_comes_from(self, claim):
        assert claim.statement.endswith(".") and claim.source and claim.conditions
        assert CLAIMS[claim.id] is claim


def test_no_result_is_stored_for_a_claim_that_is_gone():
    assert {path.stem for path in ledger.RESULTS.glob("*.json")} <= set(CLAIMS)


def test_results_survive_storing(tmp_path, monkeypatch):
    claim = dataclasses.replace(
        context_every_step.CLAIM,
        experiment=_scores,
        holds=lambda values: "holds" if min(values["score"]) > 0 else "contradicted",
    )
    monkeypatch.setattr(ledger, "RESULTS", tmp_path)
    measured = ledger.run_claim(claim, "quick")
    assert measured.values == {"score": [1.0, 2.0, 3.0, 4.0, 5.0]} and measured.verdict == "holds"
    ledger.store(measured)
    assert ledger.stored(claim.id) == measured
    with pytest.raises(ValueError, match="measured must be of scale 'quick' to be stored, got 'smoke'"):
        ledger.store(ledger.run_claim(claim, "smoke"))


def _scores(scale, seed):
    return {"score": seed + 1.0}


def test_the_hash_sees_code_and_not_comments():
    source = Path(context_every_step.__file__).read_text(encoding="utf-8")
    lines = ledger._code_lines(source)
    assert ledger._code_lines('"""Other words."""\n\n# a comment\n' + source.split('"""', 2)[2]) == lines
    assert ledger._code_lines(source.replace("learning_rate=4e-3", "learning_rate=5e-3")) != lines
    assert ledger._code_lines(source.replace("translates better", "translates much better")) == lines


def test_the_hash_sees_the_modules_that_a_claim_measures():
    claim = context_every_step.CLAIM
    hashes = {
        ledger.code_hash(dataclasses.replace(claim, measures=names)) for names in _subsets(claim.measures)
    }
    assert len(hashes) == len(claim.measures) + 1
    assert "s2s_course.models.recurrent" in claim.measures  # the model under test


def _subsets(names):
    return [names[:count] for count in range(len(names) + 1)]


def test_an_unknown_claim_is_refused():
    with pytest.raises(ValueError, match=r"claim must be one of .*context-every-step.*, got 'no-such'"):
        find_claim("no-such")
