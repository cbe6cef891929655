"""Drawing random clauses: a verb, who does it, what it is done to, and where, when and with whom."""

from functools import cache
from typing import no_type_check

from s2s_course.data.grammar.lexicon import (
    VERBS,
    Adjective,
    Frame,
    Noun,
    Verb,
    adjectives_of,
    allows,
    select,
)
from s2s_course.data.grammar.noun_phrases import PRONOUNS, NounPhrase, Pronoun
from s2s_course.data.grammar.noun_sampler import DeadEnd, NounSampler, Setting

VERB = {verb.english: verb for verb in VERBS}
FRAMES = tuple((verb, frame) for verb in VERBS for frame in verb.frames if frame.special is None)
PEOPLE = ("me", "you", "him", "her", "us", "them")


@no_type_check
@cache
def frames_with_subject(noun: Noun | None) -> tuple[tuple[Verb, Frame], ...]:
    """What a noun can do; None stands for people without a noun (names and pronouns)."""
    if noun is None:
        return tuple((v, f) for v, f in FRAMES if "person" in v.subject.split())
    return tuple((v, f) for v, f in FRAMES if allows(v.subject, noun))


@no_type_check
@cache
def frames_with_object(noun: Noun) -> tuple[tuple[Verb, Frame], ...]:
    """What can be done to a noun, without any further object."""
    return tuple((v, f) for v, f in FRAMES if f.direct and not f.oblique and allows(f.direct, noun))


@no_type_check
@cache
def object_pronouns(selection: str) -> tuple[str, ...]:
    """The English pronouns that can stand for the nouns of ``selection``."""
    nouns = select(selection)
    found = list(PEOPLE) if "person" in selection.split() else []
    if any("person" not in noun.classes for noun in nouns):
        found += ["it"] + (["them"] if any(noun.has_plural for noun in nouns) else [])
    return tuple(dict.fromkeys(found))


@no_type_check
def common_adjectives(subject: NounPhrase) -> tuple[Adjective, ...]:
    """The adjectives that can be said of every noun of ``subject``; a name counts as a man or a woman."""
    nouns = subject.nouns or (select("man" if subject.gender == "m" else "woman")[0],)
    return tuple(a for a in adjectives_of(nouns[0]) if all(allows(a.nouns, noun) for noun in nouns[1:]))


@no_type_check
class ClauseSampler(NounSampler):
    """Draws clauses. ``unbound`` says that nothing before could be meant by *it*, *they* and *them*, so that
    these pronouns are masculine.
    """

    def subject(self, selection: str, size: int, setting: Setting, *, unbound: bool) -> NounPhrase:
        """Somebody or something that ``selection`` allows."""
        is_anybody = "person" in selection.split()
        if is_anybody and (size < 2 or self.rng.random() < (0.5 if size < 3 else 0.15)):
            if self.rng.random() < 0.5:
                return self.pronoun_subject(unbound=unbound)
            return self.pick_name()
        if size > 4 and self.may("coordination", 0.4):
            return self.several(selection, size, setting, "and", names=is_anybody)
        return self.noun_phrase(select(selection), size, setting)

    def several(
        self, selection: str, size: int, setting: Setting, conjunction: str, *, names: bool = False
    ) -> NounPhrase:
        """Two or three noun phrases of one selection, joined."""
        count = 3 if size > 9 and self.rng.random() < 0.4 else 2
        share = max(2, min(3, (size - count + 1) // count))
        members = []
        for _ in range(count):
            if names and self.rng.random() < 0.4:
                members.append(self.pick_name())
            else:
                members.append(self.described(self.pick_noun(select(selection)), share, setting))
        return self.coordinated(members, conjunction)

    def choose_frame(
        self, frames: tuple[tuple[Verb, Frame], ...], size: int, tense: str | None
    ) -> tuple[Verb, Frame]:
        """A verb that the sentence does not have yet, and a frame that the choices so far permit."""
        has_oblique = "prepositional_phrase" in self.allowed
        has_dative = "dative_clitic" in self.allowed
        fitting = [
            (verb, frame)
            for verb, frame in frames
            if (
                frame.oblique is None
                or (has_oblique and size > 3)
                or (has_dative and size > 2 and frame.is_dative)
            )
            and (tense != "past" or not ("present" in verb.adjuncts or verb.is_syncretic))
            and (frame.direct is None or size > 2)
        ]
        fresh = [(verb, frame) for verb, frame in fitting if verb.english not in self.verbs]
        if not fresh:
            raise DeadEnd
        verb, frame = self.rng.choice(fresh)
        self.verbs.add(verb.english)
        return verb, frame

    def choose_tense(self, verb: Verb) -> str:
        """Present, past or going, as far as the verb and the constructions permit."""
        if "present" in verb.adjuncts and verb.english not in ("be", "live"):
            return "present"
        if "present" not in verb.adjuncts and self.chance("passe_compose", 0.35):
            return "past"
        return "going" if self.chance("futur_proche", 0.15) else "present"

    def person_phrase(self, size: int, setting: Setting) -> NounPhrase:
        """A person after a preposition."""
        if size < 2 or self.rng.random() < 0.35:
            return self.pick_name()
        return self.noun_phrase(select("person"), size, setting)

    def pronoun(self, names: tuple[str, ...], subject: NounPhrase, *, unbound: bool) -> Pronoun | None:
        """An object pronoun that is not the subject itself."""
        found = []
        for pronoun in (*PRONOUNS.values(), self.you):
            if pronoun.english_object not in names or subject.person in pronoun.is_reflexive_with:
                continue
            if pronoun in (PRONOUNS["it f"], PRONOUNS["they f"]) or (
                not unbound and pronoun.english_object in ("it", "them")
            ):
                continue
            if pronoun.english_object == "you" and pronoun is not self.you:
                continue
            found.append(pronoun)
        return self.rng.choice(found) if found else None
