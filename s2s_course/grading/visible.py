"""Text that strangers wrote, made fit for pages and tables."""

import re

# Controls but tab and line end, what turns the direction of writing, what has no width and joins nothing,
# halves of surrogate pairs, noncharacters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """``text`` with each hidden character written out: ``␛`` for escape, ``⟨U+202E⟩`` for what has no
    picture. Line ends become ``\\n``. What is returned can be encoded as UTF-8, whatever came.
    """
    return _HIDDEN.sub(_picture, text.replace("\r\n", "\n"))


def on_one_line(text: str, most: int = 200) -> str:
    """``visible`` text in which runs of white space are single blanks, of at most ``most`` characters."""
    line = " ".join(visible(text[: 10 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def shortened(text: str, most: int) -> str:
    """The first ``most`` characters, and a line that says how many more there were."""
    if len(text) <= most:
        return text
    return f"{text[:most]}\n… and {len(text) - most:,} more characters, which are not shown"


def _picture(match: re.Match) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"
