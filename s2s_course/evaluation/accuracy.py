"""Accuracy of whole sentences and of single tokens."""

from collections.abc import Sequence

import torch
from torch import nn

from s2s_course.data.batch import Batch
from s2s_course.models.contract import device_of, evaluating


def exact_match(hypotheses: Sequence[list[str]], references: Sequence[list[str]]) -> float:
    """Share of sentences, from 0 to 1, whose tokens are exactly those of the reference."""
    check_parallel(hypotheses, references)
    return sum(h == r for h, r in zip(hypotheses, references, strict=True)) / len(references)


@torch.inference_mode()
def token_accuracy(model: nn.Module, batches: Sequence[Batch]) -> float:
    """Share of target tokens, from 0 to 1, that the model ranks first when the true past is given."""
    right = total = 0
    with evaluating(model):
        for batch in batches:
            batch = batch.to(device_of(model))
            guesses = model(batch.src, batch.tgt_in, batch.src_mask).argmax(dim=-1)
            right += int(((guesses == batch.tgt_out) & batch.tgt_mask).sum())
            total += batch.num_targets
    return right / total


def check_parallel(hypotheses: Sequence, references: Sequence) -> None:
    """Raise ``ValueError`` unless there is one hypothesis for each of at least one reference."""
    if not references:
        raise ValueError("references must hold at least one sentence, got none")
    if len(hypotheses) != len(references):
        raise ValueError(
            f"hypotheses must be as many as references, got {len(hypotheses)} and {len(references)}"
        )
