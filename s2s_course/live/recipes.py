"""How the models of the published page are trained: one corpus, seven models of at most 400 KB each."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from s2s_course.data.grammar import grammar_corpus
from s2s_course.data.pairs import ParallelCorpus

LONGEST = 14  # English words and punctuation marks
TEST_PAIRS = 1_000
FIRST_PAIRS = 100  # of the test split: what the tests measure again
EXAMPLES = 50  # of the test split: what the page offers
LARGEST_FILE = 400_000  # bytes
WARM_UP = 0.1  # of all steps
MAX_TOKENS = 800  # target tokens in a batch, padding included


@dataclass(frozen=True)
class Recipe:
    """``registry`` is the name in ``models/registry.py``, ``choices`` go to the configuration.

    ``rate`` is the highest: it rises for a tenth of the ``steps``, then it falls in a straight line to 0.
    """

    registry: str
    choices: dict[str, Any]
    rate: float
    steps: int = 4_000
    seed: int = 0


# Without attention the vector of a word must be as long as a state, where one matrix serves both ends.
_PLAIN = {"embed_size": 80, "hidden_size": 80, "tied": True, "context": "every_step"}
_ATTENTION = {"embed_size": 64, "tied": True, "bidirectional": True}
_STACK = {"d_model": 64, "num_heads": 4, "dropout": 0.0, "tied": True}

RECIPES: dict[str, Recipe] = {
    "rnn": Recipe("rnn", _PLAIN, rate=4e-3),
    "lstm": Recipe("lstm", _PLAIN, rate=8e-3),
    "gru": Recipe("gru", _PLAIN, rate=8e-3),
    "bahdanau": Recipe("bahdanau", _ATTENTION | {"hidden_size": 80}, rate=8e-3),
    "luong": Recipe("luong-general", _ATTENTION | {"hidden_size": 96}, rate=8e-3),
    "transformer": Recipe("transformer", _STACK | {"d_ff": 160, "num_layers": 2}, rate=8e-3),
    "decoder-only": Recipe("decoder-only", _STACK | {"d_ff": 224, "num_layers": 4}, rate=4e-3),
}


@cache
def live_corpus(train: int = 60_000) -> ParallelCorpus:
    """The corpus of all seven; its test split is the same for every number of pairs in ``train``."""
    return grammar_corpus(train=train, test=TEST_PAIRS, longer=0, compositional=0, max_length=LONGEST)
