"""Drawing what happens in a clause: tense, negation, objects, adverbs, adjuncts and relative clauses."""

from dataclasses import dataclass, replace
from typing import no_type_check

from s2s_course.data.grammar.adjunct_sampler import AdjunctSampler, owner_after, preposition
from s2s_course.data.grammar.clause_sampler import (
    FRAMES,
    PEOPLE,
    VERB,
    frames_with_object,
    frames_with_subject,
    object_pronouns,
)
from s2s_course.data.grammar.clauses import Clause, declarative
from s2s_course.data.grammar.lexicon import Frame, Noun, Verb, select, words
from s2s_course.data.grammar.noun_phrases import NounPhrase
from s2s_course.data.grammar.noun_sampler import DeadEnd, Setting
from s2s_course.data.grammar.phrases import Phrase, phrase


@no_type_check
@dataclass(frozen=True, slots=True)
class Plan:
    """What of a clause is settled before it is drawn.

    ``who`` is the subject, ``frame`` the verb, ``tense`` the tense. ``asks`` is "" for a statement, "polar"
    for a question that is answered by yes or no, "wh" for one with a question word. ``unbound`` says that
    nothing before could be meant by *it*, *they* and *them*, so that these pronouns are masculine.
    ``without_object`` leaves the place of the direct object free for *what* or *that*. Without ``recursive``
    there are no relative clauses, without ``adjuncts`` nothing says where or when, without ``negatable``
    there is no negation.
    """

    who: NounPhrase | None = None
    frame: tuple[Verb, Frame] | None = None
    tense: str | None = None
    asks: str = ""
    unbound: bool = True
    recursive: bool = True
    without_object: bool = False
    adjuncts: bool = True
    negatable: bool = True


