"""Drawing determiners: articles, partitives, demonstratives, possessives, numerals and quantifiers."""

from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.lexicon import Noun, select, words
from s2s_course.data.grammar.noun_phrases import Determiner
from s2s_course.data.grammar.setting import Polarity, Setting

# What somebody can call his own.
_OWNED = (
    "kin teacher doctor student lawyer director nurse pet horse thing clothing readable furniture "
    "instrument suitcase bag umbrella car truck bicycle motorcycle boat house garden kitchen bedroom farm "
    "school factory restaurant food drink question answer problem idea secret song mistake dream name"
)


class DeterminerSampler:
    """Draws a determiner that suits the noun and its place in the sentence."""

    def __init__(self, draft: Draft):
        self.draft = draft

    def determiner(self, noun: Noun, is_plural: bool, setting: Setting) -> Determiner:
        """A determiner for a noun phrase anywhere but after *there is*."""
        draft = self.draft
        if "single" in noun.classes:
            return Determiner("definite")
        if noun in select(_OWNED) and draft.may("possessive", 0.15):
            owners = [(0, "m"), (draft.you.person, "m"), (3, "m")]
            if setting.owner is not None:
                owners += [setting.owner] * 3
            return Determiner("possessive", owner=draft.rng.choice(owners))
        if draft.may("demonstrative", 0.12):
            return Determiner("demonstrative")
        counted = is_plural and setting.role != "oblique" and setting.polarity == "positive"
        if counted and not setting.definite and draft.may("quantifier", 0.25):
            return self._how_many()
        every = setting.role == "subject" and setting.polarity == "positive" and not is_plural
        if every and "person" in noun.classes and draft.may("quantifier", 0.06):
            return Determiner("every")
        if setting.definite or draft.rng.random() < 0.55:
            return Determiner("definite")
        return self._indefinite(noun, is_plural, setting)

    def _how_many(self) -> Determiner:
        """A numeral or a quantifier: *three*, *several*."""
        word = self.draft.rng.choice(words(self.draft.rng.choice(("numeral", "quantifier"))))
        return Determiner(word.category, word=word)

    def _indefinite(self, noun: Noun, is_plural: bool, setting: Setting) -> Determiner:
        # No French "de des" and no English "not with some".
        uncounted = is_plural or noun.is_mass
        if uncounted and (setting.preposition.endswith("de") or setting.role == "oblique"):
            return Determiner("definite")
        if setting.role == "subject" and (setting.polarity != "positive" or noun.is_mass):
            return Determiner("definite")
        if setting.role == "object" and setting.polarity == "negative":
            return Determiner("none")
        if noun.is_mass and not self.draft.may("partitive", 1.0):
            return Determiner("definite")
        return Determiner("any" if setting.polarity == "question" and uncounted else "indefinite")

    def existential(self, is_plural: bool, polarity: Polarity) -> Determiner:
        """A determiner after *there is*, which introduces something new: never a definite one."""
        if polarity == "negative":
            return Determiner("none")
        if polarity == "positive" and is_plural and self.draft.may("quantifier", 0.4):
            return self._how_many()
        return Determiner("any" if polarity == "question" and is_plural else "indefinite")
