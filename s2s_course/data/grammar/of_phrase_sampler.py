"""Drawing a genitive: *of* and a noun phrase, where a noun is part of something or somebody's relative."""

from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.lexicon import Noun, select
from s2s_course.data.grammar.noun_phrase_sampler import NounPhraseSampler
from s2s_course.data.grammar.noun_phrases import NounPhrase, prepositional_phrase
from s2s_course.data.grammar.phrases import Phrase
from s2s_course.data.grammar.setting import Setting

# By noun or class of nouns: what it belongs to.
_WHOLES = {
    "part": "building",
    "kin": "person",
    "king": "island",
    "queen": "island",
    "picture": "person animal",
}


class OfPhraseSampler:
    """Draws *the door of the house*, ``la porte de la maison``."""

    def __init__(self, draft: Draft, noun_phrases: NounPhraseSampler):
        self.draft = draft
        self.noun_phrases = noun_phrases

    def modifier(self, noun: Noun, head: NounPhrase, size: int, setting: Setting) -> Phrase | None:
        """*of the old house*, or None where ``noun`` belongs to nothing or chance is against it."""
        whole = next((_WHOLES[key] for key in (noun.english, *sorted(noun.classes)) if key in _WHOLES), None)
        if whole is None or not self.draft.may("prepositional_phrase", 0.5):
            return None
        inner = Setting("oblique", setting.polarity, preposition="de", definite=True, recursive=False)
        return prepositional_phrase("of", "de", self.noun_phrases.noun_phrase(select(whole), size - 1, inner))
