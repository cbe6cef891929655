"""Noun phrases and clauses, built piece by piece, against translations written by hand."""

import pytest

from s2s_course.data.grammar.clauses import Clause, declarative, question
from s2s_course.data.grammar.lexicon import ADJECTIVES, NOUNS, VERBS, WORDS
from s2s_course.data.grammar.noun_phrases import (
    PRONOUNS,
    Determiner,
    coordination,
    formal_you,
    name,
    noun_phrase,
    prepositional_phrase,
    subject,
)
from s2s_course.data.grammar.phrases import to_pair

NOUN = {noun.english: noun for noun in NOUNS}
VERB = {verb.english: verb for verb in VERBS}
ADJECTIVE = {adjective.english: adjective for adjective in ADJECTIVES}
WORD = {(word.category, word.english): word for word in WORDS}


def np(kind, noun, *, plural=False, before=None, after=None, owner=None):
    determiner = Determiner(kind, owner=owner)
    return noun_phrase(
        determiner, NOUN[noun], is_plural=plural, before=ADJECTIVE.get(before), after=ADJECTIVE.get(after)
    )


NOUN_PHRASES = [
    (np("definite", "man"), "the man", "l'homme"),
    (np("definite", "hero"), "the hero", "le héros"),
    (np("definite", "axe"), "the axe", "la hache"),
    (np("definite", "hero", before="old"), "the old hero", "le vieux héros"),
    (np("indefinite", "tree", before="beautiful"), "a beautiful tree", "un bel arbre"),
    (
        np("indefinite", "hotel", before="new", after="modern"),
        "a new modern hotel",
        "un nouvel hôtel moderne",
    ),
    (np("indefinite", "friend", before="old"), "an old friend", "un vieil ami"),
    (np("indefinite", "cat", before="small", after="black"), "a small black cat", "un petit chat noir"),
    (np("indefinite", "cat", plural=True, before="small"), "some small cats", "de petits chats"),
    (np("indefinite", "friend", plural=True, after="rich"), "some rich friends", "des amis riches"),
    (np("indefinite", "bread"), "some bread", "du pain"),
    (np("indefinite", "water"), "some water", "de l'eau"),
    (np("indefinite", "soup"), "some soup", "de la soupe"),
    (np("none", "child", plural=True), "any children", "d'enfants"),
    (np("none", "bean", plural=True), "any beans", "de haricots"),
    (np("demonstrative", "man"), "this man", "cet homme"),
    (np("demonstrative", "hedgehog"), "this hedgehog", "ce hérisson"),
    (np("demonstrative", "man", before="young"), "this young man", "ce jeune homme"),
    (np("demonstrative", "horse", plural=True), "these horses", "ces chevaux"),
    (np("possessive", "idea", owner=(2, "m")), "his idea", "son idée"),
    (np("possessive", "story", owner=(2, "f")), "her story", "son histoire"),
    (np("possessive", "axe", owner=(0, "m")), "my axe", "ma hache"),
    (np("possessive", "school", before="old", owner=(1, "m")), "your old school", "ta vieille école"),
    (np("possessive", "shoe", plural=True, owner=(5, "m")), "their shoes", "leurs chaussures"),
    (np("definite", "letter", plural=True, before="long"), "the long letters", "les longues lettres"),
    (np("definite", "mouse", plural=True, after="white"), "the white mice", "les souris blanches"),
]


@pytest.mark.parametrize(("built", "english", "french"), NOUN_PHRASES, ids=lambda value: str(value)[:30])
def test_noun_phrases(built, english, french):
    pair = to_pair(built.phrase)
    assert (pair.src, pair.tgt) == (english, french)


