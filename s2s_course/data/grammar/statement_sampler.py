"""Drawing statements: one clause, or several joined until the wished length is reached."""

from dataclasses import replace

from s2s_course.data.grammar.anaphora import can_be_taken_up, pronoun_for, taken_up
from s2s_course.data.grammar.clause_sampler import ClauseSampler
from s2s_course.data.grammar.clauses import Clause, Tense, declarative
from s2s_course.data.grammar.draft import DeadEnd, Draft
from s2s_course.data.grammar.existential_sampler import ExistentialSampler
from s2s_course.data.grammar.frames import VERB, frames_with_object, frames_with_subject
from s2s_course.data.grammar.lexicon import word
from s2s_course.data.grammar.noun_sampler import NounSampler
from s2s_course.data.grammar.phrases import Phrase, phrase, uninflected
from s2s_course.data.grammar.plan import Plan
from s2s_course.data.grammar.pronoun_sampler import PronounSampler
from s2s_course.data.grammar.verb_sampler import VerbSampler
from s2s_course.data.grammar.verbal_clause_sampler import VerbalClauseSampler

ONE_CLAUSE = 12  # English words that one clause holds without being overloaded
_REPORTING = ("say", "think", "believe", "repeat")


class StatementSampler:
    """Draws statements, without the full stop."""

    def __init__(
        self,
        draft: Draft,
        nouns: NounSampler,
        pronouns: PronounSampler,
        verbs: VerbSampler,
        verbal: VerbalClauseSampler,
        clauses: ClauseSampler,
        existential: ExistentialSampler,
    ):
        self.draft = draft
        self.nouns = nouns
        self.pronouns = pronouns
        self.verbs = verbs
        self.verbal = verbal
        self.clauses = clauses
        self.existential = existential

    def statement(self, size: int, plan: Plan) -> Phrase:
        """A statement of about ``size`` English words."""
        opening = Phrase()
        likely = 0.08 if size < 16 else 0.3
        if plan.who is None and size > 5 and self.draft.may("complement_clause", likely):
            opening = self._reporting()
            size -= len(opening.english)
            plan = Plan(unbound=False)
        if plan.who is None and 6 < size < 16 and self.draft.may("existential", 0.05):
            return opening + self.existential.existential(size, is_question=False)
        joinable = {"coordination", "subordinate_clause", "anaphora"} & self.draft.allowed
        wants_more = size > ONE_CLAUSE or (size > 6 and self.draft.rng.random() < 0.25)
        if not joinable or not wants_more:
            return opening + declarative(self.clauses.clause(size, plan))
        return opening + self._joined(size, plan)

    def _reporting(self) -> Phrase:
        """*marie says that*: in the present, so that the clause after it can have any tense."""
        is_pronoun = self.draft.rng.random() < 0.4
        who = self.pronouns.subject(unbound=False) if is_pronoun else self.nouns.name()
        verb = VERB[self.draft.rng.choice(_REPORTING)]
        return declarative(Clause(who, verb)) + phrase("that", "que")

    def _joined(self, size: int, plan: Plan) -> Phrase:
        """Clauses, each with what joins it to the one before. No two of them in a row are subordinate."""
        count = max(2, round(size / self.draft.rng.uniform(6, 12)))
        share = max(2, size // count - 1)
        clause, is_subordinate = self.clauses.clause(share, plan), False
        body = declarative(clause)
        while size - len(body.english) > 3:
            left = size - len(body.english)
            length = left if left < 1.5 * share else share + 1
            likely = 1.0 if "coordination" not in self.draft.allowed else 0.0 if is_subordinate else 0.35
            is_subordinate = self.draft.may("subordinate_clause", likely)
            if is_subordinate:
                joint, clause = self._subordinate(length - 1, clause)
            else:
                joint, clause = self._coordinate(length - 1, clause, has_comma=count > 2)
            body = body + joint + declarative(clause)
        return body

    def _same_or_any(self, former: Clause) -> Tense | None:
        """The past mostly goes on in the past."""
        return "past" if former.tense == "past" and self.draft.rng.random() < 0.8 else None

    def _subordinate(self, size: int, former: Clause) -> tuple[Phrase, Clause]:
        """Because, when, if or while, with a tense that suits the clause before."""
        suits: dict[str, tuple[Tense | None, ...]] = {"because": (self._same_or_any(former),)}
        is_event = former.modal is None and former.verb.english != "be"
        if is_event and former.tense in ("present", "past"):
            suits["when"] = (former.tense,)
        if is_event and former.tense == "present":
            suits["while"] = ("present",)
        if former.tense in ("present", "going"):
            suits["if"] = ("present",)
        kind = self.draft.rng.choice(sorted(suits))
        tense = self.draft.rng.choice(suits[kind])
        plan = Plan(unbound=False, tense=tense, negatable=kind in ("because", "if"))
        # "because they are tired", but not "because a wall is gray".
        draw = self.verbal.clause
        if self.draft.may("anaphora", 0.4) and can_be_taken_up(former.subject):
            plan, draw = replace(plan, who=taken_up(former.subject)), self.clauses.clause
        return uninflected(word("subordinator", kind)), draw(size, plan)

    def _coordinate(self, size: int, former: Clause, *, has_comma: bool) -> tuple[Phrase, Clause]:
        """*and* or *but*, and any clause or one that takes up the clause before."""
        if former.target is not None and self.draft.may("anaphora", 0.4):
            clause = self._about_the_same(size, former)
            if clause is not None:
                joint = phrase(",", ",") + phrase("but", "mais") if clause.negation else phrase("and", "et")
                return joint, clause
        if not self.draft.may("coordination", 1.0):
            raise DeadEnd
        clause = self.clauses.clause(size, Plan(unbound=False, tense=self._same_or_any(former)))
        if self.draft.rng.random() < 0.35:
            return phrase(",", ",") + phrase("but", "mais"), clause
        return (phrase(",", ",") if has_comma else Phrase()) + phrase("and", "et"), clause

    def _about_the_same(self, size: int, former: Clause) -> Clause | None:
        """*(paul bought the apples and) he ate them*, ``... il les a mangées``; None where it is unclear."""
        who, target = former.subject, former.target
        if former.negation or not who.is_human or not can_be_taken_up(who) or not target.nouns:
            return None
        if target.is_human and (target.person, target.gender) == (who.person, who.gender):
            return None
        frames = tuple(
            use
            for use in frames_with_object(target.nouns[0])
            if all(use in frames_with_object(noun) for noun in target.nouns[1:])
            and all(use in frames_with_subject(noun) for noun in (who.nouns or (None,)))
            and use.verb.english not in ("have", former.verb.english)
        )
        if not frames:
            return None
        use = self.verbs.frame(frames, 4, former.tense)
        again = taken_up(who)
        plan = Plan(who=again, frame=use, tense=former.tense, unbound=False, without_object=True)
        clause = self.verbal.clause(max(3, size - 1), plan)
        clause.direct = pronoun_for(target)
        self.draft.combine("verb", use.verb.english, target.nouns)
        return clause
