"""The contract that every encoder–decoder of the course keeps.

Training, decoding, evaluation and tracing are written once, against these three methods::

    logits = model(src, tgt_in, src_mask)          # teacher forcing          (B, T, V)
    state = model.init_state(src, src_mask)        # inference: read the source once,
    logits, state = model.step(tokens, state)      # then one token per row   (B, V)

``step`` after ``init_state`` equals ``forward`` at every position (tests/models/test_contract.py).
``forward`` is ``to_logits`` of ``outputs``, so that a loss can ask for the logits of some positions only.
Attention weights cost a Transformer time: ``init_state(src, src_mask, need_weights=True)`` asks for them.
Models return logits: unnormalized log-probabilities. The loss is outside.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


@dataclass(frozen=True)
class State:
    """What a decoder knows between two steps. Every tensor has the batch as its first axis.

    A model adds what it needs. These fields are common, so that a trace can show them:
    ``memory`` holds the encoder's outputs, ``output`` the vector that the last logits were computed from,
    and ``weights`` the attention of the last step, if the model attends and was asked for them. What is known
    of the source has N rows: B, or fewer if a model lets several rows share it.
    """

    memory: Float[Tensor, "N S M"]
    src_mask: Bool[Tensor, "N S"]
    output: Float[Tensor, "B O"]
    weights: Float[Tensor, "B *heads S"] | None

    def select(self, rows: Int[Tensor, " rows"] | Int[Tensor, "N K"]) -> "State":
        """The state of some rows, in the order of ``rows``: to drop finished ones, or to follow a beam.

        ``rows`` (N, K) also says that the K rows beside one another have the same source. The state has them
        one behind the other.
        """
        return self._pick(rows.flatten(), [field.name for field in fields(self)])

    def _pick(self, rows: Int[Tensor, " rows"], names: Sequence[str]) -> "State":
        """Only ``rows`` of the fields ``names``. If that is all of them as they stand, nothing is copied."""
        count = len(getattr(self, names[0]))
        if len(rows) == count and torch.equal(rows, torch.arange(count, device=rows.device)):
            return self
        return replace(self, **{name: _rows_of(getattr(self, name), rows) for name in names})


def _rows_of(value: Any, rows: Int[Tensor, " rows"]) -> Any:
    """``rows`` of a tensor, of each value in a tuple, or of a cache, which knows how to ``select``."""
    if isinstance(value, tuple):
        return tuple(_rows_of(each, rows) for each in value)
    if isinstance(value, Tensor):
        return value.index_select(0, rows)
    return value.select(rows) if hasattr(value, "select") else value


class EncoderDecoder(nn.Module, ABC):
    """A model that reads a source sequence and writes a target sequence."""

    attends: ClassVar[bool]  # does ``step`` give attention weights over the source?
    to_logits: nn.Linear

    def forward(
        self,
        src: Int[Tensor, "B S"],
        tgt_in: Int[Tensor, "B T"],
        src_mask: Bool[Tensor, "B S"],
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> Float[Tensor, "B T V"]:
        """Logits of the next token at every target position, with the true past given.

        ``src_lengths``, on the CPU, counts the real tokens of each source. A recurrent encoder must know: it
        counts them itself, and waits for the device, where they are not given.
        """
        return self.to_logits(self.outputs(src, tgt_in, src_mask, src_lengths))

    @abstractmethod
    def outputs(
        self,
        src: Int[Tensor, "B S"],
        tgt_in: Int[Tensor, "B T"],
        src_mask: Bool[Tensor, "B S"],
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> Float[Tensor, "B T O"]:
        """The vectors that the logits are computed from."""

    @abstractmethod
    def init_state(
        self,
        src: Int[Tensor, "B S"],
        src_mask: Bool[Tensor, "B S"],
        *,
        need_weights: bool = False,
        src_lengths: Int[Tensor, " B"] | None = None,
    ) -> State:
        """Read the source; the state before the first step.

        With ``need_weights`` a model that attends fills ``state.weights`` at every step. Without, it may
        leave them out: a Transformer is faster then; a recurrent model has them anyway.
        """

    @abstractmethod
    def step(self, tokens: Int[Tensor, " B"], state: State) -> tuple[Float[Tensor, "B V"], State]:
        """Logits of the token that follows ``tokens``, and the state after them."""


def device_of(model: nn.Module) -> torch.device:
    """Where the weights of ``model`` are, and so where its inputs must be."""
    return next(model.parameters()).device


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Switch dropout off inside the block, and back to what it was after it."""
    training = [module for module in model.modules() if module.training]  # none in most searches
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True
