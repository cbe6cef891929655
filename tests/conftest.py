"""Things that many tests need."""

import pytest

from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.models.translator import Translator

PAIRS = [
    SentencePair("the cat sleeps.", "le chat dort.", ((0, 0), (1, 1), (2, 2), (3, 3))),
    SentencePair("the dog eats a cake.", "le chien mange un gâteau."),
    SentencePair("a cat eats.", "un chat mange."),
    SentencePair("the dog sleeps.", "le chien dort."),
]


@pytest.fixture
def pairs() -> list[SentencePair]:
    return PAIRS


@pytest.fixture
def translator() -> Translator:
    """A small translator that has learned nothing yet."""
    codecs = ParallelCorpus("made", "en", "fr", {"train": PAIRS}).codecs()
    return Translator.build("gru", *codecs, seed=0, embed_size=16, hidden_size=32)
