"""Every claim says how it is drawn, with names that were measured and labels that a reader can read."""

import re

import pytest

from s2s_course.claims import ledger
from s2s_course.claims.registry import CLAIMS
from s2s_course.plots import claim_figures


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
class TestEveryClaim:
    def test_it_has_a_figure_and_every_name_in_it_was_measured(self, claim):
        assert claim.figures
        stored = ledger.stored(claim.id)
        assert stored is not None, f"measure it: s2s claims run {claim.id}"
        for label, names, *options in claim.figures:
            assert label and names and all(names.values())
            for name in names:
                ending = r"\d+" if options and "xlabel" in options[0] else ""
                found = [value for value in stored.values if re.fullmatch(re.escape(name) + ending, value)]
                assert found, f"{claim.id} has no number {name}"

    def test_its_labels_tell_its_conditions_apart(self, claim):
        for _, names, *_ in claim.figures:
            assert len(set(names.values())) == len(names)
            assert not any("_" in label for label in names.values())

    def test_its_figures_can_be_drawn(self, claim):
        figures = claim_figures(claim.id)
        assert len(figures) == len(claim.figures)
        for figure, (label, names, *_) in zip(figures, claim.figures, strict=True):
            assert figure.description.startswith(label)
            assert all(text in figure.description for text in names.values())
