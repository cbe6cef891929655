"""Every claim says how it is drawn, with names that were measured and labels that a reader can read."""

import re

import pytest

from s2s_course.claims import ledger
from s2s_course.claims.figures import Bars, Curves, plain_names, points
from s2s_course.claims.registry import CLAIMS


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


def test_values_are_called_as_in_the_figures_or_as_is_said():
    figures = (Bars("BLEU", {"a": "first"}), Curves("ms", {"b_": "second"}, xlabel="n", at="{} words".format))
    names = {"c": "third", "d_": "fourth at {}"}
    assert plain_names(figures, names, ["a", "b_12", "c", "d_3"]) == {
        "a": "first", "b_12": "second, 12 words", "c": "third", "d_3": "fourth at 3",
    }  # fmt: skip
    for value in ("e", "b_x", "d_"):
        with pytest.raises(
            ValueError, match=f"names must have plain words for each value, got none for '{value}'"
        ):
            plain_names(figures, names, [value])
    assert points("b_", ["b_12", "b_x", "ab_3", "b_4"]) == [12, 4]
