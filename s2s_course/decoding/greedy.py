"""Greedy search: always take the most probable next token."""

from jaxtyping import Bool, Int
from torch import Tensor

from s2s_course.decoding.generate import generate
from s2s_course.models.contract import EncoderDecoder


def greedy(
    model: EncoderDecoder,
    src: Int[Tensor, "B S"],
    src_mask: Bool[Tensor, "B S"],
    *,
    max_length: int,
    bos_index: int,
    eos_index: int,
) -> list[list[int]]:
    """For each row of ``src`` at most ``max_length`` tokens, with ``<eos>`` last if it was reached."""

    def choose(logits, rows):
        return logits.argmax(dim=-1)

    return generate(
        model, src, src_mask, choose, max_length=max_length, bos_index=bos_index, eos_index=eos_index
    )
