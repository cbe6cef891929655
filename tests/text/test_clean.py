import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s_course.data.grammar import grammar_corpus
from s2s_course.text.clean import clean, visible
from s2s_course.text.tokenize import BPETokenizer, CharacterTokenizer, WordTokenizer

TEXT = "l'élève dort là."
LIKE_IT = [
    unicodedata.normalize("NFD", TEXT),
    TEXT.replace(" ", "\u00a0"),
    TEXT.replace(" ", "\t"),
    TEXT.replace(" ", "\r\n"),
    TEXT.replace(" ", " \u202f\u2009 "),
    "\ufeff" + TEXT,
    f" {TEXT}\u2028",
    TEXT.replace("v", "v\u00ad"),
    TEXT.replace("v", "\u200bv"),
    TEXT.replace("v", "\u200cv\u200d"),
    "\u200e" + TEXT + "\u200f\u202c",
    TEXT.replace("d", "\u2060d\ufe0f"),
    TEXT.replace("v", "v\x00\x07\x7f\x9f"),
    TEXT.replace("v", "v\U000e0041"),
]


@pytest.mark.parametrize("typed", LIKE_IT, ids=ascii)
def test_what_looks_the_same_is_the_same(typed):
    assert clean(typed) == TEXT
    bpe = BPETokenizer.train([TEXT], language="fr", num_tokens=30)
    for tokenizer in (WordTokenizer("fr"), bpe):
        assert tokenizer.tokenize(typed) == tokenizer.tokenize(TEXT)
    assert BPETokenizer.train([typed], language="fr", num_tokens=30).pieces == bpe.pieces


@pytest.mark.parametrize("character", "aé日😀!«\u0301\u0600'’-–€№")
def test_what_is_seen_stays(character):
    assert clean(f"x {character}") == f"x {unicodedata.normalize('NFC', character)}"


def test_everything_that_unicode_calls_a_format_goes_but_signs_with_a_shape():
    kept = {c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) == "Cf" and visible(c)}
    assert {unicodedata.name(c).split()[0] for c in kept} <= {
        "ARABIC", "SYRIAC", "KAITHI", "INTERLINEAR", "EGYPTIAN",
    }  # fmt: skip


@given(st.text())
def test_clean_is_normal_form_without_double_spaces_and_clean_again_changes_nothing(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)
    assert cleaned.split() == cleaned.split(" ") or cleaned == ""
    assert cleaned.isprintable() or any(unicodedata.category(c) in ("Cn", "Co", "Cf") for c in cleaned)


@given(st.text())
def test_characters_are_those_that_are_seen(text):
    tokenizer = CharacterTokenizer("en")
    assert tokenizer.tokenize(text) == list(visible(text))
    assert [c for c in visible(text) if not c.isspace()] == list(clean(text).replace(" ", ""))


@pytest.mark.parametrize("text", ["a \ud800 b", "\udcff"])
def test_half_a_surrogate_pair_is_refused(text):
    with pytest.raises(ValueError, match=f"text must be Unicode, got half .* at character {len(text) // 2}"):
        clean(text)


def test_the_grammar_writes_clean_text():
    corpus = grammar_corpus(train=200, test=0, longer=0, compositional=0)
    assert all(clean(text) == text for pair in corpus["train"] for text in (pair.src, pair.tgt))
