"""What is to become small, for each kind of task: the loss of a model on a batch. ``fit`` takes any."""

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from s2s_course.data.batch import Batch
from s2s_course.data.examples import Examples
from s2s_course.models.language_model import LanguageModel


def masked_cross_entropy(
    logits: Float[Tensor, "B T V"], tgt_out: Int[Tensor, "B T"], tgt_places: Int[Tensor, " N"]
) -> Float[Tensor, ""]:
    """Mean negative log-likelihood per real target token, in nats. Padding counts for nothing.

    The real tokens are at ``tgt_places``, counted row by row.
    """
    real_logits = logits.flatten(0, 1).index_select(0, tgt_places)  # (N, V)
    return F.cross_entropy(real_logits, tgt_out.flatten().index_select(0, tgt_places))


def translation_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Teacher forcing: predict each target token from the source and the true tokens before it."""
    logits = model(batch.src, batch.tgt_in, batch.src_mask, batch.src_lengths)
    return masked_cross_entropy(logits, batch.tgt_out, batch.tgt_places)


def labeling_loss(model: nn.Module, examples: Examples) -> Tensor:
    """Cross-entropy, in nats, of the label at every step where one is asked for."""
    logits = model(examples.inputs, examples.mask, examples.lengths)
    return masked_cross_entropy(logits, examples.targets, examples.target_places)


def regression_loss(model: nn.Module, examples: Examples) -> Tensor:
    """Mean squared error of one number a sequence."""
    answers = model(examples.inputs, examples.mask, examples.lengths)
    return F.mse_loss(answers.squeeze(-1), examples.targets)


class TruncatedBackpropagation:
    """The loss of a language model that reads a stream chunk by chunk (Williams and Peng 1990).

    The state goes on from chunk to chunk, the gradient stops at the start of each. One object serves one
    run through one stream.
    """

    def __init__(self):
        self.state: tuple[Tensor, ...] | None = None

    def state_dict(self) -> dict[str, tuple[Tensor, ...] | None]:
        """The state that the next chunk is read with."""
        return {"state": self.state}

    def load_state_dict(self, state: dict[str, tuple[Tensor, ...] | None]) -> None:
        """Go on with what ``state_dict`` gave."""
        self.state = state["state"]

    def __call__(self, model: LanguageModel, chunk: Examples) -> Tensor:
        logits, state = model(chunk.inputs, self.state)
        self.state = tuple(part.detach() for part in state)
        return masked_cross_entropy(logits, chunk.targets, chunk.target_places)
