"""The tables of words, read."""

from dataclasses import replace

import pytest

from s2s_course.data.grammar.lexicon import (
    ADJECTIVES,
    NOUNS,
    VERBS,
    WORDS,
    Frame,
    _frame,
    adjectives_of,
    select,
    word,
    words,
)

NOUN = {noun.english: noun for noun in NOUNS}
VERB = {verb.english: verb for verb in VERBS}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("food", {"direct": "food"}),
        ("person animal -snake", {"direct": "person animal -snake"}),
        ("-", {}),
        ("=that", {"special": "that"}),
        ("=infinitive", {"special": "infinitive"}),
        ("book > to à person friend", {"direct": "book", "oblique": "person friend",
                                      "english_preposition": "to", "french_preposition": "à"}),
        ("> - de instrument", {"oblique": "instrument", "english_preposition": "",
                               "french_preposition": "de"}),
    ],
)  # fmt: skip
def test_what_follows_a_verb(text, fields):
    nothing = dict.fromkeys(("direct", "oblique", "special")) | {
        "english_preposition": "", "french_preposition": "",
    }  # fmt: skip
    frame = _frame(text)
    assert {name: getattr(frame, name) for name in nothing} == nothing | fields


def test_entries_are_equal_only_if_they_are_the_same():
    for entry in (NOUNS[0], ADJECTIVES[0], VERBS[0], VERBS[0].frames[0], WORDS[0]):
        copy = replace(entry)
        assert entry == entry and entry != copy and len({entry, copy}) == 2


def test_only_the_phrase_with_a_and_a_person_is_a_dative():
    assert Frame(oblique="person", french_preposition="à").is_dative
    assert not Frame(oblique="person", french_preposition="de").is_dative
    assert not Frame(oblique="food", french_preposition="à").is_dative
    assert not Frame(direct="person").is_dative
    assert {frame.is_dative for frame in VERB["give"].frames} >= {True}


def test_numbers_of_nouns():
    forms = {"mouse": ("mice", "souris"), "horse": ("horses", "chevaux")}
    for english, plural in forms.items():
        noun = NOUN[english]
        assert noun.forms(True) == plural and noun.forms(False) == (noun.english, noun.french)
        assert noun.has_plural and not noun.is_mass
    assert NOUN["water"].is_mass and not NOUN["water"].has_plural
    kept_apart = {"mass", "single", "sole"}
    assert all(noun.has_plural == kept_apart.isdisjoint(noun.classes) for noun in NOUNS)


def test_forms_of_verbs():
    assert VERB["read"].is_syncretic and not VERB["eat"].is_syncretic
    assert VERB["look at"].english_past == "looked" and VERB["go out"].english_past == "went"


def test_a_selection_names_classes_and_words_and_leaves_some_out():
    people = {noun.english for noun in NOUNS if "person" in noun.classes}
    animals = {noun.english for noun in NOUNS if "animal" in noun.classes}
    assert {noun.english for noun in select("person water")} == people | {"water"}
    assert {noun.english for noun in select("person animal -mouse")} == (people | animals) - {"mouse"}
    assert {noun.english for noun in select("person animal -animal")} == people - animals
    assert select("") == () and list(select("person")) == [noun for noun in NOUNS if noun.english in people]


def test_adjectives_that_suit_a_noun():
    for noun in (NOUN["water"], NOUN["mouse"]):
        suiting = [adjective for adjective in ADJECTIVES if noun in select(adjective.nouns)]
        assert list(adjectives_of(noun)) == suiting and 0 < len(suiting) < len(ADJECTIVES)


def test_words_that_are_never_inflected():
    assert {each.category for each in words("name")} == {"name"}
    assert word("name", "marie").french == "marie" and word("subordinator", "if").french == "si"
    with pytest.raises(ValueError, match=r"category must be one of .*name.*, got 'verb'"):
        words("verb")
