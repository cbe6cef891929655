"""The color of a family of models, the same in every figure of a claim; labels and forms say the same.

The colors are those of the drawings where there is a reason: green is a state, and stands for networks that
only have their state; ocher is a weight, which Bahdanau's attention brought; crimson is a key, with which
Luong's scores compare; purple is a query, and stands for the Transformer.
"""

import re

from s2s_course.drawings.language.palette import PALETTE

# family: (light, dark), each with a contrast of at least 4.5 : 1 on paper
FAMILIES = {
    "rnn": ("#9c4a3c", "#e8998a"),
    "lstm": PALETTE["value"],
    "gru": PALETTE["state"],
    "bahdanau": PALETTE["weight"],
    "luong": PALETTE["key"],
    "transformer": PALETTE["query"],
    "concatenated": ("#b5359c", "#ff9be8"),
    "learned": PALETTE["target"],
    "relative": ("#7a5230", "#d9ab7c"),
    "alibi": ("#00707c", "#5fd3e0"),
    "rotary": PALETTE["source"],
    "baseline": PALETTE["quiet"],
}

# Words of a label, the first that are found count. The Transformer of the course has sinusoidal positions.
_WORDS = {
    r"IBM|diagonal|least possible|^guessing|^none$|product": "baseline",
    r"rotary": "rotary",
    r"ALiBi": "alibi",
    r"relative": "relative",
    r"concatenated": "concatenated",
    r"learned": "learned",
    r"Transformer|self-attention|sinusoidal|^added": "transformer",
    r"Luong": "luong",
    r"LSTM": "lstm",
    r"GRU|no attention": "gru",
    r"RNN": "rnn",
    r"Bahdanau|^attention": "bahdanau",
}


def family(label: str, default: str = "") -> str:
    """The family that a label of a figure names, else ``default``. ``ValueError`` where neither is one."""
    for words, found in _WORDS.items():
        if re.search(words, label):
            return found
    if default not in FAMILIES:
        raise ValueError(f"family must be one of {', '.join(FAMILIES)} for {label!r}, got {default!r}")
    return default


def variables(shade: int) -> str:
    """CSS variables with the colors for light (0) or dark (1) pages."""
    return "".join(f"--s2s-{name}:{colors[shade]};" for name, colors in FAMILIES.items())
