"""Drawing how, where, when and with whom something is done."""

from dataclasses import replace
from typing import no_type_check

from s2s_course.data.grammar.clause_sampler import ClauseSampler
from s2s_course.data.grammar.clauses import Clause, declarative
from s2s_course.data.grammar.lexicon import Noun, Word, select, words
from s2s_course.data.grammar.noun_phrases import NounPhrase
from s2s_course.data.grammar.noun_sampler import Setting
from s2s_course.data.grammar.phrases import Phrase, phrase


@no_type_check
def owner_after(subject: NounPhrase) -> tuple[int, str] | None:
    """Who *his*, *her* or *their* is after this subject."""
    if not subject.is_human or subject.person not in (2, 5):
        return None
    return subject.person, subject.gender


@no_type_check
def preposition(english_text: str, french_text: str, complement: NounPhrase) -> Phrase:
    """A preposition and what it governs."""
    return phrase(english_text, french_text) + complement.phrase


@no_type_check
def adverb(word: Word) -> Phrase:
    """*slowly*, ``lentement``."""
    return phrase(word.english, word.french)


@no_type_check
class AdjunctSampler(ClauseSampler):
    """Draws what a clause can have besides its subject, verb and objects."""

    def add_adjuncts(
        self, clause: Clause, size: int, polarity: str, *, is_question: bool, is_habit: bool
    ) -> None:
        """How often, how, where, with whom and when, as far as there is room.

        Without ``is_habit`` it happened once: *when he ate*, not *when he often ate*.
        """
        kinds = clause.verb.adjuncts
        left = size - len(declarative(clause)) - is_question

        def room() -> int:
            return left - bool(clause.frequency) - sum(map(len, clause.adjuncts))

        simple = clause.modal is None and clause.tense != "going"
        is_time_free = is_habit and clause.negation == "" and not is_question
        if "often" in kinds and simple and is_time_free and room() > 0 and self.may("adverb", 0.15):
            clause.frequency = self.rng.choice(words("frequency"))
        if "manner" in kinds and room() > 0 and self.may("adverb", 0.3):
            clause.adjuncts.append(adverb(self.rng.choice(words("manner"))))
        setting = Setting("oblique", polarity, owner=owner_after(clause.subject), recursive=False)
        if kinds & {"place", "water"}:
            if room() > 2 and self.may("prepositional_phrase", 0.5):
                where = "location_preposition" if "place" in kinds else "water_preposition"
                clause.adjuncts.append(self.location(self.rng.randint(2, room() - 1), setting, where))
            elif room() > 0 and self.may("adverb", 0.15):
                clause.adjuncts.append(adverb(self.rng.choice(words("location"))))
        for kind in ("with", "for"):
            fits = kind in kinds and clause.subject.is_human and room() > 1
            if fits and self.may("prepositional_phrase", 0.3):
                clause.adjuncts.append(self.companion(kind, self.rng.randint(1, room() - 1), setting))
        is_once = not clause.frequency and clause.negation != "never"
        if kinds & {"place", "often", "with"}:
            if room() > 2 and self.may("prepositional_phrase", 0.25):
                clause.adjuncts.append(self.time_phrase(self.rng.randint(2, room() - 1), setting))
            elif room() > 0 and is_once and self.may("adverb", 0.2):
                clause.adjuncts.append(adverb(self.rng.choice(words(clause.tense))))

    def location(self, size: int, setting: Setting, category: str = "location_preposition") -> Phrase:
        """*in the garden*, *behind the old church*, or for swimmers *in the lake*."""
        word = self.rng.choice(words(category))
        return self._prepositional(word, select(word.detail), size, setting)

    def time_phrase(self, size: int, setting: Setting) -> Phrase:
        """*after the concert*."""
        word = self.rng.choice(words("time_preposition"))
        return self._prepositional(word, select(word.detail), size, setting)

    def _prepositional(self, word: Word, candidates: tuple[Noun, ...], size: int, setting: Setting) -> Phrase:
        setting = Setting(
            "oblique",
            setting.polarity,
            word.french,
            setting.owner,
            recursive=False,
            definite=word.french == "à",
        )
        return preposition(word.english, word.french, self.noun_phrase(candidates, min(size, 4), setting))

    def companion(self, kind: str, size: int, setting: Setting) -> Phrase:
        """*with his friend*, *for marie*."""
        choices = {"with": ("with", "with", "without"), "for": ("for",)}[kind]
        english_text = self.rng.choice(choices)
        word = next(word for word in words("companion_preposition") if word.english == english_text)
        setting = replace(setting, definite=english_text == "without")
        return preposition(word.english, word.french, self.person_phrase(min(size, 3), setting))
