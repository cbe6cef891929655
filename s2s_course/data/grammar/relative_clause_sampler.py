"""Drawing relative clauses: *who sleeps*, *that the girl saw*."""

from dataclasses import replace

from s2s_course.data.grammar.clauses import Tense, declarative
from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.frames import frames_with_object, frames_with_subject
from s2s_course.data.grammar.lexicon import Noun, Verb
from s2s_course.data.grammar.noun_phrases import NounPhrase
from s2s_course.data.grammar.phrases import Phrase, phrase
from s2s_course.data.grammar.plan import Plan
from s2s_course.data.grammar.setting import Setting
from s2s_course.data.grammar.verb_sampler import VerbSampler
from s2s_course.data.grammar.verbal_clause_sampler import VerbalClauseSampler

# What stands before is meant by no pronoun, and there is no relative clause inside a relative clause.
_LIMITS = Plan(unbound=False, recursive=False)


class RelativeClauseSampler:
    """Draws clauses in which the noun before is the subject (``qui``) or the direct object (``que``)."""

    def __init__(self, draft: Draft, verbs: VerbSampler, verbal: VerbalClauseSampler):
        self.draft = draft
        self.verbs = verbs
        self.verbal = verbal

    def modifier(self, noun: Noun, head: NounPhrase, size: int, setting: Setting) -> Phrase | None:
        """A relative clause for ``head``, or None where none fits or chance is against it."""
        # After a negated or questioned object French would ask for the subjunctive.
        certain = setting.role != "object" or setting.polarity == "positive"
        possible = frames_with_subject(noun) or frames_with_object(noun)
        if not certain or not possible or not self.draft.may("relative_clause", 0.7):
            return None
        objects = frames_with_object(noun) if size > 3 else ()
        if objects and (self.draft.rng.random() < 0.5 or not frames_with_subject(noun)):
            return self._about_object(noun, head, size, setting.tense)
        return self._about_subject(noun, head, size, setting.tense)

    def _about_object(self, noun: Noun, head: NounPhrase, size: int, outer_tense: Tense) -> Phrase:
        """*that the girl saw*, ``que la fille a vue``: the participle agrees with ``head``."""
        use = self.verbs.frame(frames_with_object(noun), size, None)
        plan = replace(_LIMITS, frame=use, tense=self._tense(use.verb, outer_tense), without_object=True)
        clause = self.verbal.clause(size - 1, plan)
        clause.preceding = (head.gender, head.is_plural)
        self.draft.combine("verb", use.verb.english, head.nouns)
        return phrase("that", "que") + declarative(clause)

    def _about_subject(self, noun: Noun, head: NounPhrase, size: int, outer_tense: Tense) -> Phrase:
        """*who sleeps*, ``qui dort``."""
        who = replace(head, phrase=phrase("who" if head.is_human else "that", "qui"))
        use = self.verbs.frame(frames_with_subject(noun), size, None)
        plan = replace(_LIMITS, who=who, frame=use, tense=self._tense(use.verb, outer_tense))
        return declarative(self.verbal.clause(size, plan))

    def _tense(self, verb: Verb, outer_tense: Tense) -> Tense:
        """Past inside the past, so that what is told keeps together."""
        if outer_tense == "past" and "present" not in verb.adjuncts:
            return "past"
        return self.verbs.tense(verb)
