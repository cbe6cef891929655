"""Drawing random noun phrases: which noun, determiner, adjectives and modifiers stand together."""

import random
from dataclasses import dataclass
from typing import no_type_check

from s2s_course.data.grammar import lexicon
from s2s_course.data.grammar.lexicon import Adjective, Noun, allows, select, words
from s2s_course.data.grammar.noun_phrases import (
    PRONOUNS,
    Determiner,
    NounPhrase,
    Pronoun,
    coordination,
    followed_by,
    name,
    noun_phrase,
    subject,
)
from s2s_course.data.grammar.phrases import Phrase, phrase


class DeadEnd(Exception):
    """Nothing fits here."""


# What somebody can call his own.
_OWNED = (
    "kin teacher doctor student lawyer director nurse pet horse thing clothing readable furniture "
    "instrument suitcase bag umbrella car truck bicycle motorcycle boat house garden kitchen bedroom farm "
    "school factory restaurant food drink question answer problem idea secret song mistake dream name"
)
_PARTS = {
    "part": "building",
    "kin": "person",
    "king": "island",
    "queen": "island",
    "picture": "person animal",
}


@no_type_check
@dataclass(slots=True)
class Setting:
    """Where a noun phrase stands.

    ``role`` is subject, object (direct) or oblique (after the French preposition ``preposition``);
    ``polarity`` is positive, negative or question; ``owner`` is the person and the gender of a possessor in
    the third person; ``definite`` rules out *a* and *some* (*loves the coffee*).
    """

    role: str
    polarity: str = "positive"
    preposition: str = ""
    owner: tuple[int, str] | None = None
    definite: bool = False
    recursive: bool = True


