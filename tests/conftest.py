"""Things that many tests need."""

import sys
from importlib.machinery import ModuleSpec, PathFinder

import pytest
from beartype.claw import beartype_package

from s2s_course.data.pairs import SentencePair
from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import WordTokenizer

PAIRS = [
    SentencePair("the cat sleeps.", "le chat dort.", ((0, 0), (1, 1), (2, 2), (3, 3))),
    SentencePair("the dog eats a cake.", "le chien mange un gâteau."),
    SentencePair("a cat eats.", "un chat mange."),
    SentencePair("the dog sleeps.", "le chien dort."),
]

GRAMMAR = "s2s_course.data.grammar"


class GrammarFinder:
    """Finds the modules of the grammar before jaxtyping does, and leaves all others to it."""

    @staticmethod
    def find_spec(name: str, path=None, target=None) -> ModuleSpec | None:
        return PathFinder.find_spec(name, path, target) if f"{name}.".startswith(f"{GRAMMAR}.") else None


def pytest_configure(config):
    """Where the types are enforced, those of the grammar are, too, but by beartype alone.

    A sentence takes 150 calls and there are no arrays in it: to note the shapes of each call, as jaxtyping
    does, would make a corpus five times slower.
    """
    if config.getoption("jaxtyping_packages"):
        beartype_package(GRAMMAR)
        sys.meta_path.insert(0, GrammarFinder)


@pytest.fixture
def pairs() -> list[SentencePair]:
    return PAIRS


@pytest.fixture
def translator() -> Translator:
    """A small translator that has learned nothing yet."""
    src_codec = TextCodec.build(WordTokenizer("en"), (pair.src for pair in PAIRS))
    tgt_codec = TextCodec.build(WordTokenizer("fr"), (pair.tgt for pair in PAIRS))
    return Translator.build("gru", src_codec, tgt_codec, seed=0, embed_size=16, hidden_size=32)
