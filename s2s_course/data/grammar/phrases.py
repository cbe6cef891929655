"""Phrases: English words, French words and who translates whom, built together.

A French word knows its English partners, so that a phrase can be moved, split or joined in either
language without counting positions; these are counted once, when the sentence is finished. What depends
on the neighboring word (``l'``, ``du``, *an*) is also left to the end, because only then the neighbors
are known.

A sentence calls the functions of the grammar hundreds of times. The tests check the types of every call,
which would make them twenty times slower here: ``no_type_check`` leaves them out.
"""

from collections.abc import Iterable
from typing import no_type_check

from s2s_course.data.grammar import english, french
from s2s_course.data.pairs import SentencePair
from s2s_course.text.tokenize import WordTokenizer

_ENGLISH = WordTokenizer("en")
_FRENCH = WordTokenizer("fr")


@no_type_check
class EnglishWord:
    """One English token. Two words are equal only if they are the same object."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text


@no_type_check
class FrenchWord:
    """One French token and the English tokens that it translates.

    ``is_article`` tells the article ``le`` from the pronoun: only the article melts into ``du`` and ``au``.
    """

    __slots__ = ("is_article", "partners", "text")

    def __init__(self, text: str, partners: Iterable[EnglishWord] = (), *, is_article: bool = False):
        self.text = text
        self.partners = tuple(partners)
        self.is_article = is_article


@no_type_check
class Phrase:
    """A run of English words and a run of French words that translate each other."""

    __slots__ = ("english", "french")

    def __init__(self, english: list[EnglishWord], french: list[FrenchWord]):
        self.english = english
        self.french = french

    def __add__(self, other: "Phrase") -> "Phrase":
        return Phrase(self.english + other.english, self.french + other.french)

    def __len__(self) -> int:
        """The number of English words."""
        return len(self.english)


@no_type_check
def phrase(english_text: str, french_text: str) -> Phrase:
    """A phrase of uninflected words in which every word of one side translates every word of the other."""
    words = [EnglishWord(text) for text in english_text.split()]
    return Phrase(words, [FrenchWord(text, words) for text in french_text.split()])


@no_type_check
def join(phrases: Iterable[Phrase]) -> Phrase:
    """All phrases, one after the other."""
    parts = list(phrases)
    return Phrase(
        [word for part in parts for word in part.english], [word for part in parts for word in part.french]
    )


@no_type_check
def coordinate(phrases: list[Phrase], conjunction: Phrase) -> Phrase:
    """``a, b and c``: a comma between the first ones, the conjunction before the last."""
    joined = phrases[0]
    for part in phrases[1:-1]:
        joined = joined + phrase(",", ",") + part
    return joined + conjunction + phrases[-1]


@no_type_check
def _spell_english(words: list[EnglishWord]) -> list[str]:
    texts = [word.text for word in words]
    for position, text in enumerate(texts[:-1]):
        if text == "a":
            texts[position] = english.article(texts[position + 1])
    return texts


@no_type_check
def _spell_french(words: list[FrenchWord]) -> list[FrenchWord]:
    """The words with elision and contraction, from the right, so that each sees its final neighbor."""
    spelled: list[FrenchWord] = []  # in reverse order
    for word in reversed(words):
        text = word.text
        if spelled:
            following = spelled[-1]
            contracted = french.contract(text, following.text) if following.is_article else None
            if contracted is not None:
                partners = dict.fromkeys(word.partners + following.partners)
                spelled[-1] = FrenchWord(contracted, partners)
                continue
            text = french.elide(text, following.text)
        spelled.append(FrenchWord(text, word.partners, is_article=word.is_article))
    return spelled[::-1]


@no_type_check
def finish(sentence: Phrase) -> tuple[list[str], list[str], tuple[tuple[int, int], ...]]:
    """English tokens, French tokens and the alignment of a finished sentence."""
    spelled = _spell_french(sentence.french)
    position = {id(word): i for i, word in enumerate(sentence.english)}
    alignment = sorted(
        {(position[id(partner)], j) for j, word in enumerate(spelled) for partner in word.partners}
    )
    return _spell_english(sentence.english), [word.text for word in spelled], tuple(alignment)


@no_type_check
def to_pair(sentence: Phrase) -> SentencePair:
    """The sentence as English and French text with its alignment."""
    english_tokens, french_tokens, alignment = finish(sentence)
    return SentencePair(_ENGLISH.detokenize(english_tokens), _FRENCH.detokenize(french_tokens), alignment)
