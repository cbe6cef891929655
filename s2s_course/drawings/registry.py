"""Which drawings there are, and where each is shown."""

from importlib import import_module

from s2s_course.drawings.language.drawing import Drawing

# By the number of the chapter, in the order of their cells.
CHAPTERS: dict[int, tuple[str, ...]] = {
    1: ("sequence-to-sequence",),
    2: ("rnn-unrolled", "rnn-cell", "backpropagation-through-time"),
    3: ("lstm-cell", "gru-cell"),
    4: ("encoder-decoder", "context-steps", "beam-search"),
    5: ("bahdanau-step",),
    6: ("attention-orders",),
    7: ("self-attention", "attention-masks", "attention-heads"),
    8: ("position-clocks",),
    9: ("encoder-layer", "decoder-layer", "transformer", "key-value-cache"),
    10: ("three-families",),
}
# On pages that are no chapters.
PAGES: dict[str, tuple[str, ...]] = {"index": ("whole-way",), "notation": ("visual-language",)}


def names() -> list[str]:
    """The names of all drawings, in the order of the book."""
    return [name for shown in (*PAGES.values(), *CHAPTERS.values()) for name in shown]


def drawing(name: str) -> Drawing:
    """The drawing called ``name``. Raises ``ValueError`` for a name that no drawing has."""
    if name not in names():
        raise ValueError(f"name must be one of {', '.join(names())}, got {name!r}")
    module = import_module(f"s2s_course.drawings.{name.replace('-', '_')}")
    return module.DRAWING
