"""The Python half of BleuByHand; tests/browser/test_bleu_by_hand.py drives the other half."""

import pytest
import traitlets

from s2s_course.widgets.bleu_by_hand import BleuByHand

REFERENCE = "la petite fille mange la pomme rouge ."
OUTPUTS = ("la petite fille mange une pomme rouge .", "la la la la")


def test_words_and_texts_travel_as_they_are():
    widget = BleuByHand.of(f"  {REFERENCE} ", OUTPUTS, title="By hand", n=2)
    assert widget.reference == REFERENCE.split() and widget.examples == list(OUTPUTS)
    assert (widget.output, widget.n, widget.title) == (OUTPUTS[0], 2, "By hand")


def test_the_text_alternative_has_the_score_whatever_was_changed():
    widget = BleuByHand.of(REFERENCE, OUTPUTS)
    widget.output = "rien"
    assert "'la petite fille mange une pomme rouge .': BLEU 50.0" in repr(widget)  # the guide works it out
    assert repr(REFERENCE) in repr(widget)


@pytest.mark.parametrize(
    ("reference", "outputs", "message"),
    [
        (REFERENCE, [], "outputs must hold at least one text, got none"),
        (" ", OUTPUTS, "reference must have 1 to 24 words, got 0: ' '"),
        (REFERENCE, ["la", ""], "outputs must have 1 to 24 words, got 0: ''"),
        (REFERENCE, ["la " * 25], "outputs must have 1 to 24 words, got 25"),
    ],
)
def test_a_text_that_cannot_be_shown_is_refused(reference, outputs, message):
    with pytest.raises(ValueError, match=message):
        BleuByHand.of(reference, outputs)


def test_n_lies_in_1_to_4():
    with pytest.raises((ValueError, traitlets.TraitError), match=r"n must lie in 1 … 4, got 5"):
        BleuByHand.of(REFERENCE, OUTPUTS, n=5)
