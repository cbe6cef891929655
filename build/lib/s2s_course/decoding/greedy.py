"""Greedy search: always take the most probable next token."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from s2s_course.models.contract import EncoderDecoder, evaluating


@torch.inference_mode()
def greedy(
    model: EncoderDecoder,
    src: Int[Tensor, "B S"],
    src_mask: Bool[Tensor, "B S"],
    *,
    max_length: int,
    bos_index: int,
    eos_index: int,
) -> list[list[int]]:
    """For each row of ``src`` at most ``max_length`` tokens, with ``<eos>`` last if it was reached.

    A row that has written ``<eos>`` is dropped from the batch, so that nobody waits for the longest.
    """
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, got {max_length}")
    outputs: list[list[int]] = [[] for _ in range(len(src))]
    running = torch.arange(len(src), device=src.device)
    tokens = torch.full_like(running, bos_index)
    with evaluating(model):
        state = model.init_state(src, src_mask)
        for _ in range(max_length):
            logits, state = model.step(tokens, state)
            tokens = logits.argmax(dim=-1)
            for row, token in zip(running.tolist(), tokens.tolist(), strict=True):
                outputs[row].append(token)
            going_on = (tokens != eos_index).nonzero().squeeze(1)
            if len(going_on) == 0:
                break
            if len(going_on) < len(tokens):
                running, tokens, state = running[going_on], tokens[going_on], state.select(going_on)
    return outputs