MARIE = WORD["name", "marie"]
P = PRONOUNS
SENTENCES = [
    # clitics and their order
    (Clause(subject(P["he"]), VERB["see"], direct=P["they"]), "he sees them", "il les voit"),
    (Clause(subject(P["he"]), VERB["see"], "past", direct=P["they f"]), "he saw them", "il les a vues"),
    (Clause(subject(P["i"]), VERB["see"], "past", direct=P["she"]), "i saw her", "je l'ai vue"),
    (Clause(subject(P["i"]), VERB["love"], direct=P["you"]), "i love you", "je t'aime"),
    (
        Clause(subject(P["he"]), VERB["eat"], "going", direct=P["it"]),
        "he is going to eat it",
        "il va le manger",
    ),
    (
        Clause(subject(P["she"]), VERB["give"], "past", direct=P["it f"], dative=P["they"]),
        "she gave it to them",
        "elle la leur a donnée",
    ),
    (
        Clause(subject(P["we"]), VERB["show"], negation="not", direct=P["they"], dative=P["you"]),
        "we do not show them to you",
        "nous ne te les montrons pas",
    ),
    (
        Clause(subject(P["they"]), VERB["phone"], "past", dative=P["she"], dative_preposition=""),
        "they phoned her",
        "ils lui ont téléphoné",
    ),
    # negation
    (Clause(subject(P["he"]), VERB["sleep"], negation="not"), "he does not sleep", "il ne dort pas"),
    (Clause(subject(P["he"]), VERB["love"], negation="not"), "he does not love", "il n'aime pas"),
    (
        Clause(subject(P["they f"]), VERB["eat"], "past", "never"),
        "they never ate",
        "elles n'ont jamais mangé",
    ),
    (
        Clause(subject(P["he"]), VERB["have"], negation="not", complements=[np("none", "cat").phrase]),
        "he does not have a cat",
        "il n'a pas de chat",
    ),
    (
        Clause(subject(P["i"]), VERB["leave"], negation="not", modal=VERB["can"]),
        "i cannot leave",
        "je ne peux pas partir",
    ),
    (
        Clause(subject(P["she"]), VERB["open"], negation="not", modal=VERB["want"], direct=P["it"]),
        "she does not want to open it",
        "elle ne veut pas l'ouvrir",
    ),
    # être
    (Clause(subject(P["they f"]), VERB["leave"], "past"), "they left", "elles sont parties"),
    (Clause(name(MARIE), VERB["fall"], "past"), "marie fell", "marie est tombée"),
    (Clause(subject(formal_you("f", False)), VERB["come"], "past"), "you came", "vous êtes venue"),
    (
        Clause(subject(P["we"]), VERB["go out"], "past", "not"),
        "we did not go out",
        "nous ne sommes pas sortis",
    ),
    (
        Clause(
            coordination([np("definite", "king"), np("definite", "queen")], WORD["conjunction", "and"]),
            VERB["arrive"],
            "past",
        ),
        "the king and the queen arrived",
        "le roi et la reine sont arrivés",
    ),
    (
        Clause(
            coordination([name(MARIE), np("definite", "queen")], WORD["conjunction", "and"]),
            VERB["stay"],
            "past",
        ),
        "marie and the queen stayed",
        "marie et la reine sont restées",
    ),
    # adverbs
    (
        Clause(
            subject(P["he"]), VERB["look at"], "past", frequency=WORD["frequency", "often"], direct=P["it"]
        ),
        "he often looked at it",
        "il l'a souvent regardé",
    ),
]


@pytest.mark.parametrize(("clause", "english", "french"), SENTENCES, ids=lambda value: str(value)[:30])
def test_statements(clause, english, french):
    pair = to_pair(declarative(clause))
    assert (pair.src, pair.tgt) == (english, french)


@pytest.mark.parametrize(
    ("clause", "english", "french"),
    [
        (Clause(subject(P["he"]), VERB["sleep"]), "does he sleep", "est-ce qu'il dort"),
        (Clause(subject(P["you"]), VERB["go up"], "past"), "did you go up", "est-ce que tu es monté"),
        (Clause(subject(P["she"]), VERB["be"], "going"), "is she going to be", "est-ce qu'elle va être"),
        (
            Clause(subject(P["we"]), VERB["see"], modal=VERB["must"]),
            "must we see",
            "est-ce que nous devons voir",
        ),
        (Clause(subject(P["i"]), VERB["lie"], negation="not"), "do i not lie", "est-ce que je ne mens pas"),
    ],
)
def test_questions(clause, english, french):
    pair = to_pair(question(clause))
    assert (pair.src, pair.tgt) == (english, french)


def test_alignment_of_negation_and_clitic():
    clause = Clause(subject(P["he"]), VERB["see"], "past", "not", direct=P["she"])
    pair = to_pair(declarative(clause))
    # he did not see her ~ il ne l' a pas vue
    assert (pair.src, pair.tgt) == ("he did not see her", "il ne l'a pas vue")
    assert pair.alignment == ((0, 0), (1, 3), (2, 1), (2, 4), (3, 5), (4, 2))


def test_alignment_of_going_to_and_contraction():
    museum = np("definite", "museum")
    where = prepositional_phrase("to", WORD["location_preposition", "at"].french, museum)
    clause = Clause(name(MARIE), VERB["go"], "going", complements=[where])
    pair = to_pair(declarative(clause))
    # marie is going to go to the museum ~ marie va aller au musée
    assert pair.tgt == "marie va aller au musée"
    assert pair.alignment == ((0, 0), (1, 1), (2, 1), (4, 2), (5, 3), (6, 3), (7, 4))
