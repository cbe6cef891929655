"""One submission of the regression suite: what is handed in, and what must come out."""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

RIGHT = {
    "5.1": """
def additive_score(query, memory, W, U, v):
    return torch.tanh((query @ W.T)[:, None] + memory @ U.T) @ v
""",
    "5.2": """
def masked_softmax(scores, src_mask):
    return torch.where(src_mask, scores, float("-inf")).softmax(dim=1)
""",
    "5.3": """
def context_vector(weights, memory):
    return torch.bmm(weights[:, None], memory)[:, 0]
""",
    "7.2": """
def causal_mask(tgt_in):
    places = torch.arange(tgt_in.shape[1])
    return places[:, None] >= places
""",
    "7.3": """
def joint_mask(tgt_mask):
    places = torch.arange(tgt_mask.shape[1])
    return (places[:, None] >= places) & tgt_mask[:, None, None]
""",
}
EXERCISES = tuple(RIGHT)


@dataclass(frozen=True)
class Entry:
    """``name`` names the folder that is handed in, ``files`` what is in it (by path).

    ``expected`` gives, for exercises that are not right, the status or the status and the fault or the
    misconception; what is not named must have passed. ``problem`` is a piece of the sentence that is said
    where nothing can be graded, and ``note`` one of what the feedback says besides.
    """

    name: str
    files: Mapping[str, bytes]
    expected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problem: str | None = None
    note: str | None = None


def handed_in(
    name: str,
    changed: Mapping[str, str] | None = None,
    *,
    expected: Mapping[str, tuple[str, ...]] | None = None,
    before: tuple[str, ...] = (),
    note: str | None = None,
) -> Entry:
    """A notebook with right answers, but for those that are ``changed``; cells ``before`` come first."""
    answers = {**RIGHT, **(changed or {})}
    cells = ["import torch", *before, *answers.values()]
    return Entry(name, {"work.ipynb": notebook(cells)}, expected or {}, note=note)


def notebook(cells: list[str], **metadata: object) -> bytes:
    """A notebook of code cells, as Jupyter writes it."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata,
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": textwrap.dedent(cell).strip().splitlines(keepends=True),
            }
            for number, cell in enumerate(cells)
        ],
    }
    return json.dumps(content).encode()
