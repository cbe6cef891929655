"""The sentence that is being drawn: where its choices come from, and what it has so far."""

import random
from collections.abc import Iterable

from s2s_course.data.grammar.lexicon import Noun
from s2s_course.data.grammar.noun_phrases import PRONOUNS, Pronoun


class DeadEnd(Exception):
    """Nothing fits here."""


class Draft:
    """What all samplers of one sentence share.

    They draw from ``rng``, and only the constructions ``allowed`` may occur besides the plain clause.
    ``used`` collects the constructions and ``combinations`` the combinations (kind, word, noun), both for the
    whole sentence; ``mentioned`` has its nouns and names and ``verbs`` its verbs, so that none comes twice.
    ``you`` is the pronoun of whom it addresses.
    """

    def __init__(self, rng: random.Random, allowed: frozenset[str]):
        self.rng = rng
        self.allowed = allowed
        self.start()

    def start(self) -> None:
        """Forget the last sentence."""
        self.used: set[str] = set()
        self.combinations: set[tuple[str, str, str]] = set()
        self.mentioned: set[str] = set()
        self.verbs: set[str] = set()
        self.you: Pronoun = PRONOUNS["you"]

    def may(self, construction: str, probability: float) -> bool:
        """Whether to use a construction here; if so, it is noted."""
        if construction in self.allowed and self.rng.random() < probability:
            self.used.add(construction)
            return True
        return False

    def chance(self, construction: str, probability: float) -> bool:
        """Whether to use a construction that is noted later, once it is certain to stay."""
        return construction in self.allowed and self.rng.random() < probability

    def combine(self, kind: str, word: str, nouns: Iterable[Noun]) -> None:
        """Note that the sentence has a word (an "adjective" or a "verb") with these nouns."""
        self.combinations.update((kind, word, noun.english) for noun in nouns)
