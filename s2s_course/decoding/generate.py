"""The loop of every search that keeps one beginning of each sentence, and writes it token by token."""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from s2s_course.checks import check_at_least
from s2s_course.models.contract import EncoderDecoder, evaluating

# From the logits of the rows that are still written, and which rows of the source these are, to their tokens.
Choose = Callable[[Float[Tensor, "B V"], Int[Tensor, " B"]], Int[Tensor, " B"]]


@torch.inference_mode()
def generate(
    model: EncoderDecoder,
    src: Int[Tensor, "B S"],
    src_mask: Bool[Tensor, "B S"],
    choose: Choose,
    *,
    max_length: int,
    bos_index: int,
    eos_index: int,
) -> list[list[int]]:
    """For each row of ``src`` at most ``max_length`` tokens, with ``<eos>`` last if it was reached.

    ``choose(logits, rows)`` says which token each row gets. A row that has written ``<eos>`` is dropped from
    the batch, so that nobody waits for the longest.
    """
    check_at_least(1, max_length=max_length)
    outputs: list[list[int]] = [[] for _ in range(len(src))]
    rows = torch.arange(len(src), device=src.device)
    tokens = torch.full_like(rows, bos_index)
    unfinished = outputs  # those of ``rows``
    with evaluating(model):
        state = model.init_state(src, src_mask)
        for _ in range(max_length):
            logits, state = model.step(tokens, state)
            tokens = choose(logits, rows)
            chosen = tokens.tolist()
            for output, token in zip(unfinished, chosen, strict=True):
                output.append(token)
            if eos_index not in chosen:
                continue
            going_on = (tokens != eos_index).nonzero().squeeze(1)
            if len(going_on) == 0:
                break
            rows, tokens, state = rows[going_on], tokens[going_on], state.select(going_on)
            unfinished = [output for output in unfinished if output[-1] != eos_index]
    return outputs
