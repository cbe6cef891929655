"""Drawing the objects of a verb: noun phrases after it, phrases with a preposition, or object pronouns."""

from s2s_course.data.grammar.clauses import Clause
from s2s_course.data.grammar.draft import DeadEnd, Draft
from s2s_course.data.grammar.lexicon import Frame, select
from s2s_course.data.grammar.noun_phrase_sampler import NounPhraseSampler
from s2s_course.data.grammar.noun_phrases import NounPhrase, prepositional_phrase
from s2s_course.data.grammar.noun_sampler import NounSampler
from s2s_course.data.grammar.pronoun_sampler import PEOPLE, PronounSampler, object_pronouns
from s2s_course.data.grammar.setting import Polarity, Setting, owner_after


class ObjectSampler:
    """Gives a clause the objects that the frame of its verb asks for."""

    def __init__(
        self, draft: Draft, nouns: NounSampler, pronouns: PronounSampler, noun_phrases: NounPhraseSampler
    ):
        self.draft = draft
        self.nouns = nouns
        self.pronouns = pronouns
        self.noun_phrases = noun_phrases

    def add_direct(self, clause: Clause, frame: Frame, room: int, setting: Setting, *, unbound: bool) -> None:
        """A pronoun before the French verb (clitic) or a noun phrase after it."""
        if "object_clitic" in self.draft.allowed and self.draft.rng.random() < (0.5 if room < 2 else 0.15):
            names = object_pronouns(frame.direct)
            clause.direct = self.pronouns.object(names, clause.subject, unbound=unbound)
            if clause.direct is not None:
                self.draft.used.add("object_clitic")
                return
        clause.target = self._target(frame, room, setting)
        clause.complements.append(clause.target.phrase)
        self.draft.combine("verb", clause.verb.english, clause.target.nouns)

    def _target(self, frame: Frame, room: int, setting: Setting) -> NounPhrase:
        size = self.draft.rng.randint(2, max(2, room - 3 * bool(frame.oblique)))
        if "person" in frame.direct.split() and self.draft.rng.random() < 0.2:
            return self.nouns.name()
        if size > 4 and setting.polarity == "positive" and self.draft.may("coordination", 0.3):
            return self.noun_phrases.several(frame.direct, size, setting)
        return self.noun_phrases.noun_phrase(select(frame.direct), size, setting)

    def add_oblique(self, clause: Clause, frame: Frame, polarity: Polarity) -> None:
        """A phrase with a preposition, or ``lui`` and its like for a person (dative clitic)."""
        if frame.is_dative and self.draft.may("dative_clitic", 0.35):
            clause.dative = self.pronouns.object(PEOPLE, clause.subject, unbound=True)
        if clause.dative is not None and clause.direct is not None and clause.direct.person not in (2, 5):
            clause.dative = None
        if clause.dative is not None:
            clause.dative_preposition = frame.english_preposition
            return
        if "prepositional_phrase" not in self.draft.allowed:
            raise DeadEnd
        self.draft.used.add("prepositional_phrase")
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
            target = self.noun_phrases.person(self.draft.rng.randint(1, 3), setting)
        else:
            size = self.draft.rng.randint(2, 3)
            target = self.noun_phrases.noun_phrase(select(frame.oblique), size, setting)
        clause.complements.append(
            prepositional_phrase(frame.english_preposition, frame.french_preposition, target)
        )
