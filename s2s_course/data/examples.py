"""Sequences with the answers asked for: what the models of chapters 2 and 3 are trained on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int, Num
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from s2s_course.data.batch import Encoded
from s2s_course.devices import send
from s2s_course.masks import lengths_of, padding_mask, places_of
from s2s_course.seeds import derive
from s2s_course.text.vocab import Vocab


@dataclass(frozen=True)
class Examples:
    """``B`` sequences of ``S`` steps: tokens (B, S) or vectors (B, S, E); a target a step or one a row.

    ``mask`` is True at real steps, ``target_mask`` where an answer is asked for. As in ``Batch`` the last two
    fields are found on the CPU: how many steps of each row are real, and where the N answers are asked for.
    """

    inputs: Num[Tensor, "B S *E"]
    mask: Bool[Tensor, "B S"]
    targets: Num[Tensor, "B *steps"]
    target_mask: Bool[Tensor, "B *steps"]
    lengths: Int[Tensor, " B"]
    target_places: Int[Tensor, " N"]

    @classmethod
    def of(cls, inputs: Tensor, mask: Tensor, targets: Tensor, target_mask: Tensor) -> "Examples":
        """The examples of these tensors, which are on the CPU."""
        lengths, places = lengths_of(mask), places_of(target_mask)
        return cls(inputs, mask, targets, target_mask, lengths=lengths, target_places=places)

    @property
    def num_targets(self) -> int:
        """How many answers are asked for."""
        return len(self.target_places)

    def rows(self, rows: slice) -> "Examples":
        """Some rows of examples that are on the CPU, in their order; padding is left as it is."""
        tensors = (self.inputs, self.mask, self.targets, self.target_mask)
        return Examples.of(*(tensor[rows] for tensor in tensors))

    def to(self, device: torch.device | str) -> "Examples":
        moved = (self.inputs, self.mask, self.targets, self.target_mask)
        return Examples(
            *(send(tensor, device) for tensor in moved),
            lengths=self.lengths,
            target_places=send(self.target_places, device),
        )


@dataclass(frozen=True)
class FreshExamples:
    """Training data without end: every epoch is one batch that was never seen before.

    ``make(seed=…)`` draws a batch.
    """

    make: Callable[..., Examples]
    seed: int = 0

    def epoch(self, number: int) -> Iterator[Examples]:
        yield self.make(seed=derive(self.seed, "fresh", number))


def collate_labels(pairs: Sequence[Encoded], *, pad_index: int = Vocab.pad_index) -> Examples:
    """Pad rows of tokens and, for each token, one label."""
    for tokens, labels in pairs:
        if len(tokens) != len(labels) or not tokens:
            raise ValueError(f"pairs must have one label a token, got {len(labels)} for {len(tokens)}")
    inputs, targets = (
        pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=pad_index)
        for rows in zip(*pairs, strict=True)
    )
    mask = padding_mask(inputs, pad_index)
    return Examples.of(inputs, mask, targets, mask)
