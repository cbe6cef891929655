"""Drawing clauses about what somebody does: subject, verb, objects and adjuncts."""

from s2s_course.data.grammar.adjunct_sampler import AdjunctSampler
from s2s_course.data.grammar.clauses import Clause, Tense
from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.frames import FRAMES, VerbFrame, frames_with_subject
from s2s_course.data.grammar.noun_phrase_sampler import NounPhraseSampler
from s2s_course.data.grammar.noun_phrases import NounPhrase
from s2s_course.data.grammar.object_sampler import ObjectSampler
from s2s_course.data.grammar.plan import Plan
from s2s_course.data.grammar.setting import Polarity, Setting, owner_after
from s2s_course.data.grammar.verb_sampler import VerbSampler


class VerbalClauseSampler:
    """Draws whole clauses around a verb with its own meaning, so not around *be*."""

    def __init__(
        self,
        draft: Draft,
        verbs: VerbSampler,
        noun_phrases: NounPhraseSampler,
        objects: ObjectSampler,
        adjuncts: AdjunctSampler,
    ):
        self.draft = draft
        self.verbs = verbs
        self.noun_phrases = noun_phrases
        self.objects = objects
        self.adjuncts = adjuncts

    def clause(self, size: int, plan: Plan) -> Clause:
        """A clause of about ``size`` English words."""
        polarity: Polarity = "question" if plan.asks == "polar" else "positive"
        verb, frame = use = plan.frame or self._frame(size, plan)
        tense = plan.tense or self.verbs.tense(verb)
        who = plan.who or self._subject(use, size, tense, polarity, plan)
        clause = Clause(who, verb, tense)
        self.verbs.add_modality(clause, plan)
        if clause.negation:
            polarity = "negative"
        if frame.direct and not plan.without_object:
            setting = Setting(
                "object",
                polarity,
                owner=owner_after(who),
                definite="definite" in verb.adjuncts,
                tense=tense,
                recursive=plan.recursive,
            )
            taken = len(who.phrase.english) + 1
            taken += 2 * (clause.negation == "not") + 3 * (clause.tense == "going")
            unbound = plan.unbound and len(self.draft.mentioned) < 2
            self.objects.add_direct(clause, frame, size - taken, setting, unbound=unbound)
        if frame.oblique:
            self.objects.add_oblique(clause, frame, polarity)
        if plan.adjuncts:
            is_question, is_habit = plan.asks != "", plan.negatable
            self.adjuncts.add_adjuncts(clause, size, polarity, is_question=is_question, is_habit=is_habit)
        self.verbs.note_tense(clause)
        return clause

    def _frame(self, size: int, plan: Plan) -> VerbFrame:
        """A verb that the subject, where it is settled, can have."""
        frames = FRAMES
        if plan.who is not None:
            nouns = plan.who.nouns
            frames = frames_with_subject(nouns[0] if nouns else None)
            frames = tuple(f for f in frames if all(f in frames_with_subject(noun) for noun in nouns[1:]))
        return self.verbs.frame(frames, size, plan.tense)

    def _subject(self, use: VerbFrame, size: int, tense: Tense, polarity: Polarity, plan: Plan) -> NounPhrase:
        """Who can do it, in what the objects leave of ``size``."""
        needed = bool(use.frame.direct) * 2 + bool(use.frame.oblique) * 3
        share = max(1, min(size - 1 - needed, size // 2))
        setting = Setting("subject", polarity, tense=tense, recursive=plan.recursive)
        unbound = plan.unbound and not self.draft.mentioned
        length = self.draft.rng.randint(1, share)
        return self.noun_phrases.subject(use.verb.subject, length, setting, unbound=unbound)