@no_type_check
class VerbSampler(AdjunctSampler):
    """Draws whole clauses. ``last`` is the clause drawn last with the noun phrase of its direct object."""

    def start(self) -> None:
        super().start()
        self.last: tuple[Clause, NounPhrase | None] | None = None
        self.tense = "present"  # of the clause around a relative clause

    def verbal_clause(self, size: int, plan: Plan = Plan()) -> Clause:
        """A clause of about ``size`` English words."""
        polarity = "question" if plan.asks == "polar" else "positive"
        verb, pattern = plan.frame or self._frame(size, plan)
        tense = plan.tense or self.choose_tense(verb)
        outer_tense, self.tense = self.tense, tense
        who = plan.who
        if who is None:
            share = max(1, min(size - 1 - bool(pattern.direct) * 2 - bool(pattern.oblique) * 3, size // 2))
            setting = Setting("subject", polarity, recursive=plan.recursive)
            unbound = plan.unbound and not self.mentioned
            who = self.subject(verb.subject, self.rng.randint(1, share), setting, unbound=unbound)
        clause = Clause(who, verb, tense)
        self._modality(clause, plan)
        if clause.negation:
            polarity = "negative"
        room = size - len(who.phrase) - 1 - 2 * (clause.negation == "not") - 3 * (clause.tense == "going")
        target = None
        unbound = plan.unbound and len(self.mentioned) < 2
        if pattern.direct and not plan.without_object:
            target = self._direct_object(clause, pattern, room, polarity, unbound, plan.recursive)
        if pattern.oblique:
            self._oblique(clause, pattern, polarity)
        if plan.adjuncts:
            is_habit = plan.negatable
            self.add_adjuncts(clause, size, polarity, is_question=plan.asks != "", is_habit=is_habit)
        self.tense = outer_tense
        return self.finish(clause, target)

    def finish(self, clause: Clause, target: NounPhrase | None) -> Clause:
        """Note the tense that the clause has in the end, and keep it for what may follow."""
        construction = {"past": "passe_compose", "going": "futur_proche"}.get(clause.tense)
        if construction:
            self.used.add(construction)
        self.last = (clause, target)
        return clause

    def _frame(self, size: int, plan: Plan) -> tuple[Verb, Frame]:
        frames = FRAMES
        if plan.who is not None:
            nouns = plan.who.nouns
            frames = frames_with_subject(nouns[0] if nouns else None)
            frames = tuple(f for f in frames if all(f in frames_with_subject(noun) for noun in nouns[1:]))
        return self.choose_frame(frames, size, plan.tense)

    def _modality(self, clause: Clause, plan: Plan) -> None:
        """A modal verb and a negation, where they can stand."""
        verb, who = clause.verb, clause.subject
        stative = "present" in verb.adjuncts
        is_free = plan.tense is None and clause.tense == "present" and who.is_human and not stative
        if is_free and self.may("modal", 0.12):
            clause.modal = VERB[self.rng.choice(("want", "can", "must"))]
        if plan.negatable and self._is_specific(who) and self.may("negation", 0.2):
            never = clause.tense != "going" and not plan.asks and self.rng.random() < 0.2
            clause.negation = "never" if never else "not"
        # "they read" would be both present and past.
        has_do = clause.negation == "not" or plan.asks != ""
        if clause.tense == "past" and verb.is_syncretic and who.person != 2 and not has_do:
            clause.tense = "present"
        # "je suis" would be both "i follow" and "i am".
        if verb.french == "suivre" and who.person == 0 and clause.tense == "present" and clause.modal is None:
            raise DeadEnd

    @staticmethod
    def _is_specific(who: NounPhrase) -> bool:
        """Whether a negation has one clear meaning: not after *a*, *some*, *many*, *every* or a numeral."""
        vague = {"a", "some", "any", "every", "several", "many"} | {word.english for word in words("numeral")}
        return not any(word.text in vague for word in who.phrase.english)

    def _note_objects(self, verb: Verb, target: NounPhrase) -> None:
        self.pairs |= {("verb", verb.english, noun.english) for noun in target.nouns}

    def _direct_object(
        self, clause: Clause, frame: Frame, room: int, polarity: str, unbound: bool, recursive: bool
    ) -> NounPhrase | None:
        """A pronoun before the French verb or a noun phrase after it; the latter is returned."""
        if "object_clitic" in self.allowed and self.rng.random() < (0.5 if room < 2 else 0.15):
            clause.direct = self.pronoun(object_pronouns(frame.direct), clause.subject, unbound=unbound)
            if clause.direct is not None:
                self.used.add("object_clitic")
                return None
        setting = Setting(
            "object",
            polarity,
            owner=owner_after(clause.subject),
            definite="definite" in clause.verb.adjuncts,
            recursive=recursive,
        )
        size = self.rng.randint(2, max(2, room - 3 * bool(frame.oblique)))
        if "person" in frame.direct.split() and self.rng.random() < 0.2:
            target = self.pick_name()
        elif size > 4 and polarity == "positive" and self.may("coordination", 0.3):
            target = self.several(frame.direct, size, setting, "and")
        else:
            target = self.noun_phrase(select(frame.direct), size, setting)
        self._note_objects(clause.verb, target)
        clause.complements.append(target.phrase)
        return target

    def _oblique(self, clause: Clause, frame: Frame, polarity: str) -> None:
        """A phrase with a preposition, or ``lui`` and its like for a person."""
        if frame.is_dative and self.may("dative_clitic", 0.35):
            clause.dative = self.pronoun(PEOPLE, clause.subject, unbound=True)
        if clause.dative is not None and clause.direct is not None and clause.direct.person not in (2, 5):
            clause.dative = None
        if clause.dative is not None:
            clause.dative_preposition = frame.english_preposition
            return
        if "prepositional_phrase" not in self.allowed:
            raise DeadEnd
        self.used.add("prepositional_phrase")
        setting = Setting(
            "oblique",
            polarity,
            preposition=frame.french_preposition,
            owner=owner_after(clause.subject),
            # "play the piano", "arrive at the station": not "play some pianos".
            definite=not frame.is_dative and frame.english_preposition not in ("about", "of"),
            recursive=False,
        )
        if "person" in frame.oblique.split():
            target = self.person_phrase(self.rng.randint(1, 3), setting)
        else:
            target = self.noun_phrase(select(frame.oblique), self.rng.randint(2, 3), setting)
        clause.complements.append(preposition(frame.english_preposition, frame.french_preposition, target))

    def modifier(self, noun: Noun, head: NounPhrase, size: int, setting: Setting) -> Phrase | None:
        """A relative clause, else what a noun phrase can have without one."""
        # After a negated or questioned object French would ask for the subjunctive.
        certain = setting.role != "object" or setting.polarity == "positive"
        possible = frames_with_subject(noun) or frames_with_object(noun)
        if certain and possible and self.may("relative_clause", 0.7):
            return self.relative_clause(noun, head, size)
        return super().modifier(noun, head, size, setting)

    def relative_clause(self, noun: Noun, head: NounPhrase, size: int) -> Phrase:
        """*who sleeps*, *that the girl saw*; in the second a participle agrees with ``head``."""
        limits = Plan(unbound=False, recursive=False)
        objects = frames_with_object(noun) if size > 3 else ()
        if objects and (self.rng.random() < 0.5 or not frames_with_subject(noun)):
            frame = self.choose_frame(objects, size, None)
            plan = replace(limits, frame=frame, tense=self._relative_tense(frame[0]), without_object=True)
            clause = self.verbal_clause(size - 1, plan)
            clause.preceding = (head.gender, head.is_plural)
            self._note_objects(frame[0], head)
            return phrase("that", "que") + declarative(clause)
        pronoun = phrase("who" if head.is_human else "that", "qui")
        who = replace(head, phrase=pronoun)
        frame = self.choose_frame(frames_with_subject(noun), size, None)
        plan = replace(limits, who=who, frame=frame, tense=self._relative_tense(frame[0]))
        return declarative(self.verbal_clause(size, plan))

    def _relative_tense(self, verb: Verb) -> str:
        """Past inside the past, so that what is told keeps together."""
        if self.tense == "past" and "present" not in verb.adjuncts:
            return "past"
        return self.choose_tense(verb)
