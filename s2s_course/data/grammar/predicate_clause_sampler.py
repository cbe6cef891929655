"""Drawing clauses around *be* and *become*: predicate adjectives and comparisons."""

from dataclasses import replace
from functools import cache

from s2s_course.data.grammar import french
from s2s_course.data.grammar.clauses import Clause
from s2s_course.data.grammar.draft import DeadEnd, Draft
from s2s_course.data.grammar.frames import VERB
from s2s_course.data.grammar.lexicon import ADJECTIVES, Adjective, Noun, adjectives_of, select, words
from s2s_course.data.grammar.noun_phrase_sampler import NounPhraseSampler
from s2s_course.data.grammar.noun_phrases import Determiner, NounPhrase, noun_phrase
from s2s_course.data.grammar.noun_sampler import NounSampler
from s2s_course.data.grammar.phrases import EnglishWord, FrenchWord, Phrase, phrase, uninflected
from s2s_course.data.grammar.plan import Plan
from s2s_course.data.grammar.setting import Polarity, Setting
from s2s_course.data.grammar.verb_sampler import VerbSampler

_BECOMING = frozenset(
    ["rich", "poor", "sad", "sick", "strong", "famous", "polite", "lazy", "jealous", "nervous"]
)
# "nouveau" is not said of a subject, and "plus bon" does not exist.
_NEVER_PREDICATE = frozenset(["new"])
_NEVER_COMPARED = frozenset(["good", "bad"])
_GRADABLE = ("quality", "size", "age")  # kinds of adjectives
_DESCRIBED = ("person", "person", "animal", "thing openable", "place", "vehicle clothing", "food")


@cache
def common_adjectives(nouns: tuple[Noun, ...]) -> tuple[Adjective, ...]:
    """The adjectives that can be said of every one of the nouns."""
    return tuple(a for a in adjectives_of(nouns[0]) if all(noun in select(a.nouns) for noun in nouns[1:]))


class PredicateClauseSampler:
    """Draws clauses that describe their subject."""

    def __init__(self, draft: Draft, nouns: NounSampler, verbs: VerbSampler, noun_phrases: NounPhraseSampler):
        self.draft = draft
        self.nouns = nouns
        self.verbs = verbs
        self.noun_phrases = noun_phrases

    def clause(self, size: int, plan: Plan) -> Clause:
        """*the house is very old*, *paul is going to be tired*, *the cat is as big as the dog*."""
        who = plan.who or self._subject(size, plan)
        adjectives = self._predicates(who)
        becoming = [a for a in adjectives if a.english in _BECOMING]
        verb = VERB["be"]
        is_human = who.is_human and all("person" in noun.classes for noun in who.nouns)
        if plan.tense == "past" or (is_human and becoming and self.draft.rng.random() < 0.15):
            verb, adjectives = VERB["become"], becoming
        if not adjectives or (plan.tense == "past" and not is_human):
            raise DeadEnd
        adjective = self.draft.rng.choice(adjectives)
        self.draft.combine("adjective", adjective.english, who.nouns)
        clause = Clause(who, verb, plan.tense or self.verbs.tense(verb))
        if adjective.kind in ("color", "state", "absolute", "age", "size") and clause.tense == "going":
            clause.tense = "present"
        self.verbs.add_modality(clause, replace(plan, tense=clause.tense))
        if clause.negation == "never" and adjective.kind != "quality":
            clause.negation = "not"
        room = size - len(who.phrase.english) - 1
        clause.complements.append(self._complement(clause, adjective, room))
        self.verbs.note_tense(clause)
        return clause

    def _subject(self, size: int, plan: Plan) -> NounPhrase:
        polarity: Polarity = "question" if plan.asks == "polar" else "positive"
        setting = Setting("subject", polarity, recursive=plan.recursive)
        share = self.draft.rng.randint(1, max(1, size - 2))
        selection = self.draft.rng.choice(_DESCRIBED)
        unbound = plan.unbound and not self.draft.mentioned
        return self.noun_phrases.subject(selection, share, setting, unbound=unbound)

    def _predicates(self, who: NounPhrase) -> list[Adjective]:
        """What can be said of ``who`` without clashing with its adjectives (*the big cat is small*)."""
        names = {noun.english for noun in who.nouns}
        said = {word for kind, word, noun in self.draft.combinations if kind == "adjective" and noun in names}
        kinds = {adjective.kind for adjective in ADJECTIVES if adjective.english in said}
        # A name counts as a man or a woman.
        nouns = who.nouns or select("man" if who.gender == "m" else "woman")[:1]
        return [
            adjective
            for adjective in common_adjectives(nouns)
            if adjective.kind not in kinds and adjective.english not in _NEVER_PREDICATE
        ]

    def _complement(self, clause: Clause, adjective: Adjective, room: int) -> Phrase:
        """A comparison or the adjective alone."""
        who = clause.subject
        is_comparable = clause.verb.english == "be" and clause.negation != "never" and len(who.nouns) < 2
        comparison = self._comparison(who, adjective) if room >= 4 and is_comparable else None
        if comparison is not None:
            return comparison
        if "predicate_adjective" not in self.draft.allowed:
            raise DeadEnd
        form = french.agree(adjective.french, who.gender, who.is_plural)
        described = phrase(adjective.english, form)
        if adjective.kind in _GRADABLE and room > 1 and self.draft.may("adverb", 0.3):
            return uninflected(self.draft.rng.choice(words("degree"))) + described
        return described

    def _comparison(self, who: NounPhrase, adjective: Adjective) -> Phrase | None:
        """*as old as the house*, *older than the house*, *more famous than paul*."""
        if adjective.kind not in _GRADABLE or adjective.english in _NEVER_COMPARED:
            return None
        if not who.is_human and not who.nouns:
            return None
        if not self.draft.may("comparison", 0.5):
            return None
        form = french.agree(adjective.french, who.gender, who.is_plural)
        standard = self._standard(who, adjective).phrase
        if self.draft.rng.random() < 0.5:
            return phrase("as", "aussi") + phrase(adjective.english, form) + phrase("as", "que") + standard
        if adjective.comparative is None:
            more = phrase("more", "plus") + phrase(adjective.english, form)
        else:
            words = (EnglishWord(adjective.comparative),)
            more = Phrase(words, (FrenchWord("plus", words), FrenchWord(form, words)))
        return more + phrase("than", "que") + standard

    def _standard(self, who: NounPhrase, adjective: Adjective) -> NounPhrase:
        """What ``who`` is compared with: something of the same class."""
        if not who.nouns:
            return self.nouns.name()
        candidates = tuple(
            noun
            for noun in select(adjective.nouns)
            if noun.classes & who.nouns[0].classes and noun.english not in self.draft.mentioned
        )
        if not candidates:
            raise DeadEnd
        noun = self.nouns.noun(candidates)
        # The adjective is said of both nouns.
        self.draft.combine("adjective", adjective.english, [noun])
        determiner = Determiner("demonstrative" if self.draft.may("demonstrative", 0.3) else "definite")
        return noun_phrase(determiner, noun)