@no_type_check
class NounSampler:
    """Draws noun phrases with a random generator and remembers what the sentence is made of.

    ``used`` collects the constructions and ``pairs`` the combinations (kind, word, noun), both for the whole
    sentence. A size is a wish: the number of English words a phrase should have.
    """

    def __init__(self, rng: random.Random, allowed: frozenset[str]):
        self.rng = rng
        self.allowed = allowed
        self.start()

    def start(self) -> None:
        """Forget the last sentence."""
        self.used: set[str] = set()
        self.pairs: set[tuple[str, str, str]] = set()
        self.mentioned: set[str] = set()  # nouns and names
        self.verbs: set[str] = set()
        self.you: Pronoun = PRONOUNS["you"]

    def may(self, construction: str, probability: float) -> bool:
        """Whether to use a construction here; if so, it is noted."""
        if not self.chance(construction, probability):
            return False
        self.used.add(construction)
        return True

    def chance(self, construction: str, probability: float) -> bool:
        """Whether to use a construction that is noted later, once it is certain to stay."""
        return construction in self.allowed and self.rng.random() < probability

    def pick_noun(self, candidates: tuple[Noun, ...]) -> Noun:
        """A noun that the sentence does not have yet, if that is easy to find."""
        for _ in range(4):
            noun = self.rng.choice(candidates)
            if noun.english not in self.mentioned:
                break
        self.mentioned.add(noun.english)
        return noun

    def pick_name(self) -> NounPhrase:
        """A name that the sentence does not have yet."""
        free = [word for word in words("name") if word.english not in self.mentioned]
        word = self.rng.choice(free)
        self.mentioned.add(word.english)
        return name(word)

    def pronoun_subject(self, *, unbound: bool) -> NounPhrase:
        """A personal pronoun. *They* is left out unless ``unbound``: a noun before could be meant."""
        choices = ["i", "you", "he", "she", "we"] + (["they"] if unbound else [])
        chosen = self.rng.choice(choices)
        return subject(self.you if chosen == "you" else PRONOUNS[chosen])

    def determiner(self, noun: Noun, is_plural: bool, setting: Setting) -> Determiner:
        """A determiner that suits the noun and its place in the sentence."""
        if "single" in noun.classes:
            return Determiner("definite")
        if allows(_OWNED, noun) and self.may("possessive", 0.15):
            owners = [(0, "m"), (self.you.person, "m"), (3, "m")]
            if setting.owner is not None:
                owners += [setting.owner] * 3
            return Determiner("possessive", owner=self.rng.choice(owners))
        if self.may("demonstrative", 0.12):
            return Determiner("demonstrative")
        counted = is_plural and setting.role != "oblique" and setting.polarity == "positive"
        if counted and not setting.definite and self.may("quantifier", 0.25):
            word = self.rng.choice(words(self.rng.choice(("numeral", "quantifier"))))
            return Determiner(word.category, word=word)
        every = setting.role == "subject" and setting.polarity == "positive" and not is_plural
        if every and "person" in noun.classes and self.may("quantifier", 0.06):
            return Determiner("every")
        if setting.definite or self.rng.random() < 0.55:
            return Determiner("definite")
        return self._indefinite(noun, is_plural, setting)

    def _indefinite(self, noun: Noun, is_plural: bool, setting: Setting) -> Determiner:
        # No French "de des" and no English "not with some".
        uncounted = is_plural or noun.is_mass
        if uncounted and (setting.preposition.endswith("de") or setting.role == "oblique"):
            return Determiner("definite")
        if setting.role == "subject" and (setting.polarity != "positive" or noun.is_mass):
            return Determiner("definite")
        if setting.role == "object" and setting.polarity == "negative":
            return Determiner("none")
        if noun.is_mass and not self.may("partitive", 1.0):
            return Determiner("definite")
        return Determiner("any" if setting.polarity == "question" and uncounted else "indefinite")

    def adjectives(self, noun: Noun, count: int) -> tuple[Adjective | None, Adjective | None]:
        """Up to ``count`` adjectives: one before the French noun, one after it."""
        before = after = None
        suitable = [adjective for adjective in lexicon.adjectives_of(noun) if adjective.kind != "state"]
        wanted = suitable if count == 1 else [a for a in suitable if a.place == "before" or a.kind == "color"]
        self.rng.shuffle(wanted)
        for adjective in wanted:
            if before is None and adjective.place == "before" and (after is None or count == 2):
                before = adjective if self.may("adjective_before", 1.0) else None
            elif after is None and adjective.place == "after" and (before is None or count == 2):
                after = adjective if self.may("adjective_after", 1.0) else None
        for adjective in (before, after):
            if adjective is not None:
                self.pairs.add(("adjective", adjective.english, noun.english))
        return before, after

    def described(self, noun: Noun, size: int, setting: Setting) -> NounPhrase:
        """Determiner, adjectives and noun."""
        share = 0.1 if setting.role == "oblique" and "person" not in noun.classes else 0.3
        is_plural = "pair" in noun.classes or (noun.has_plural and self.rng.random() < share)
        determiner = self.determiner(noun, is_plural, setting)
        before, after = self.adjectives(noun, min(size - 2, 2)) if size > 2 else (None, None)
        degree = None
        gradable = after is not None and before is None and after.kind == "quality"
        if size > 3 and gradable and self.may("adverb", 0.5):
            degree = words("degree")[0]
        return noun_phrase(determiner, noun, is_plural=is_plural, before=before, after=after, degree=degree)

    def noun_phrase(self, candidates: tuple[Noun, ...], size: int, setting: Setting) -> NounPhrase:
        """A noun with whatever fills ``size``: adjectives, *of* and a noun, a relative clause."""
        noun = self.pick_noun(candidates)
        own = size if size < 5 else self.rng.choice((2, 3, 3, 4))
        head = self.described(noun, own, setting)
        room = size - len(head.phrase)
        if room >= 3 and setting.recursive:
            modifier = self.modifier(noun, head, room, setting)
            if modifier is not None:
                head = followed_by(head, modifier)
        return head

    def modifier(self, noun: Noun, head: NounPhrase, size: int, setting: Setting) -> Phrase | None:
        """*of* and a noun phrase, where the noun is part of something or somebody's relative."""
        whole = next((_PARTS[key] for key in (noun.english, *sorted(noun.classes)) if key in _PARTS), None)
        if whole is None or not self.may("prepositional_phrase", 0.5):
            return None
        inner = Setting("oblique", setting.polarity, preposition="de", definite=True, recursive=False)
        complement = self.noun_phrase(select(whole), size - 1, inner)
        return phrase("of", "de") + complement.phrase

    def coordinated(self, members: list[NounPhrase], conjunction: str) -> NounPhrase:
        """Noun phrases joined by *and* or *or*."""
        word = next(word for word in words("conjunction") if word.english == conjunction)
        return coordination(members, word)
