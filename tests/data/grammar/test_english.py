"""English inflection against forms written by hand."""

import pytest

from s2s_course.data.grammar import english

PASTS = {
    "eat": "ate", "drink": "drank", "buy": "bought", "read": "read", "write": "wrote", "see": "saw",
    "hear": "heard",
    "know": "knew", "meet": "met", "find": "found", "choose": "chose", "take": "took", "bring": "brought",
    "lose": "lost", "forget": "forgot", "hide": "hid", "break": "broke", "draw": "drew", "build": "built",
    "catch": "caught", "feed": "fed", "wear": "wore", "give": "gave", "send": "sent", "lend": "lent",
    "tell": "told",
    "sleep": "slept", "sing": "sang", "run": "ran", "swim": "swam", "go": "went", "come": "came",
    "leave": "left",
    "fall": "fell", "become": "became", "understand": "understood", "shine": "shone", "say": "said",
    "look": "looked", "love": "loved", "cry": "cried", "play": "played", "travel": "traveled", "lie": "lied",
    "stay": "stayed", "carry": "carried", "disappear": "disappeared", "cut": "cut",
}  # fmt: skip


@pytest.mark.parametrize("verb", PASTS)
def test_past(verb):
    assert english.past(verb) == PASTS[verb]


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("eat", "eats"), ("watch", "watches"), ("wash", "washes"), ("go", "goes"), ("have", "has"),
        ("cry", "cries"), ("play", "plays"), ("miss", "misses"), ("buy", "buys"), ("close", "closes"),
    ],
)  # fmt: skip
def test_third_person(verb, form):
    assert english.third_person(verb) == form


@pytest.mark.parametrize(
    ("noun", "form"),
    [
        ("cat", "cats"), ("child", "children"), ("man", "men"), ("woman", "women"), ("mouse", "mice"),
        ("goose", "geese"), ("wolf", "wolves"), ("thief", "thieves"), ("knife", "knives"), ("box", "boxes"),
        ("church", "churches"), ("cherry", "cherries"), ("boy", "boys"), ("tomato", "tomatoes"), ("hero",
        "heroes"),
        ("bus", "buses"), ("piano", "pianos"), ("policeman", "policemen"), ("scarf", "scarves"), ("city",
        "cities"),
        ("photo", "photos"), ("witch", "witches"), ("roof", "roofs"), ("day", "days"), ("glass", "glasses"),
    ],
)  # fmt: skip
def test_plural(noun, form):
    assert english.plural(noun) == form


@pytest.mark.parametrize(
    ("following", "article"),
    [
        ("apple", "an"), ("cat", "a"), ("honest", "an"), ("hotel", "a"), ("university", "a"), ("useful", "a"),
        ("uncle", "an"), ("umbrella", "an"), ("old", "an"), ("yellow", "a"), ("orange", "an"),
    ],
)  # fmt: skip
def test_article(following, article):
    assert english.article(following) == article
