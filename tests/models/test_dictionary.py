import pytest

from s2s_course.data.pairs import SentencePair
from s2s_course.models.dictionary import DictionaryTranslator
from s2s_course.text.tokenize import WordTokenizer

PAIRS = [
    SentencePair("the black cat sleeps.", "le chat noir dort.", ((0, 0), (1, 2), (2, 1), (3, 3), (4, 4))),
    SentencePair("the cat does sleep.", "le chat dort.", ((0, 0), (1, 1), (3, 2), (4, 3))),
    SentencePair("the house sleeps.", "la maison dort.", ((0, 0), (1, 1), (2, 2), (3, 3))),
]


@pytest.fixture
def dictionary():
    return DictionaryTranslator(PAIRS, WordTokenizer("en"), WordTokenizer("fr"))


def test_each_word_gets_its_most_frequent_partner_in_source_order(dictionary):
    assert dictionary.entries["the"] == "le"  # twice "le", once "la"
    assert dictionary.translate(["the black house sleeps."]) == ["le noir maison dort."]


def test_words_without_partner_are_left_out_and_unknown_words_copied(dictionary):
    assert dictionary.entries["does"] is None
    assert dictionary.translate(["the zebra does sleep."]) == ["le zebra dort."]


def test_pairs_without_alignment_are_refused():
    with pytest.raises(ValueError, match="pairs must have gold alignments"):
        DictionaryTranslator([SentencePair("a", "b")], WordTokenizer("en"), WordTokenizer("fr"))
