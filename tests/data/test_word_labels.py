import pytest

from s2s_course.data.grammar import generate
from s2s_course.data.pairs import SentencePair
from s2s_course.data.word_labels import NO_PARTNER, word_labels
from s2s_course.text.tokenize import WordTokenizer

EN, FR = WordTokenizer("en"), WordTokenizer("fr")


def test_a_label_holds_all_partners_in_target_order():
    pair = SentencePair("i do not sleep.", "je ne dors pas.", ((0, 0), (2, 1), (2, 3), (3, 2), (4, 4)))
    assert word_labels(pair, EN, FR) == (
        ["i", "do", "not", "sleep", "."],
        ["je", NO_PARTNER, "ne pas", "dors", "."],
    )


def test_every_link_of_the_corpus_is_in_some_label():
    for pair in generate(300, max_length=20):
        tokens, labels = word_labels(pair, EN, FR)
        assert tokens == EN.tokenize(pair.src)
        assert sum(len(label.split(" ")) for label in labels if label != NO_PARTNER) == len(pair.alignment)


def test_a_pair_without_alignment_is_refused():
    with pytest.raises(ValueError, match="pair must have a gold alignment"):
        word_labels(SentencePair("a", "b"), EN, FR)
