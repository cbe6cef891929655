"""A model whose probabilities are given by a function of the source and of what has been written."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from s2s_course.models.contract import EncoderDecoder, State
from s2s_course.seeds import torch_generator

PAD, BOS, EOS = 0, 1, 2
Tokens = tuple[int, ...]


@dataclass(frozen=True)
class Written(State):
    tokens: torch.Tensor  # (B, length)


class Scripted(EncoderDecoder):
    """``script(source, written)`` gives the logits of the next token; ``<bos>`` is not among ``written``."""

    def __init__(self, script: Callable[[Tokens, Tokens], torch.Tensor]):
        super().__init__()
        self.script = script
        self.batch_sizes = []

    def outputs(self, src, tgt_in, src_mask):
        raise NotImplementedError

    def init_state(self, src, src_mask):
        assert not self.training
        memory = src.unsqueeze(-1).double()
        return Written(memory, src_mask, memory[:, 0], None, tokens=src.new_empty(len(src), 0))

    def step(self, tokens, state):
        self.batch_sizes.append(len(tokens))
        written = torch.cat([state.tokens, tokens[:, None]], dim=1)
        assert (written[:, 0] == BOS).all()
        sources = [
            tuple(row[mask, 0].long().tolist())
            for row, mask in zip(state.memory, state.src_mask, strict=True)
        ]
        logits = [
            self.script(source, tuple(row))
            for source, row in zip(sources, written[:, 1:].tolist(), strict=True)
        ]
        return torch.stack(logits), Written(state.memory, state.src_mask, state.output, None, tokens=written)


def table(chances: dict[Tokens, list[float]]) -> Scripted:
    """Probabilities by what has been written, the same for every source; elsewhere ``<eos>`` is certain."""
    end = [float(token == EOS) for token in range(len(next(iter(chances.values()))))]
    return Scripted(lambda _, written: torch.tensor(chances.get(written, end), dtype=torch.float64).log())


def random_model(vocab_size: int, *, spread: float = 1.5, end: float = 0.0) -> Scripted:
    """Random logits for every source and everything written; ``end`` is added to those of ``<eos>``."""

    def script(source, written):
        generator = torch_generator(0, "script", str(source), str(written))
        logits = spread * torch.randn(vocab_size, dtype=torch.float64, generator=generator)
        logits[EOS] += end
        return logits

    return Scripted(script)
