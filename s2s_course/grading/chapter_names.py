"""The chapters by number: the name of the file and the title.

An installed package has no chapters, which are the book's. tests/grading/test_release.py compares this with
them.
"""

CHAPTERS = {
    1: ("01-sequences", "Sequences in, sequences out"),
    2: ("02-recurrent-network", "The recurrent network"),
    3: ("03-gates", "Gates: LSTM and GRU"),
    4: ("04-encoder-decoder", "Encoder and decoder"),
    5: ("05-bahdanau-attention", "Bahdanau attention"),
    6: ("06-luong-attention", "Luong attention"),
    7: ("07-self-attention", "Self-attention"),
    8: ("08-positions", "Positions"),
    9: ("09-transformer", "The Transformer"),
    10: ("10-families", "Three families"),
}


def file_name(chapter: int) -> str:
    """The name of a chapter's notebook, without its ending. Private exercises may have another chapter."""
    return CHAPTERS[chapter][0] if chapter in CHAPTERS else f"{chapter:02d}-exercises"


def heading(chapter: int) -> str:
    """How a chapter is called in a title: ``"Chapter 5: Bahdanau attention"``."""
    return f"Chapter {chapter}: {CHAPTERS[chapter][1]}" if chapter in CHAPTERS else "Exercises"
