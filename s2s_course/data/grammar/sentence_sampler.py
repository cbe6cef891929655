"""Drawing random sentences: statements and questions, alone or joined, until the wished length is reached."""

from dataclasses import dataclass, replace
from typing import no_type_check

from s2s_course.data.grammar.clause_sampler import FRAMES, VERB, frames_with_object, frames_with_subject
from s2s_course.data.grammar.clauses import Clause, declarative, question
from s2s_course.data.grammar.lexicon import words
from s2s_course.data.grammar.noun_phrases import PRONOUNS, NounPhrase, Pronoun, formal_you, name, subject
from s2s_course.data.grammar.noun_sampler import DeadEnd
from s2s_course.data.grammar.phrases import Phrase, phrase, to_pair
from s2s_course.data.grammar.predicate_sampler import PredicateSampler
from s2s_course.data.grammar.verb_sampler import Plan
from s2s_course.data.pairs import SentencePair

_REPORTING = ("say", "think", "believe", "repeat")
_ONE_CLAUSE = 12  # English words that one clause holds without being overloaded


@no_type_check
@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence pair with its number of English tokens, its constructions and its combinations of words.

    A combination is ``("adjective", adjective, noun)`` or ``("verb", verb, object)``, in English base forms.
    """

    pair: SentencePair
    length: int
    constructions: frozenset[str]
    combinations: frozenset[tuple[str, str, str]]


@no_type_check
def pronoun_for(antecedent: NounPhrase) -> Pronoun:
    """The third person that takes up ``antecedent``."""
    if antecedent.person == 5:
        return PRONOUNS["they" if antecedent.gender == "m" else "they f"]
    if antecedent.is_human:
        return PRONOUNS["he" if antecedent.gender == "m" else "she"]
    return PRONOUNS["it" if antecedent.gender == "m" else "it f"]


@no_type_check
class SentenceSampler(PredicateSampler):
    """Draws sentences of about a wished number of English tokens, the final punctuation included."""

    def sentence(self, size: int) -> Sentence | None:
        """One sentence, whose length may miss ``size``, or None where the choices led to a dead end."""
        self.start()
        self.is_subordinate = False
        try:
            whole = self._whole(size)
        except DeadEnd:
            return None
        return Sentence(to_pair(whole), len(whole), frozenset(self.used), frozenset(self.pairs))

    def _whole(self, size: int) -> Phrase:
        opening, plan = Phrase([], []), Plan()
        if size > 5 and self.may("address", 0.06):
            opening, plan = self._address()
            size -= len(opening)
        if size <= _ONE_CLAUSE + 5:
            if size > 4 and plan.who is None and self.may("wh_question", 0.07):
                return opening + self._wh_question(size - 1) + phrase("?", "?")
            if size > 3 and self.may("question", 0.1):
                return opening + self._polar_question(size - 1, plan) + phrase("?", "?")
        return opening + self._statement(size - 1, plan) + phrase(".", ".")

    def _address(self) -> tuple[Phrase, Plan]:
        """*marie, ...* and ``tu``, or *madam, ...* and ``vous``; *you* is the subject that follows."""
        if self.rng.random() < 0.5:
            called = self.pick_name()
            self.you = replace(PRONOUNS["you"], gender=called.gender)
        else:
            called = name(self.rng.choice(words("title")))
            plural = called.phrase.english[0].text in ("ladies", "gentlemen")
            self.you = formal_you(called.gender, plural)
        return called.phrase + phrase(",", ","), Plan(who=subject(self.you))

    def _polar_question(self, size: int, plan: Plan) -> Phrase:
        if size > 6 and plan.who is None and self.may("existential", 0.08):
            return self.existential(size, is_question=True)
        return question(self.clause(size - 1, replace(plan, asks="polar")))

    def clause(self, size: int, plan: Plan) -> Clause:
        """A clause about what somebody does or what something is like."""
        if size > 2 and self.may("predicate_adjective", 0.15):
            return self.predicate_clause(size, plan)
        if size > 5 and "predicate_adjective" not in self.allowed and self.may("comparison", 0.15):
            return self.predicate_clause(size, plan)
        return self.verbal_clause(size, plan)

    def _wh_question(self, size: int) -> Phrase:
        """Where, when, why and how; who as subject or object; what."""
        kind = self.rng.choice(("where", "when", "why", "how", "who", "whom", "what"))
        plan = Plan(asks="wh", adjuncts=False, negatable=False)
        if kind == "who":
            who = NounPhrase(phrase("who", "qui"), 2, "m", False, is_human=True, is_pronoun=True)
            return declarative(self.verbal_clause(size, Plan(who=who, unbound=False, negatable=False)))
        if kind in ("whom", "what"):
            return self._object_question(size, kind)
        if kind == "why":
            plan = replace(plan, negatable=True)
        else:
            adjunct = {"where": {"place"}, "when": {"place", "often", "with"}, "how": {"manner"}}[kind]
            frames = tuple((verb, frame) for verb, frame in FRAMES if verb.adjuncts & adjunct)
            plan = replace(plan, frame=self.choose_frame(frames, size - 2, None))
        word = next(word for word in words("question") if word.english == kind)
        return phrase(word.english, word.french) + question(self.verbal_clause(size - 2, plan))

    def _object_question(self, size: int, kind: str) -> Phrase:
        """*who does he see*, ``qui est-ce qu'il voit``; *what does he eat*, ``qu'est-ce qu'il mange``."""
        frames = tuple(
            (verb, frame)
            for verb, frame in FRAMES
            if frame.direct and not frame.oblique and ("person" in frame.direct.split()) == (kind == "whom")
        )
        frame = self.choose_frame(frames, size, None)
        plan = Plan(frame=frame, asks="wh", without_object=True, negatable=False)
        asked = phrase("who", "qui") if kind == "whom" else phrase("what", "que")
        return asked + question(self.verbal_clause(size - 2, plan))

    def _statement(self, size: int, plan: Plan) -> Phrase:
        opening = Phrase([], [])
        if plan.who is None and size > 5 and self.may("complement_clause", 0.08 if size < 16 else 0.3):
            opening = self._reporting()
            size -= len(opening)
            plan = Plan(unbound=False)
        if plan.who is None and 6 < size < 16 and self.may("existential", 0.05):
            return opening + self.existential(size, is_question=False)
        joinable = {"coordination", "subordinate_clause", "anaphora"} & self.allowed
        wants_more = size > _ONE_CLAUSE or (size > 6 and self.rng.random() < 0.25)
        if not joinable or not wants_more:
            return opening + declarative(self.clause(size, plan))
        count = max(2, round(size / self.rng.uniform(6, 12)))
        share = max(2, size // count - 1)
        body = declarative(self.clause(share, plan))
        while size - len(body) > 3:
            left = size - len(body)
            body = body + self._continuation(left if left < 1.5 * share else share + 1, is_long=count > 2)
        return opening + body

    def _reporting(self) -> Phrase:
        """*marie says that*: in the present, so that the clause after it can have any tense."""
        who = self.pronoun_subject(unbound=False) if self.rng.random() < 0.4 else self.pick_name()
        verb = VERB[self.rng.choice(_REPORTING)]
        return declarative(Clause(who, verb)) + phrase("that", "que")

    def _continuation(self, size: int, *, is_long: bool) -> Phrase:
        """Another clause with what joins it to the clause before: a conjunction, perhaps a pronoun."""
        former, target = self.last
        likely = 1.0 if "coordination" not in self.allowed else 0.0 if self.is_subordinate else 0.35
        self.is_subordinate = self.may("subordinate_clause", likely)
        if self.is_subordinate:
            return self._subordinate(size - 1, former)
        if target is not None and self.may("anaphora", 0.4):
            taken_up = self._taken_up(size - 1, former, target)
            if taken_up is not None:
                return taken_up
        if not self.may("coordination", 1.0):
            raise DeadEnd
        plan = Plan(unbound=False, tense=self._same_or_any(former))
        body = declarative(self.clause(size - 1, plan))
        return self._conjunction(is_long) + body

    def _same_or_any(self, former: Clause) -> str | None:
        """The past mostly goes on in the past."""
        return "past" if former.tense == "past" and self.rng.random() < 0.8 else None

    def _conjunction(self, is_long: bool) -> Phrase:
        if self.rng.random() < 0.35:
            return phrase(",", ",") + phrase("but", "mais")
        return (phrase(",", ",") if is_long else Phrase([], [])) + phrase("and", "et")

    def _subordinate(self, size: int, former: Clause) -> Phrase:
        """Because, when, if or while, with a tense that suits the clause before."""
        suits = {"because": (self._same_or_any(former),)}
        is_event = former.modal is None and former.verb.english != "be"
        if is_event and former.tense in ("present", "past"):
            suits["when"] = (former.tense,)
        if is_event and former.tense == "present":
            suits["while"] = ("present",)
        if former.tense in ("present", "going"):
            suits["if"] = ("present",)
        kind = self.rng.choice(sorted(suits))
        tense = self.rng.choice(suits[kind])
        word = next(word for word in words("subordinator") if word.english == kind)
        plan = Plan(unbound=False, tense=tense, negatable=kind in ("because", "if"))
        if self.may("anaphora", 0.4) and self._can_be_taken_up(former.subject):
            plan = replace(plan, who=self._pronoun_subject(former.subject))
        # "because they are tired", but not "because a wall is gray".
        draw = self.verbal_clause if plan.who is None else self.clause
        return phrase(word.english, word.french) + declarative(draw(size, plan))

    @staticmethod
    def _can_be_taken_up(who: NounPhrase) -> bool:
        """Not *every child* nor *who*: they have no pronoun that both languages agree on."""
        return not any(word.text in ("every", "who") for word in who.phrase.english)

    def _pronoun_subject(self, antecedent: NounPhrase) -> NounPhrase:
        """The subject of the clause before once more, as a pronoun; its nouns still decide what fits."""
        if antecedent.is_pronoun:
            english_words, french_words = antecedent.phrase.english, antecedent.phrase.french
            return replace(antecedent, phrase=phrase(english_words[0].text, french_words[0].text))
        return replace(subject(pronoun_for(antecedent)), nouns=antecedent.nouns)

    def _taken_up(self, size: int, former: Clause, target: NounPhrase) -> Phrase | None:
        """*paul bought the apples and he ate them*, ``... et il les a mangées``."""
        who = former.subject
        if former.negation or not who.is_human or not self._can_be_taken_up(who) or not target.nouns:
            return None
        if target.is_human and (target.person, target.gender) == (who.person, who.gender):
            return None
        frames = [
            frame
            for frame in frames_with_object(target.nouns[0])
            if all(frame in frames_with_object(noun) for noun in target.nouns[1:])
            and all(frame in frames_with_subject(noun) for noun in (who.nouns or (None,)))
            and frame[0].english not in ("have", former.verb.english)
        ]
        if not frames:
            return None
        tense = former.tense
        frame = self.choose_frame(tuple(frames), 4, tense)
        plan = Plan(
            who=self._pronoun_subject(who), frame=frame, tense=tense, unbound=False, without_object=True
        )
        clause = self.verbal_clause(max(3, size - 1), plan)
        clause.direct = pronoun_for(target)
        self._note_objects(frame[0], target)
        self.finish(clause, None)
        joint = phrase("and", "et") if not clause.negation else phrase(",", ",") + phrase("but", "mais")
        return joint + declarative(clause)
