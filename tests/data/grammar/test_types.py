"""The types of the grammar are enforced, as those of the rest are (`tests/conftest.py`)."""

import pytest
from beartype.roar import BeartypeCallHintViolation

from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.noun_phrases import Determiner
from s2s_course.data.grammar.setting import Setting
from s2s_course.seeds import python_random

WRONG = {
    "a kind of determiner that does not exist": lambda: Determiner("definitive"),
    "a role that does not exist": lambda: Setting("indirect"),
    "a list for a set": lambda: Draft(python_random(0), ["negation"]),
    "a number for a word": lambda: Draft(python_random(0), frozenset()).combine("verb", 1, []),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_type_is_refused(wrong):
    with pytest.raises(BeartypeCallHintViolation):
        wrong()
