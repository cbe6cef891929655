"""Drawing noun phrases: determiner, adjectives, noun and modifiers; subjects; several of them joined."""

from collections.abc import Callable
from dataclasses import replace

from s2s_course.data.grammar.determiner_sampler import DeterminerSampler
from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.lexicon import Noun, select, word, words
from s2s_course.data.grammar.noun_phrases import NounPhrase, coordination, noun_phrase
from s2s_course.data.grammar.noun_sampler import NounSampler
from s2s_course.data.grammar.phrases import Phrase
from s2s_course.data.grammar.pronoun_sampler import PronounSampler
from s2s_course.data.grammar.setting import Setting

# What may follow a noun: (noun, what it has so far, size, setting) gives a phrase, or None where none fits.
Modifier = Callable[[Noun, NounPhrase, int, Setting], Phrase | None]


class NounPhraseSampler:
    """Draws noun phrases. A size is a wish: the number of English words a phrase should have.

    ``modifiers`` are tried in order after a noun. They hold noun phrases again, so that they are given when
    all samplers are there (``SentenceSampler``).
    """

    def __init__(
        self, draft: Draft, nouns: NounSampler, determiners: DeterminerSampler, pronouns: PronounSampler
    ):
        self.draft = draft
        self.nouns = nouns
        self.determiners = determiners
        self.pronouns = pronouns
        self.modifiers: tuple[Modifier, ...] = ()

    def subject(self, selection: str, size: int, setting: Setting, *, unbound: bool) -> NounPhrase:
        """Somebody or something that ``selection`` allows; ``unbound`` as in ``PronounSampler``."""
        is_anybody = "person" in selection.split()
        if is_anybody and (size < 2 or self.draft.rng.random() < (0.5 if size < 3 else 0.15)):
            if self.draft.rng.random() < 0.5:
                return self.pronouns.subject(unbound=unbound)
            return self.nouns.name()
        if size > 4 and self.draft.may("coordination", 0.4):
            return self.several(selection, size, setting, names=is_anybody)
        return self.noun_phrase(select(selection), size, setting)

    def person(self, size: int, setting: Setting) -> NounPhrase:
        """A person after a preposition."""
        if size < 2 or self.draft.rng.random() < 0.35:
            return self.nouns.name()
        return self.noun_phrase(select("person"), size, setting)

    def several(self, selection: str, size: int, setting: Setting, *, names: bool = False) -> NounPhrase:
        """Two or three noun phrases of one selection, joined by *and*."""
        count = 3 if size > 9 and self.draft.rng.random() < 0.4 else 2
        share = max(2, min(3, (size - count + 1) // count))
        members = []
        for _ in range(count):
            if names and self.draft.rng.random() < 0.4:
                members.append(self.nouns.name())
            else:
                members.append(self.described(self.nouns.noun(select(selection)), share, setting))
        return coordination(members, word("conjunction", "and"))

    def noun_phrase(self, candidates: tuple[Noun, ...], size: int, setting: Setting) -> NounPhrase:
        """A noun with whatever fills ``size``: adjectives, *of* and a noun, a relative clause."""
        noun = self.nouns.noun(candidates)
        own = size if size < 5 else self.draft.rng.choice((2, 3, 3, 4))
        head = self.described(noun, own, setting)
        room = size - len(head.phrase.english)
        if room >= 3 and setting.recursive:
            for draw_modifier in self.modifiers:
                modifier = draw_modifier(noun, head, room, setting)
                if modifier is not None:
                    return replace(head, phrase=head.phrase + modifier)
        return head

    def described(self, noun: Noun, size: int, setting: Setting) -> NounPhrase:
        """Determiner, adjectives and noun."""
        share = 0.1 if setting.role == "oblique" and "person" not in noun.classes else 0.3
        is_plural = "pair" in noun.classes or (noun.has_plural and self.draft.rng.random() < share)
        determiner = self.determiners.determiner(noun, is_plural, setting)
        before, after = self.nouns.adjectives(noun, min(size - 2, 2)) if size > 2 else (None, None)
        degree = None
        gradable = after is not None and before is None and after.kind == "quality"
        if size > 3 and gradable and self.draft.may("adverb", 0.5):
            degree = words("degree")[0]
        return noun_phrase(determiner, noun, is_plural=is_plural, before=before, after=after, degree=degree)
