"""Words and punctuation marks become a line again, written as their language writes it.

Where spaces were is lost between tokens, so these are rules of spelling, with the few words that English and
German write on either side of an apostrophe. They give nearly all real sentences back; where a language
writes both ways (``50%`` and ``50 %``), one is taken.
"""

from collections.abc import Sequence

# Behind an apostrophe in the middle of a word (don't, wie geht's), and before one (o'clock).
_ENDINGS = {"s", "t", "re", "ve", "ll", "d", "m", "clock", "am", "all"}
_BEGINNINGS = {"o", "d", "l"}
_SHORTENED = {"em", "cause", "til", "bout", "tis", "twas"}  # words that begin with an apostrophe
_BESIDE_A_PART = {"und", "oder", "sowie", "bzw", "bis"}  # German, next to a hyphen for the rest of a word

_APOSTROPHES = ("'", "’", "‘", "`")
_HYPHENS = ("-", "‐", "‑", "/", "_")
_CLOSING = tuple(".,;:!?)]}…”»›%°")
_CLOSING_QUOTES = ('"', "”", "“", "»")
_OPENING = tuple("([{¿¡„‚“«‹#@")
_CURRENCIES = ("$", "£", "€")
_FRENCH_SPACED = tuple(";:!?«»")
_SENTENCE_ENDS = tuple(".!?…")

Sides = tuple[
    bool, bool
]  # whether a token stands right behind the one before, and right in front of the next


def join_words(tokens: Sequence[str], language: str) -> str:
    """The text of ``tokens`` in ``language``."""
    text, opened, stuck = "", set(), True
    for n, token in enumerate(tokens):
        before, after = tokens[n - 1] if n else "", _at(tokens, n + 1)
        if token in _APOSTROPHES and _is_inside_a_word(before, after):
            left, right = True, True
        elif token == "'" and after in _SHORTENED:
            left, right = False, True
        elif token == '"' or (token == "'" and (token in opened or _is_quote(tokens, n))):
            left, right = token in opened, token not in opened
            opened ^= {token}
        elif token == "“" and "„" in opened:  # what opens elsewhere closes in German
            left, right = True, False
            opened.discard("„")
        elif token in _APOSTROPHES:
            left, right = _alone(before, after)
        else:
            left, right = _sides(token, before, after, language)
            opened |= {token} & {"„"}
        text += token if left or stuck else " " + token
        stuck = right
    return text


def _at(tokens: Sequence[str], n: int) -> str:
    """The token at ``n``; empty behind the last."""
    return tokens[n] if n < len(tokens) else ""


def _is_inside_a_word(before: str, after: str) -> bool:
    """Is an apostrophe here part of a word?"""
    return _is_word(before) and (after in _ENDINGS or (before in _BEGINNINGS and _is_word(after)))


def _is_quote(tokens: Sequence[str], n: int) -> bool:
    """Does the apostrophe at ``n`` open a quotation? Then another one closes it."""
    return any(
        tokens[k] == "'" and not _is_inside_a_word(tokens[k - 1], _at(tokens, k + 1))
        for k in range(n + 1, len(tokens))
    )


def _alone(before: str, after: str) -> Sides:
    """An apostrophe without a partner: the dogs' bones, get 'em, Jun'ichi."""
    if not _is_word(before):
        return False, True
    return True, _is_word(after) and not before.endswith("s")


def _sides(token: str, before: str, after: str, language: str) -> Sides:
    """Of any other token."""
    if _is_word(token):
        return False, language == "fr" and token.endswith(_APOSTROPHES)
    if token in ".,:" and before[-1:].isdigit() and after[:1].isdigit():
        date = token == "," and language == "en" and len(after) != 3  # may 4, 2026
        return True, not date  # 3.5, 1,000, 10:30
    if token in ".&" and len(before) == len(after) == 1 and (before + after).isalpha():
        return True, True  # a.m., r&b
    if token in _CURRENCIES:
        return False, after[:1].isdigit() and not before[-1:].isdigit()  # $20, but 20 $
    if token in _HYPHENS:
        return _around_hyphen(token, before, after, language)
    if language == "fr" and token in _FRENCH_SPACED:
        return before in _SENTENCE_ENDS and token in "?!", False
    if language == "de" and token == "%":
        return False, False
    return token in _CLOSING, token in _OPENING


def _around_hyphen(token: str, before: str, after: str, language: str) -> Sides:
    if token in (before, after):  # two of them are a dash
        return token == before, token == after
    if language == "fr" and _is_word(before) and _is_word(after):
        return False, False  # without spaces it would be one word
    if language == "de" and before in _BESIDE_A_PART:
        return False, True  # helm und -handschuhe
    if before in _CLOSING_QUOTES:
        return True, True  # „stop“-schild
    if not _is_word(before):
        return False, after[:1].isdigit()  # -5
    part = not _is_word(after) or (language == "de" and after in _BESIDE_A_PART)  # kajak- und kanugeschäft
    return True, not part


def _is_word(token: str) -> bool:
    return token[:1].isalnum() or token == "<unk>"
