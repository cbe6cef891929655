"""Drawing adjuncts: how, how often, where, when and with whom something is done."""

from dataclasses import replace

from s2s_course.data.grammar.clauses import Clause, declarative
from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.lexicon import Word, select, word, words
from s2s_course.data.grammar.noun_phrase_sampler import NounPhraseSampler
from s2s_course.data.grammar.noun_phrases import prepositional_phrase
from s2s_course.data.grammar.phrases import Phrase, uninflected
from s2s_course.data.grammar.setting import Polarity, Setting, owner_after

_COMPANIONS = {"with": ("with", "with", "without"), "for": ("for",)}


class AdjunctSampler:
    """Draws what a clause can have besides its subject, verb and objects."""

    def __init__(self, draft: Draft, noun_phrases: NounPhraseSampler):
        self.draft = draft
        self.noun_phrases = noun_phrases

    def add_adjuncts(
        self, clause: Clause, size: int, polarity: Polarity, *, is_question: bool, is_habit: bool
    ) -> None:
        """How often, how, where, with whom and when, as far as there is room.

        Without ``is_habit`` it happened once: *when he ate*, not *when he often ate*.
        """
        room = size - len(declarative(clause).english) - is_question
        simple = clause.modal is None and clause.tense != "going" and clause.negation == ""
        can_repeat = "often" in clause.verb.adjuncts and simple and is_habit and not is_question
        if can_repeat and room > 0 and self.draft.may("adverb", 0.15):
            clause.frequency = self.draft.rng.choice(words("frequency"))
            room -= 1
        setting = Setting("oblique", polarity, owner=owner_after(clause.subject), recursive=False)
        for draw in (self._manner, self._place, self._companion, self._beneficiary, self._time):
            adjunct = draw(clause, room, setting)
            if adjunct is not None:
                clause.adjuncts.append(adjunct)
                room -= len(adjunct.english)

    def _manner(self, clause: Clause, room: int, setting: Setting) -> Phrase | None:
        """*slowly*."""
        if "manner" in clause.verb.adjuncts and room > 0 and self.draft.may("adverb", 0.3):
            return self._adverb("manner")
        return None

    def _place(self, clause: Clause, room: int, setting: Setting) -> Phrase | None:
        """*in the garden* or *here*."""
        if not clause.verb.adjuncts & {"place", "water"}:
            return None
        if room > 2 and self.draft.may("prepositional_phrase", 0.5):
            where = "location_preposition" if "place" in clause.verb.adjuncts else "water_preposition"
            return self.location(self.draft.rng.randint(2, room - 1), setting, where)
        if room > 0 and self.draft.may("adverb", 0.15):
            return self._adverb("location")
        return None

    def _companion(self, clause: Clause, room: int, setting: Setting) -> Phrase | None:
        """*with his friend*, *without marie*."""
        return self._person(clause, "with", room, setting)

    def _beneficiary(self, clause: Clause, room: int, setting: Setting) -> Phrase | None:
        """*for marie*."""
        return self._person(clause, "for", room, setting)

    def _person(self, clause: Clause, kind: str, room: int, setting: Setting) -> Phrase | None:
        fits = kind in clause.verb.adjuncts and clause.subject.is_human and room > 1
        if not fits or not self.draft.may("prepositional_phrase", 0.3):
            return None
        size = self.draft.rng.randint(1, room - 1)
        with_whom = word("companion_preposition", self.draft.rng.choice(_COMPANIONS[kind]))
        setting = replace(setting, definite=with_whom.english == "without")
        person = self.noun_phrases.person(min(size, 3), setting)
        return prepositional_phrase(with_whom.english, with_whom.french, person)

    def _time(self, clause: Clause, room: int, setting: Setting) -> Phrase | None:
        """*after the concert* or *today*."""
        if not clause.verb.adjuncts & {"place", "often", "with"}:
            return None
        if room > 2 and self.draft.may("prepositional_phrase", 0.25):
            size = self.draft.rng.randint(2, room - 1)
            return self._prepositional(self.draft.rng.choice(words("time_preposition")), size, setting)
        is_once = clause.frequency is None and clause.negation != "never"
        if room > 0 and is_once and self.draft.may("adverb", 0.2):
            return self._adverb(clause.tense)
        return None

    def location(self, size: int, setting: Setting, category: str = "location_preposition") -> Phrase:
        """*in the garden*, *behind the old church*, or for swimmers *in the lake*."""
        return self._prepositional(self.draft.rng.choice(words(category)), size, setting)

    def _prepositional(self, preposition: Word, size: int, setting: Setting) -> Phrase:
        french = preposition.french
        setting = replace(setting, preposition=french, definite=french == "à")
        complement = self.noun_phrases.noun_phrase(select(preposition.detail), min(size, 4), setting)
        return prepositional_phrase(preposition.english, french, complement)

    def _adverb(self, category: str) -> Phrase:
        return uninflected(self.draft.rng.choice(words(category)))
