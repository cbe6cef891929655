"""Drawing existential sentences: *there is a dog in the garden*."""

from s2s_course.data.grammar.adjunct_sampler import AdjunctSampler
from s2s_course.data.grammar.determiner_sampler import DeterminerSampler
from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.lexicon import select
from s2s_course.data.grammar.noun_phrases import noun_phrase
from s2s_course.data.grammar.noun_sampler import NounSampler
from s2s_course.data.grammar.phrases import EnglishWord, FrenchWord, Phrase
from s2s_course.data.grammar.setting import Polarity, Setting

_FOUND_SOMEWHERE = (
    "person -thief -hero pet cow duck goose car truck tree flower box suitcase bicycle motorcycle"
)


class ExistentialSampler:
    """Draws *there is* and ``il y a`` with what there is and where."""

    def __init__(
        self, draft: Draft, nouns: NounSampler, determiners: DeterminerSampler, adjuncts: AdjunctSampler
    ):
        self.draft = draft
        self.nouns = nouns
        self.determiners = determiners
        self.adjuncts = adjuncts

    def existential(self, size: int, *, is_question: bool) -> Phrase:
        """*there is a dog in the garden*, ``il y a un chien dans le jardin``, or its question.

        The place belongs to the construction and is not counted as a prepositional phrase.
        """
        is_negated = self.draft.may("negation", 0.25)
        polarity: Polarity = "negative" if is_negated else "question" if is_question else "positive"
        noun = self.nouns.noun(select(_FOUND_SOMEWHERE))
        is_plural = self.draft.rng.random() < 0.4
        before, after = self.nouns.adjectives(noun, min(1, max(0, size - 7)))
        determiner = self.determiners.existential(is_plural, polarity)
        thing = noun_phrase(determiner, noun, is_plural=is_plural, before=before, after=after).phrase
        setting = Setting("oblique", polarity, recursive=False)
        place = self.adjuncts.location(size - 3 - len(thing.english), setting)
        opening = _opening(is_plural=is_plural, is_negated=is_negated, is_question=is_question)
        return opening + thing + place


def _opening(*, is_plural: bool, is_negated: bool, is_question: bool) -> Phrase:
    """*there is not*, ``il n'y a pas``: *there* is aligned with ``il`` and ``y``."""
    there, be = EnglishWord("there"), EnglishWord("are" if is_plural else "is")
    negation = (EnglishWord("not"),) if is_negated else ()
    french = (FrenchWord("y", (there,)), FrenchWord("a", (be,)))
    if is_negated:
        french = (FrenchWord("ne", negation), *french, FrenchWord("pas", negation))
    french = (FrenchWord("il", (there,)), *french)
    if is_question:
        return Phrase((be, there, *negation), (FrenchWord("est-ce"), FrenchWord("que"), *french))
    return Phrase((there, be, *negation), french)
