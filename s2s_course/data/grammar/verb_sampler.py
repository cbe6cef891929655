"""Drawing what is about the verb alone: which one with which frame, its tense, a modal verb, a negation."""

from s2s_course.data.grammar.clauses import Clause, Tense
from s2s_course.data.grammar.draft import DeadEnd, Draft
from s2s_course.data.grammar.frames import VERB, VerbFrame
from s2s_course.data.grammar.lexicon import Verb, words
from s2s_course.data.grammar.noun_phrases import NounPhrase
from s2s_course.data.grammar.plan import Plan

_VAGUE = {"a", "some", "any", "every", "several", "many", *(word.english for word in words("numeral"))}


def _is_specific(who: NounPhrase) -> bool:
    """Whether a negation has one clear meaning: not after *a*, *some*, *many*, *every* or a numeral."""
    return not any(word.text in _VAGUE for word in who.phrase.english)


class VerbSampler:
    """Draws verbs that the sentence does not have yet, and how they are said."""

    def __init__(self, draft: Draft):
        self.draft = draft

    def frame(self, frames: tuple[VerbFrame, ...], size: int, tense: Tense | None) -> VerbFrame:
        """A verb that the sentence does not have yet, and a frame that the choices so far permit."""
        has_oblique = "prepositional_phrase" in self.draft.allowed and size > 3
        has_dative = "dative_clitic" in self.draft.allowed and size > 2
        fresh = [
            use
            for use in frames
            if (use.frame.oblique is None or has_oblique or (has_dative and use.frame.is_dative))
            and (tense != "past" or not ("present" in use.verb.adjuncts or use.verb.is_syncretic))
            and (use.frame.direct is None or size > 2)
            and use.verb.english not in self.draft.verbs
        ]
        if not fresh:
            raise DeadEnd
        use = self.draft.rng.choice(fresh)
        self.draft.verbs.add(use.verb.english)
        return use

    def tense(self, verb: Verb) -> Tense:
        """Present, past or going, as far as the verb and the constructions permit."""
        if "present" in verb.adjuncts and verb.english not in ("be", "live"):
            return "present"
        if "present" not in verb.adjuncts and self.draft.chance("passe_compose", 0.35):
            return "past"
        return "going" if self.draft.chance("futur_proche", 0.15) else "present"

    def add_modality(self, clause: Clause, plan: Plan) -> None:
        """A modal verb and a negation, where they can stand."""
        verb, who = clause.verb, clause.subject
        stative = "present" in verb.adjuncts
        is_free = plan.tense is None and clause.tense == "present" and who.is_human and not stative
        if is_free and self.draft.may("modal", 0.12):
            clause.modal = VERB[self.draft.rng.choice(("want", "can", "must"))]
        if plan.negatable and _is_specific(who) and self.draft.may("negation", 0.2):
            never = clause.tense != "going" and not plan.asks and self.draft.rng.random() < 0.2
            clause.negation = "never" if never else "not"
        # "they read" would be both present and past.
        has_do = clause.negation == "not" or plan.asks != ""
        if clause.tense == "past" and verb.is_syncretic and who.person != 2 and not has_do:
            clause.tense = "present"
        # "je suis" would be both "i follow" and "i am".
        if verb.french == "suivre" and who.person == 0 and clause.tense == "present" and clause.modal is None:
            raise DeadEnd

    def note_tense(self, clause: Clause) -> None:
        """Note the tense that the clause has in the end."""
        if clause.tense == "past":
            self.draft.used.add("passe_compose")
        elif clause.tense == "going":
            self.draft.used.add("futur_proche")
