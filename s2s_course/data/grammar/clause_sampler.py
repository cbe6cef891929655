"""Drawing a clause of either kind: what somebody does, or what something is like."""

from s2s_course.data.grammar.clauses import Clause
from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.plan import Plan
from s2s_course.data.grammar.predicate_clause_sampler import PredicateClauseSampler
from s2s_course.data.grammar.verbal_clause_sampler import VerbalClauseSampler


class ClauseSampler:
    """Chooses between a verb of its own meaning (``verbal``) and *be* or *become* (``predicate``)."""

    def __init__(self, draft: Draft, verbal: VerbalClauseSampler, predicate: PredicateClauseSampler):
        self.draft = draft
        self.verbal = verbal
        self.predicate = predicate

    def clause(self, size: int, plan: Plan) -> Clause:
        """A clause of about ``size`` English words."""
        if size > 2 and self.draft.may("predicate_adjective", 0.15):
            return self.predicate.clause(size, plan)
        only_compares = size > 5 and "predicate_adjective" not in self.draft.allowed
        if only_compares and self.draft.may("comparison", 0.15):
            return self.predicate.clause(size, plan)
        return self.verbal.clause(size, plan)
