"""Words with letters of formulas between dollar signs, ``"the state $h_{t−1}$"``, as SVG and as HTML.

Inside a formula a single letter is italic, everything else upright; ``_`` and ``^`` begin an index below or
above, of one character or of several in braces.
"""

import re
from html import escape

_BELOW, _ABOVE = 4.0, -6.0  # pixels by which an index is moved
_PIECE = re.compile(r"([_^])(?:\{([^}]*)\}|(.))|([^_^]+)")
_LETTER = r"(?<![A-Za-z])(?:[A-Za-zα-ωΑ-Ωℓ]|ts)(?![A-Za-z])"  # t and s side by side are two letters
_RUN = re.compile(f"{_LETTER}|.+?(?={_LETTER}|$)")


def _pieces(text: str) -> list[tuple[str, str, float]]:
    """Runs of ``text``: the words, their classes (none for plain words) and how far they are moved."""
    if text.count("$") % 2:
        raise ValueError(f"text must have its formulas between two dollar signs each, got {text!r}")
    runs: list[tuple[str, str, float]] = []
    for number, part in enumerate(text.split("$")):
        if number % 2 == 0:
            runs += [(part, "", 0.0)] if part else []
            continue
        for sign, braced, single, plain in _PIECE.findall(part):
            shift = {"_": _BELOW, "^": _ABOVE, "": 0.0}[sign]
            for run in _RUN.findall(braced or single or plain):
                italic = "l" if re.fullmatch(_LETTER, run) else ""
                runs.append((run, " ".join(filter(None, ("m", italic, "i" if sign else ""))), shift))
    return runs


def as_svg(text: str) -> str:
    """What stands inside of an SVG ``text``."""
    parts, moved = [], 0.0
    for words, classes, shift in _pieces(text):
        move = f' dy="{shift - moved:g}"' if shift != moved else ""
        moved = shift
        words = escape(words, quote=False)
        parts.append(f'<tspan class="{classes}"{move}>{words}</tspan>' if classes or move else words)
    return "".join(parts)


def as_html(text: str) -> str:
    """The same for a caption."""
    parts = []
    for words, classes, shift in _pieces(text):
        words = escape(words, quote=False)
        words = f"<i>{words}</i>" if "l" in classes.split() else words
        tag = "sub" if shift > 0 else "sup" if shift < 0 else ""
        parts.append(f"<{tag}>{words}</{tag}>" if tag else words)
    return "".join(parts)


def as_words(text: str) -> str:
    """The same without any marks, for those who listen."""
    return "".join(words for words, _, _ in _pieces(text))
