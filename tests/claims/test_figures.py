"""Every claim says how it is drawn, with names that were measured and labels that a reader can read."""

import re

import pytest

from s2s_course.claims import ledger
from s2s_course.claims.figures import Bars, Curves
from s2s_course.claims.registry import CLAIMS
from s2s_course.plots import claim_figures


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
class TestEveryClaim:
    def test_it_has_a_figure_and_every_name_in_it_was_measured(self, claim):
        assert claim.figures
        stored = ledger.stored(claim.id)
        assert stored is not None, f"measure it: s2s claims run {claim.id}"
        for figure in claim.figures:
            ending = r"\d+" if isinstance(figure, Curves) else ""
            for name in figure.values:
                found = [value for value in stored.values if re.fullmatch(re.escape(name) + ending, value)]
                assert found, f"{claim.id} has no number {name}"

    def test_its_labels_can_be_read(self, claim):
        assert not any("_" in label for figure in claim.figures for label in figure.values.values())

    def test_its_figures_can_be_drawn(self, claim):
        drawn = claim_figures(claim.id)
        for shown, figure in zip(drawn, claim.figures, strict=True):
            assert shown.description.startswith(figure.label)
            assert all(text in shown.description for text in figure.values.values())


@pytest.mark.parametrize(
    ("kind", "choices", "message"),
    [
        (Bars, {"label": " "}, "label must say what was measured, got an empty text"),
        (Bars, {"values": {}}, "values must have a label for each of at least one name, got {}"),
        (Bars, {"values": {"a": ""}}, "values must have a label for each of at least one name"),
        (Bars, {"values": {"a": "x", "b": "x"}}, "values must have a different label for each name, got"),
        (Bars, {"digits": -1}, "digits must be 0 or more, got -1"),
        (Curves, {"label": ""}, "label must say what was measured, got an empty text"),
        (Curves, {"values": {}}, "values must have a label for each of at least one name, got {}"),
        (Curves, {"xlabel": ""}, "xlabel must say what the curves are over, got an empty text"),
        (Curves, {"log": "y"}, "log must be '', 'x' or 'xy', got 'y'"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_refused(kind, choices, message):
    good = {"label": "BLEU", "values": {"a": "first"}} | ({"xlabel": "lag"} if kind is Curves else {})
    kind(**good)
    with pytest.raises(ValueError, match=re.escape(message)):
        kind(**(good | choices))
