"""English inflection and spelling, for the words of the lexicon. Everything is lower-case."""

_PLURALS = {
    "child": "children",
    "fish": "fish",
    "foot": "feet",
    "knife": "knives",
    "leaf": "leaves",
    "loaf": "loaves",
    "man": "men",
    "mouse": "mice",
    "goose": "geese",
    "policeman": "policemen",
    "sheep": "sheep",
    "shelf": "shelves",
    "thief": "thieves",
    "wolf": "wolves",
    "woman": "women",
    "potato": "potatoes",
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
    "drive": "drove",
    "eat": "ate",
    "fall": "fell",
    "feed": "fed",
    "find": "found",
    "fly": "flew",
    "forget": "forgot",
    "get": "got",
    "give": "gave",
    "go": "went",
    "have": "had",
    "hear": "heard",
    "hide": "hid",
    "hold": "held",
    "keep": "kept",
    "know": "knew",
    "leave": "left",
    "lend": "lent",
    "lie": "lied",
    "lose": "lost",
    "make": "made",
    "meet": "met",
    "put": "put",
    "read": "read",
    "run": "ran",
    "say": "said",
    "see": "saw",
    "sell": "sold",
    "send": "sent",
    "show": "showed",
    "sing": "sang",
    "sleep": "slept",
    "speak": "spoke",
    "spend": "spent",
    "stop": "stopped",
    "swim": "swam",
    "take": "took",
    "teach": "taught",
    "tear": "tore",
    "tell": "told",
    "think": "thought",
    "throw": "threw",
    "understand": "understood",
    "wear": "wore",
    "win": "won",
    "write": "wrote",
}

# Words whose first letter and first sound disagree.
_AN_BEFORE = frozenset("honest hour".split())
_A_BEFORE = frozenset("useful university uniform european used".split())


def _ends_in_consonant_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeiou"


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if _ends_in_consonant_y(word) else word + "s"


def plural(noun: str) -> str:
    """The plural of a noun."""
    return _PLURALS.get(noun) or _with_s(noun)


def third_person(verb: str) -> str:
    """The present tense after he, she or it."""
    if verb in ("go", "do"):
        return verb + "es"
    return "has" if verb == "have" else _with_s(verb)


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
