"""A text as one long stream, cut into chunks that follow each other: data for a language model."""

from collections.abc import Iterable, Iterator, Sequence

import torch

from s2s_course.checks import check_at_least
from s2s_course.data.examples import Examples
from s2s_course.text.codec import TextCodec


class TextStream:
    """``batch_size`` readers walk through the stream, each from its own place, ``chunk`` tokens at a time.

    Row b of every batch goes on where row b of the batch before it stopped, across epochs too: behind the
    last whole chunk the first one follows. The target of a token is the token after it.
    """

    def __init__(self, tokens: Sequence[int], *, batch_size: int, chunk: int):
        check_at_least(1, batch_size=batch_size, chunk=chunk)
        length = (len(tokens) - 1) // batch_size // chunk * chunk  # of one reader's part
        if length < chunk:
            raise ValueError(f"tokens must be more than {batch_size * chunk}, got {len(tokens)}")
        stream = torch.tensor(tokens)
        self.inputs = stream[: batch_size * length].view(batch_size, length)
        self.targets = stream[1 : batch_size * length + 1].view(batch_size, length)
        self.chunk = chunk

    @classmethod
    def from_texts(
        cls, texts: Iterable[str], codec: TextCodec, *, batch_size: int, chunk: int
    ) -> "TextStream":
        """The ``texts`` one after the other, each closed by ``<eos>``."""
        tokens = [index for text in texts for index in (*codec.encode(text), codec.vocab.eos_index)]
        return cls(tokens, batch_size=batch_size, chunk=chunk)

    def epoch(self, number: int) -> Iterator[Examples]:
        """The chunks, always in the same order."""
        for inputs, targets in zip(
            self.inputs.split(self.chunk, dim=1), self.targets.split(self.chunk, dim=1), strict=True
        ):
            everywhere = torch.ones_like(inputs, dtype=torch.bool)
            yield Examples.of(inputs, everywhere, targets, everywhere)
