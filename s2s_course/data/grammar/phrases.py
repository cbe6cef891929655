"""Phrases: English words, French words and who translates whom, built together.

A French word knows its English partners, so that a phrase can be moved, split or joined in either
language without counting positions; these are counted once, when the sentence is finished. What depends
on the neighboring word (``l'``, ``du``, *an*) is also left to the end, because only then the neighbors
are known.
"""

from collections.abc import Iterable
from typing import NamedTuple

from s2s_course.data.grammar import english, french
from s2s_course.data.grammar.lexicon import Word
from s2s_course.data.pairs import SentencePair
from s2s_course.text.tokenize import WordTokenizer

_ENGLISH = WordTokenizer("en")
_FRENCH = WordTokenizer("fr")


class EnglishWord(NamedTuple):
    """One English token. Partners are found by identity: a sentence may have the same text twice."""

    text: str


class FrenchWord(NamedTuple):
    """One French token and the English tokens that it translates.

    ``is_article`` tells the article ``le`` from the pronoun: only the article melts into ``du`` and ``au``.
    """

    text: str
    partners: tuple[EnglishWord, ...] = ()
    is_article: bool = False


class Phrase(NamedTuple):
    """A run of English words and a run of French words that translate each other."""

    english: tuple[EnglishWord, ...] = ()
    french: tuple[FrenchWord, ...] = ()

    def __add__(self, other: "Phrase") -> "Phrase":
        return Phrase(self.english + other.english, self.french + other.french)


def english_words(text: str) -> tuple[EnglishWord, ...]:
    """The words of a text."""
    return tuple([EnglishWord(part) for part in text.split()])


def phrase(english_text: str, french_text: str) -> Phrase:
    """A phrase of uninflected words in which every word of one side translates every word of the other."""
    words = tuple([EnglishWord(text) for text in english_text.split()])
    return Phrase(words, tuple([FrenchWord(text, words) for text in french_text.split()]))


def uninflected(word: Word) -> Phrase:
    """*slowly*, ``lentement``: a word of the lexicon that has one form only."""
    return phrase(word.english, word.french)


def join(phrases: Iterable[Phrase]) -> Phrase:
    """All phrases, one after the other."""
    parts = list(phrases)
    return Phrase(
        tuple([word for part in parts for word in part.english]),
        tuple([word for part in parts for word in part.french]),
    )


def coordinate(phrases: list[Phrase], conjunction: Phrase) -> Phrase:
    """``a, b and c``: a comma between the first ones, the conjunction before the last."""
    joined = phrases[0]
    for part in phrases[1:-1]:
        joined = joined + phrase(",", ",") + part
    return joined + conjunction + phrases[-1]


def _spell_english(words: tuple[EnglishWord, ...]) -> list[str]:
    texts = [word.text for word in words]
    for position, text in enumerate(texts[:-1]):
        if text == "a":
            texts[position] = english.article(texts[position + 1])
    return texts


def _spell_french(words: tuple[FrenchWord, ...]) -> list[FrenchWord]:
    """The words with elision and contraction, from the right, so that each sees its final neighbor."""
    spelled: list[FrenchWord] = []  # in reverse order
    for word in reversed(words):
        text = word.text
        if spelled:
            following = spelled[-1]
            contracted = french.contract(text, following.text) if following.is_article else None
            if contracted is not None:
                spelled[-1] = FrenchWord(contracted, word.partners + following.partners)
                continue
            text = french.elide(text, following.text)
        spelled.append(FrenchWord(text, word.partners, word.is_article))
    return spelled[::-1]


def to_pair(sentence: Phrase) -> SentencePair:
    """A finished sentence as English and French text with its alignment."""
    spelled = _spell_french(sentence.french)
    position = {id(word): i for i, word in enumerate(sentence.english)}
    alignment = sorted(
        {(position[id(partner)], j) for j, word in enumerate(spelled) for partner in word.partners}
    )
    return SentencePair(
        _ENGLISH.detokenize(_spell_english(sentence.english)),
        _FRENCH.detokenize([word.text for word in spelled]),
        tuple(alignment),
    )
