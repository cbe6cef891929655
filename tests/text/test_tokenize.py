import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import BPETokenizer, CharacterTokenizer, WordTokenizer, tokenizer_from_json

TEXTS = ["The cat sat on the mat.", "A cat and a dog sat.", "The dogs are sitting on mats!"] * 3


@pytest.mark.parametrize(
    ("language", "text", "tokens"),
    [
        ("en", "A man's hat, (old).", ["a", "man", "'", "s", "hat", ",", "(", "old", ")", "."]),
        ("de", "Zwei Männer müssen warten.", ["zwei", "männer", "müssen", "warten", "."]),
        ("fr", "L'homme n'a pas vu l’arbre.", ["l'", "homme", "n'", "a", "pas", "vu", "l’", "arbre", "."]),
        ("fr", "Est-ce qu'il part ?", ["est-ce", "qu'", "il", "part", "?"]),
        ("fr", "Aujourd'hui, j'y vais.", ["aujourd'hui", ",", "j'", "y", "vais", "."]),
        ("en", "", []),
        ("en", " \n\t ", []),
    ],
)
def test_words(language, text, tokens):
    assert WordTokenizer(language).tokenize(text) == tokens


def test_case_is_kept_when_asked():
    assert WordTokenizer("en", lowercase=False).tokenize("The Cat") == ["The", "Cat"]


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "est-ce que l'homme n'est pas là ?"), ("en", "is the man there?"), ("fr", "non, il dort.")],
)
def test_detokenize_restores_the_spaces_of_the_language(language, text):
    tokenizer = WordTokenizer(language)
    assert tokenizer.detokenize(tokenizer.tokenize(text)) == text


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["en", "fr", "de"]), st.text())
def test_tokens_survive_a_round_trip_through_text(language, text):
    tokenizer = WordTokenizer(language)
    tokens = tokenizer.tokenize(text)
    if language != "fr":  # a lone French apostrophe may join the next word: only its letters must survive
        assert tokenizer.tokenize(tokenizer.detokenize(tokens)) == tokens
    assert "".join(tokenizer.detokenize(tokens).split()) == "".join(tokens)


def test_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language must be one of en, fr, de, got 'xx'"):
        WordTokenizer("xx")


def test_bpe_keeps_every_text_without_unknown_pieces():
    bpe = BPETokenizer.train(TEXTS, language="en", num_tokens=60)
    for text in TEXTS:
        pieces = bpe.tokenize(text)
        assert "".join(pieces).replace("▁", " ").strip() == text.lower()
        assert bpe.detokenize(pieces) == text.lower()


def test_bpe_knows_every_piece_of_new_words_and_nothing_else():
    codec = TextCodec.build(BPETokenizer.train(TEXTS, language="en", num_tokens=60), TEXTS)
    for text, unknown in (("a mad cot!", 0), ("cat7 dogs", 1), ("a € x", 2), ("日本 cat", 2), ("cat(s)", 2)):
        indices = codec.encode(text)
        assert indices.count(codec.vocab.unk_index) == unknown
        if not unknown:
            assert codec.decode(indices) == text and codec.words(indices) == ["a", "mad", "cot", "!"]
    assert codec.words([*codec.encode("a € dog"), codec.vocab.eos_index]) == ["a", "<unk>", "dog"]


def test_words_of_what_a_model_wrote_are_its_tokens():
    codec = TextCodec.build(WordTokenizer("fr", lowercase=False), ["L'homme n'a pas vu ."])
    vocab = codec.vocab
    written = [vocab.bos_index, *codec.encode("L'homme inconnu"), vocab.eos_index, vocab.unk_index]
    assert codec.words(written) == ["l'", "homme", "<unk>"]
    assert codec.decode(written) == "L'homme <unk>"


def test_bpe_merges_the_most_frequent_pair_first():
    # Letters are ▁ a b c d, and one merge is allowed. The pair (a, b) occurs 6 times, the others less.
    bpe = BPETokenizer.train(["ab cab dab", "ab cab dab", "cd"], language="en", num_tokens=6)
    assert bpe.tokenize("ab") == ["▁", "ab"]
    assert bpe.tokenize("cd") == ["▁", "c", "d"]


def test_bpe_makes_fewer_pieces_with_more_merges():
    small = BPETokenizer.train(TEXTS, language="en", num_tokens=25)
    large = BPETokenizer.train(TEXTS, language="en", num_tokens=80)
    assert len(large.tokenize(TEXTS[0])) < len(small.tokenize(TEXTS[0]))


@pytest.mark.parametrize(
    "tokenizer",
    [WordTokenizer("fr", lowercase=False), BPETokenizer.train(TEXTS, language="en", num_tokens=50)],
)
def test_json_round_trip(tokenizer):
    again = tokenizer_from_json(json.loads(json.dumps(tokenizer.to_json())))
    assert again.tokenize("The dog's mat") == tokenizer.tokenize("The dog's mat")
    assert again.language == tokenizer.language


def test_bad_tokenizer_state_is_refused():
    with pytest.raises(ValueError, match="kind of tokenizer must be 'word', 'bpe' or 'character', got 'x'"):
        tokenizer_from_json({"kind": "x"})
    with pytest.raises(ValueError, match="num_tokens must be at least 1, got 0"):
        BPETokenizer.train(TEXTS, language="en", num_tokens=0)


def test_characters_are_tokens_and_come_back():
    tokenizer = tokenizer_from_json(CharacterTokenizer("en").to_json())
    assert tokenizer.tokenize("A cat,\n  too. ") == list("A cat,\n  too. ")
    assert tokenizer.detokenize(tokenizer.tokenize(" a  b\t")) == " a  b\t"
