"""Drawing random sentences: whom they address, whether they state or ask, and how long they are.

A sentence is drawn from the top: ``sentence_sampler`` → ``statement_sampler`` or ``question_sampler`` →
``clause_sampler`` → ``verbal_clause_sampler`` or ``predicate_clause_sampler`` → ``noun_phrase_sampler`` →
``noun_sampler`` with ``determiner_sampler``. Each sampler is given those below it.
"""

import random
from dataclasses import dataclass, replace

from s2s_course.data.grammar.adjunct_sampler import AdjunctSampler
from s2s_course.data.grammar.clause_sampler import ClauseSampler
from s2s_course.data.grammar.determiner_sampler import DeterminerSampler
from s2s_course.data.grammar.draft import DeadEnd, Draft
from s2s_course.data.grammar.existential_sampler import ExistentialSampler
from s2s_course.data.grammar.lexicon import words
from s2s_course.data.grammar.noun_phrase_sampler import NounPhraseSampler
from s2s_course.data.grammar.noun_phrases import PRONOUNS, formal_you, name, subject
from s2s_course.data.grammar.noun_sampler import NounSampler
from s2s_course.data.grammar.object_sampler import ObjectSampler
from s2s_course.data.grammar.of_phrase_sampler import OfPhraseSampler
from s2s_course.data.grammar.phrases import Phrase, phrase, to_pair
from s2s_course.data.grammar.plan import Plan
from s2s_course.data.grammar.predicate_clause_sampler import PredicateClauseSampler
from s2s_course.data.grammar.pronoun_sampler import PronounSampler
from s2s_course.data.grammar.question_sampler import QuestionSampler
from s2s_course.data.grammar.relative_clause_sampler import RelativeClauseSampler
from s2s_course.data.grammar.statement_sampler import ONE_CLAUSE, StatementSampler
from s2s_course.data.grammar.verb_sampler import VerbSampler
from s2s_course.data.grammar.verbal_clause_sampler import VerbalClauseSampler
from s2s_course.data.pairs import SentencePair


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence pair with its number of English tokens, its constructions and its combinations of words.

    A combination is ``("adjective", adjective, noun)`` or ``("verb", verb, object)``, in English base forms.
    """

    pair: SentencePair
    length: int
    constructions: frozenset[str]
    combinations: frozenset[tuple[str, str, str]]


class SentenceSampler:
    """Draws sentences with a random generator from the constructions that are allowed."""

    def __init__(self, rng: random.Random, allowed: frozenset[str]):
        self.draft = draft = Draft(rng, allowed)
        self.nouns = nouns = NounSampler(draft)
        determiners = DeterminerSampler(draft)
        pronouns = PronounSampler(draft)
        verbs = VerbSampler(draft)
        noun_phrases = NounPhraseSampler(draft, nouns, determiners, pronouns)
        objects = ObjectSampler(draft, nouns, pronouns, noun_phrases)
        adjuncts = AdjunctSampler(draft, noun_phrases)
        verbal = VerbalClauseSampler(draft, verbs, noun_phrases, objects, adjuncts)
        # A clause holds noun phrases and a noun phrase may hold a clause: here the circle closes.
        relatives = RelativeClauseSampler(draft, verbs, verbal)
        noun_phrases.modifiers = (relatives.modifier, OfPhraseSampler(draft, noun_phrases).modifier)
        predicate = PredicateClauseSampler(draft, nouns, verbs, noun_phrases)
        clauses = ClauseSampler(draft, verbal, predicate)
        existential = ExistentialSampler(draft, nouns, determiners, adjuncts)
        self.questions = QuestionSampler(draft, verbs, verbal, clauses, existential)
        self.statements = StatementSampler(draft, nouns, pronouns, verbs, verbal, clauses, existential)

    def sentence(self, size: int) -> Sentence | None:
        """One sentence of about ``size`` English tokens, the final punctuation included.

        Its length may miss ``size``. None where the choices led to a dead end.
        """
        draft = self.draft
        draft.start()
        try:
            whole = self._whole(size)
        except DeadEnd:
            return None
        constructions, combinations = frozenset(draft.used), frozenset(draft.combinations)
        return Sentence(to_pair(whole), len(whole.english), constructions, combinations)

    def _whole(self, size: int) -> Phrase:
        opening, plan = Phrase(), Plan()
        if size > 5 and self.draft.may("address", 0.06):
            opening, plan = self._address()
            size -= len(opening.english)
        if size <= ONE_CLAUSE + 5:
            if size > 4 and plan.who is None and self.draft.may("wh_question", 0.07):
                return opening + self.questions.wh(size - 1) + phrase("?", "?")
            if size > 3 and self.draft.may("question", 0.1):
                return opening + self.questions.polar(size - 1, plan) + phrase("?", "?")
        return opening + self.statements.statement(size - 1, plan) + phrase(".", ".")

    def _address(self) -> tuple[Phrase, Plan]:
        """*marie, ...* and ``tu``, or *madam, ...* and ``vous``; *you* is the subject that follows."""
        if self.draft.rng.random() < 0.5:
            called = self.nouns.name()
            self.draft.you = replace(PRONOUNS["you"], gender=called.gender)
        else:
            called = name(self.draft.rng.choice(words("title")))
            is_plural = called.phrase.english[0].text in ("ladies", "gentlemen")
            self.draft.you = formal_you(called.gender, is_plural)
        return called.phrase + phrase(",", ","), Plan(who=subject(self.draft.you))
