"""English inflection and spelling, for the words of the lexicon. Everything is lower-case.

Every form is worked out once (``cache``): the lexicon is small, and a corpus needs each word often.
"""

from functools import cache

_PLURALS = {
    "child": "children",
    "fish": "fish",
    "knife": "knives",
    "man": "men",
    "mouse": "mice",
    "goose": "geese",
    "policeman": "policemen",
    "thief": "thieves",
    "wolf": "wolves",
    "woman": "women",
    "tomato": "tomatoes",
    "hero": "heroes",
    "scarf": "scarves",
}

_PASTS = {
    "become": "became",
    "break": "broke",
    "bring": "brought",
    "build": "built",
    "burn": "burned",
    "buy": "bought",
    "catch": "caught",
    "choose": "chose",
    "come": "came",
    "cut": "cut",
    "draw": "drew",
    "drink": "drank",
    "eat": "ate",
    "fall": "fell",
    "feed": "fed",
    "find": "found",
    "forget": "forgot",
    "give": "gave",
    "go": "went",
    "have": "had",
    "hear": "heard",
    "hide": "hid",
    "know": "knew",
    "leave": "left",
    "lend": "lent",
    "lie": "lied",
    "lose": "lost",
    "meet": "met",
    "read": "read",
    "run": "ran",
    "say": "said",
    "see": "saw",
    "sell": "sold",
    "shine": "shone",
    "send": "sent",
    "show": "showed",
    "sing": "sang",
    "sleep": "slept",
    "swim": "swam",
    "take": "took",
    "tell": "told",
    "think": "thought",
    "understand": "understood",
    "wear": "wore",
    "write": "wrote",
}

# Words whose first letter and first sound disagree.
_AN_BEFORE = frozenset(["honest"])
_A_BEFORE = frozenset(["useful", "university"])


def _ends_in_consonant_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeiou"


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if _ends_in_consonant_y(word) else word + "s"


@cache
def plural(noun: str) -> str:
    """The plural of a noun."""
    return _PLURALS.get(noun) or _with_s(noun)


@cache
def third_person(verb: str) -> str:
    """The present tense after he, she or it."""
    if verb in ("go", "do"):
        return verb + "es"
    return "has" if verb == "have" else _with_s(verb)


@cache
def past(verb: str) -> str:
    """The simple past."""
    if verb in _PASTS:
        return _PASTS[verb]
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if _ends_in_consonant_y(verb) else verb + "ed"


def article(following: str) -> str:
    """The indefinite article before ``following``: ``a`` or ``an``."""
    vowel = following in _AN_BEFORE or (following[0] in "aeiou" and following not in _A_BEFORE)
    return "an" if vowel else "a"
