"""Tables of positions out of trained Transformers, stored in trained_tables.json; make.py makes them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from s2s_course.widgets.shared.arrays import decode_array

FILE = Path(__file__).with_name("trained_tables.json")


@dataclass(frozen=True)
class TrainedTables:
    """``learned`` (positions, size) and ``relative`` (32, heads) of the encoders of two models.

    They are the live Transformer but for its positions. ``bleu`` says what each of them has on the first
    pairs of the test split, ``steps`` and ``seed`` how it was trained.
    """

    learned: np.ndarray
    relative: np.ndarray
    bleu: dict[str, float]
    steps: int
    seed: int


@cache
def trained_tables() -> TrainedTables:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    return TrainedTables(
        learned=decode_array(stored["learned"]["table"]),
        relative=decode_array(stored["relative"]["table"]),
        bleu={way: entry["bleu"] for way, entry in stored.items()},
        steps=stored["learned"]["steps"],
        seed=stored["learned"]["seed"],
    )
