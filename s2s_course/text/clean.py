"""One way to write the same text. Corpora, tokenizers, command line and notebooks all go through it."""

import re
import unicodedata

# What a reader does not see: Unicode's Default_Ignorable_Code_Point (soft hyphen, zero-width characters,
# marks of direction, byte order mark, selectors of variants, tags), and controls that are no white space.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The ``visible`` characters of ``text``, each run of white space one space, none at either end.

    So no-break spaces, tabs and line ends part words as a space does. Raises ``ValueError`` as ``visible``.

    >>> clean("\\ufeffl'e\\u0301le\\u0300ve\\u00a0 dort\\t!")
    "l'élève dort !"
    """
    return " ".join(visible(text).split())


def visible(text: str) -> str:
    """``text`` in Unicode's form NFC, without invisible characters; white space stays as it is.

    So an accented letter is one character however it was typed. Raises ``ValueError`` for half a surrogate
    pair, which stands for no character.
    """
    if text.isascii() and text.isprintable():
        return text
    if lone := _SURROGATE.search(text):
        raise ValueError(f"text must be Unicode, got half a surrogate pair at character {lone.start()}")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
