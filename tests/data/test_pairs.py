"""The codecs of a corpus: what building them by hand gives."""

import pytest

from s2s_course.data.grammar import grammar_corpus
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import BPETokenizer, WordTokenizer


@pytest.fixture(scope="module")
def corpus():
    return grammar_corpus(train=200, validation=0, test=20, longer=0, compositional=0)


@pytest.mark.parametrize("min_frequency", [1, 2])
def test_codecs_know_the_words_of_each_language_in_training(corpus, min_frequency):
    src_codec, tgt_codec = corpus.codecs(min_frequency=min_frequency)
    for codec, language, texts in (
        (src_codec, "en", [pair.src for pair in corpus["train"]]),
        (tgt_codec, "fr", [pair.tgt for pair in corpus["train"]]),
    ):
        built = TextCodec.build(WordTokenizer(language), texts, min_frequency=min_frequency)
        assert codec.to_json() == built.to_json()


def test_words_of_other_splits_are_unknown():
    splits = {"train": [SentencePair("a b b", "c d d")], "test": [SentencePair("e", "f")]}
    src_codec, tgt_codec = ParallelCorpus("made", "en", "de", splits).codecs()
    assert "e" not in src_codec.vocab and "f" not in tgt_codec.vocab
    assert "a" in src_codec.vocab and "c" in tgt_codec.vocab
    rare, _ = ParallelCorpus("made", "en", "de", splits).codecs(min_frequency=2)
    assert "a" not in rare.vocab and "b" in rare.vocab
    assert (src_codec.tokenizer.language, tgt_codec.tokenizer.language) == ("en", "de")


def test_subwords_are_those_of_each_language(corpus):
    for codec, language, texts in zip(
        corpus.codecs(subwords=120),
        ("en", "fr"),
        ([pair.src for pair in corpus["train"]], [pair.tgt for pair in corpus["train"]]),
        strict=True,
    ):
        built = TextCodec.build(BPETokenizer.train(texts, language=language, num_tokens=120), texts)
        assert codec.to_json() == built.to_json()
