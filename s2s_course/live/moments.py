"""A slider through training: what a model writes at some moments, and where it looks meanwhile."""

import base64
from dataclasses import dataclass, field

import numpy as np

from s2s_course.models.translator import Translator
from s2s_course.trace.translation import trace
from s2s_course.training.history import Progress

MOMENTS_FILE = "moments.json"
MOMENTS = 16
LONGEST_OUTPUT = 20  # tokens: a model that has learned little never ends
FIRST = 0.01  # of all steps
SENTENCES = (  # of the test split: adjectives change places, ``ne … pas``, pronouns come before the verb
    "the young italian painters sometimes enter the airport.",
    "i cannot call the sick guest there.",
    "marc returns the book to them and he looks for it.",
)


def moments_of(steps: int) -> list[int]:
    """The steps after which ``MOMENTS`` moments lie, fewer where ``steps`` are fewer.

    Before the first step, after a hundredth of all, and from there on each so many times later than the one
    before: most changes early.
    """
    spaced = np.geomspace(max(1.0, FIRST * steps), steps, MOMENTS - 1)
    return sorted({0, *(round(step) for step in spaced.tolist())})


@dataclass
class Moments:
    """Keeps what ``translator`` makes of ``sentences`` before the first step and after those of ``at``.

    It is a callback of ``fit``. The last moment is left to ``record``, so that it can be kept of the weights
    as they are stored.
    """

    translator: Translator
    sentences: tuple[str, ...]
    at: list[int]
    kept: list[dict] = field(default_factory=list)

    def __post_init__(self):
        self.record(0)

    def __call__(self, progress: Progress) -> None:
        if progress.step in self.at[:-1]:
            self.record(progress.step)

    def record(self, step: int) -> None:
        """Keep the moment after ``step``."""
        self.kept.append({"step": step, "outputs": [self._output(text) for text in self.sentences]})

    def _output(self, text: str) -> dict:
        traced = trace(self.translator, text, max_length=LONGEST_OUTPUT)
        weights = traced.attention  # (T, S), or (T, L, H, S) of a Transformer
        if weights.ndim == 4:
            weights = weights[:, -1].mean(axis=1)
        return {"tokens": list(traced.tgt_tokens), "weights": _small(weights)}


def _small(weights: np.ndarray) -> dict:
    """Weights in [0, 1] as text: base64 of one byte each, ``value = byte * scale``, with the shape."""
    codes = np.rint(weights.astype(np.float64) * 255).astype(np.uint8)
    data = base64.b64encode(codes.tobytes()).decode("ascii")
    return {"data": data, "shape": list(weights.shape), "dtype": "uint8", "scale": 1 / 255}
