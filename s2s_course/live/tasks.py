"""What is trained in the page: three tasks, the models that are compared in each, and their batches.

``tasks.js`` makes the same batches. Sizes and budgets stand here only; the widget carries them to the page.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor, nn

from s2s_course.checks import check_one_of
from s2s_course.live.random import Random
from s2s_course.models.registry import build_model, model_config
from s2s_course.models.sequence import SequenceConfig, SequenceModel
from s2s_course.models.stack import Stack, StackConfig
from s2s_course.text.vocab import SPECIALS, Vocab

SYMBOLS = "ABCDEFGH"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
BLANK, DELIMITER = len(SYMBOLS), len(SYMBOLS) + 1
FIRST_LETTER = len(SPECIALS)


class Batch(NamedTuple):
    """B rows of tokens, and of what is asked for.

    ``tgt_in`` is for a model that writes one answer after the other: what it has written before each.
    """

    inputs: Int[Tensor, "B S"]
    answers: Int[Tensor, "B T"]
    tgt_in: Int[Tensor, "B T"] | None = None


@dataclass(frozen=True)
class Option:
    """A whole number that the reader chooses, from ``first`` to ``last``."""

    label: str
    first: int
    last: int
    default: int


@dataclass(frozen=True)
class Entry:
    """A model of a task: ``kind`` is ``sequence``, ``stack`` or a name of the registry."""

    name: str
    label: str
    kind: str
    config: Any

    def build(self) -> nn.Module:
        """The model, with weights that nobody has seeded."""
        if self.kind == "sequence":
            return SequenceModel(self.config)
        return Stack(self.config) if self.kind == "stack" else build_model(self.kind, self.config, seed=0)

    def to_json(self) -> dict[str, Any]:
        """As the page needs it."""
        return {"name": self.name, "label": self.label, "kind": self.kind, "config": asdict(self.config)}


@dataclass(frozen=True)
class Task:
    """``guessing`` is the loss of a model that knows nothing but how often each answer occurs, in nats.

    ``asked`` is what an answer is made of, ``tokens`` how each token is shown.
    """

    name: str
    title: str
    asked: str
    models: tuple[Entry, ...]
    options: Mapping[str, Option]
    tokens: tuple[str, ...]
    guessing: float
    rate: float
    steps: int
    batch: Callable[..., Batch] = field(repr=False)
    batch_size: int = 32

    def defaults(self) -> dict[str, int]:
        """The options as they are before the reader chooses."""
        return {name: option.default for name, option in self.options.items()}


def copy_memory(random: Random, count: int, *, lag: int) -> Batch:
    """One symbol, ``lag`` - 1 blanks, the delimiter, a blank: there, which symbol was it?"""
    inputs = torch.full((count, lag + 2), BLANK)
    inputs[:, lag] = DELIMITER
    answers = torch.from_numpy(random.below(len(SYMBOLS), count, 1))
    inputs[:, :1] = answers
    return Batch(inputs, answers)


def reversal(random: Random, count: int, *, length: int) -> Batch:
    """Random letters, and the same from the last to the first with the end behind them."""
    words = torch.from_numpy(FIRST_LETTER + random.below(len(LETTERS), count, length))
    answers = torch.cat([words.flip(1), torch.full_like(words[:, :1], Vocab.eos_index)], dim=1)
    return _with_past(words, answers, Vocab.bos_index)


def sorting(random: Random, count: int, *, length: int) -> Batch:
    """Random letters, and the same in the order of the alphabet.

    A model that writes one letter after the other begins after a token behind the letters.
    """
    inputs = torch.from_numpy(random.below(len(LETTERS), count, length))
    return _with_past(inputs, inputs.sort(dim=1).values, len(LETTERS))


def _with_past(inputs: Tensor, answers: Tensor, first: int) -> Batch:
    tgt_in = torch.cat([torch.full_like(answers[:, :1], first), answers[:, :-1]], dim=1)
    return Batch(inputs, answers, tgt_in)


def _cell(name: str) -> Entry:
    size = len(SYMBOLS) + 2
    config = SequenceConfig(cell=name, num_outputs=size, every_step=True, vocab_size=size, hidden_size=32)
    return Entry(name, name.upper(), "sequence", config)


def _encoder_decoder(name: str, label: str) -> Entry:
    size = FIRST_LETTER + len(LETTERS)
    sizes = {"src_vocab_size": size, "tgt_vocab_size": size, "embed_size": 16, "hidden_size": 32}
    return Entry(name, label, name, model_config(name, **sizes))


_SIZES = {"d_model": 32, "d_ff": 64, "num_heads": 4, "dropout": 0.0}


def _stack(positions: str, label: str) -> Entry:
    config = StackConfig(vocab_size=len(LETTERS), positions=positions, num_layers=2, **_SIZES)
    return Entry(positions, label, "stack", config)


def _transformer(positions: str, label: str) -> Entry:
    sizes = {"src_vocab_size": len(LETTERS), "tgt_vocab_size": len(LETTERS) + 1, "num_layers": 1, **_SIZES}
    config = model_config("transformer", positions=positions, tied=False, **sizes)
    return Entry(f"transformer_{positions}", label, "transformer", config)


_LENGTH = Option("letters", 2, 12, 8)
TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task(
            "copy_memory", "Remember a symbol", "symbols", tuple(map(_cell, ("rnn", "lstm", "gru"))),
            {"lag": Option("lag", 1, 60, 10)}, (*SYMBOLS, "·", "?"), math.log(len(SYMBOLS)),
            rate=0.003, steps=400, batch=copy_memory,
        ),
        Task(
            "reversal", "Write a word backwards", "letters",
            (_encoder_decoder("gru", "no attention"), _encoder_decoder("bahdanau", "attention")),
            {"length": _LENGTH}, (*SPECIALS, *LETTERS), math.log(len(LETTERS)),
            rate=0.005, steps=300, batch=reversal,
        ),
        Task(
            "sorting", "Sort letters", "letters",
            (
                _stack("none", "no positions"),
                _stack("sinusoidal", "positions"),
                _transformer("none", "no positions, one by one"),
            ),
            {"length": _LENGTH}, tuple(LETTERS), math.log(len(LETTERS)),
            rate=0.003, steps=400, batch=sorting,
        ),
    )
}  # fmt: skip


def find_task(name: str) -> Task:
    """The task ``name``. Raises ``ValueError`` for another name."""
    check_one_of(TASKS, task=name)
    return TASKS[name]
