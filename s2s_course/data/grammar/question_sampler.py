"""Drawing questions: answered by yes or no, or with a question word."""

from dataclasses import replace

from s2s_course.data.grammar.clause_sampler import ClauseSampler
from s2s_course.data.grammar.clauses import declarative, question
from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.existential_sampler import ExistentialSampler
from s2s_course.data.grammar.frames import FRAMES
from s2s_course.data.grammar.lexicon import word
from s2s_course.data.grammar.noun_phrases import NounPhrase
from s2s_course.data.grammar.phrases import Phrase, phrase, uninflected
from s2s_course.data.grammar.plan import Plan
from s2s_course.data.grammar.verb_sampler import VerbSampler
from s2s_course.data.grammar.verbal_clause_sampler import VerbalClauseSampler

# By question word: verbs that take one of these adjuncts can be asked so.
_ASKED = {"where": {"place"}, "when": {"place", "often", "with"}, "how": {"manner"}}


class QuestionSampler:
    """Draws questions, without the question mark."""

    def __init__(
        self,
        draft: Draft,
        verbs: VerbSampler,
        verbal: VerbalClauseSampler,
        clauses: ClauseSampler,
        existential: ExistentialSampler,
    ):
        self.draft = draft
        self.verbs = verbs
        self.verbal = verbal
        self.clauses = clauses
        self.existential = existential

    def polar(self, size: int, plan: Plan) -> Phrase:
        """*does he sleep*, ``est-ce qu'il dort``."""
        if size > 6 and plan.who is None and self.draft.may("existential", 0.08):
            return self.existential.existential(size, is_question=True)
        return question(self.clauses.clause(size - 1, replace(plan, asks="polar")))

    def wh(self, size: int) -> Phrase:
        """Where, when, why and how; who as subject or object; what."""
        kind = self.draft.rng.choice(("where", "when", "why", "how", "who", "whom", "what"))
        if kind == "who":
            who = NounPhrase(phrase("who", "qui"), 2, "m", False, is_human=True, is_pronoun=True)
            return declarative(self.verbal.clause(size, Plan(who=who, unbound=False, negatable=False)))
        if kind in ("whom", "what"):
            return self._about_object(size, kind)
        plan = Plan(asks="wh", adjuncts=False, negatable=kind == "why")
        if kind in _ASKED:
            frames = tuple(use for use in FRAMES if use.verb.adjuncts & _ASKED[kind])
            plan = replace(plan, frame=self.verbs.frame(frames, size - 2, None))
        return uninflected(word("question", kind)) + question(self.verbal.clause(size - 2, plan))

    def _about_object(self, size: int, kind: str) -> Phrase:
        """*who does he see*, ``qui est-ce qu'il voit``; *what does he eat*, ``qu'est-ce qu'il mange``."""
        frames = tuple(
            use
            for use in FRAMES
            if use.frame.direct
            and not use.frame.oblique
            and ("person" in use.frame.direct.split()) == (kind == "whom")
        )
        frame = self.verbs.frame(frames, size, None)
        plan = Plan(frame=frame, asks="wh", without_object=True, negatable=False)
        asked = phrase("who", "qui") if kind == "whom" else phrase("what", "que")
        return asked + question(self.verbal.clause(size - 2, plan))
