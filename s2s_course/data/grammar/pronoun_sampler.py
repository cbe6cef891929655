"""Drawing personal pronouns as subjects and as objects (French clitics)."""

from functools import cache

from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.lexicon import select
from s2s_course.data.grammar.noun_phrases import PRONOUNS, NounPhrase, Pronoun, subject

PEOPLE = ("me", "you", "him", "her", "us", "them")

# The persons of a subject that cannot have a pronoun of this person as its object: *i see me, we see me*.
_SAME_PEOPLE = {0: (0, 3), 1: (1, 4), 2: (), 3: (0, 3), 4: (1, 4), 5: ()}


@cache
def object_pronouns(selection: str) -> tuple[str, ...]:
    """The English pronouns that can stand for the nouns of ``selection``."""
    nouns = select(selection)
    found = list(PEOPLE) if "person" in selection.split() else []
    if any("person" not in noun.classes for noun in nouns):
        found += ["it"] + (["them"] if any(noun.has_plural for noun in nouns) else [])
    return tuple(dict.fromkeys(found))


class PronounSampler:
    """Draws pronouns. ``unbound`` says that nothing before could be meant by *it*, *they* and *them*, so that
    these pronouns are masculine; otherwise they are left out.
    """

    def __init__(self, draft: Draft):
        self.draft = draft

    def subject(self, *, unbound: bool) -> NounPhrase:
        """A person as the subject."""
        choices = ["i", "you", "he", "she", "we"] + (["they"] if unbound else [])
        chosen = self.draft.rng.choice(choices)
        return subject(self.draft.you if chosen == "you" else PRONOUNS[chosen])

    def object(self, names: tuple[str, ...], subject: NounPhrase, *, unbound: bool) -> Pronoun | None:
        """One of the English object pronouns ``names`` that is not the subject itself, if there is one."""
        found = []
        for pronoun in (*PRONOUNS.values(), self.draft.you):
            if pronoun.english_object not in names or subject.person in _SAME_PEOPLE[pronoun.person]:
                continue
            if pronoun in (PRONOUNS["it f"], PRONOUNS["they f"]):
                continue
            if not unbound and pronoun.english_object in ("it", "them"):
                continue
            if pronoun.english_object == "you" and pronoun is not self.draft.you:
                continue
            found.append(pronoun)
        return self.draft.rng.choice(found) if found else None
