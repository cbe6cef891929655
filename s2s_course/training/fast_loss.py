"""The fast twin of ``translation_loss``: the same number and gradient in less time and memory.

Three means, each from a measurement (benchmarks/training.py). Only real tokens are projected to logits.
They are projected in chunks, and the gradient of a chunk is computed while its logits are at hand, so that
no tensor of (B, T, V) ever exists. And, where asked, matrix products are in bfloat16.
"""

from contextlib import nullcontext
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from s2s_course.checks import check_at_least
from s2s_course.data.batch import Batch
from s2s_course.models.contract import EncoderDecoder, device_of


def real_outputs(
    model: EncoderDecoder, batch: Batch, *, bfloat16: bool
) -> tuple[Float[Tensor, "N O"], Int[Tensor, " N"]]:
    """What the logits of the real target tokens are computed from, and these tokens."""
    # without bfloat16 not even asked for: some devices have no autocast
    with torch.autocast(device_of(model).type, torch.bfloat16) if bfloat16 else nullcontext():
        outputs = model.outputs(batch.src, batch.tgt_in, batch.src_mask, batch.src_lengths)
    outputs, targets = (
        each.flatten(0, 1).index_select(0, batch.tgt_places) for each in (outputs, batch.tgt_out)
    )
    return outputs, targets


@dataclass(frozen=True)
class FastTranslationLoss:
    """Teacher forcing, as ``translation_loss``; give it to ``fit`` as ``loss_of``.

    ``chunk_size`` counts target tokens. ``bfloat16`` runs the model under autocast: weights and their
    updates stay in float32, and the loss is off by about one percent.
    """

    chunk_size: int = 1024
    bfloat16: bool = False

    def __post_init__(self):
        check_at_least(1, chunk_size=self.chunk_size)

    def __call__(self, model: EncoderDecoder, batch: Batch) -> Tensor:
        """The mean loss per real target token, in nats."""
        outputs, targets = real_outputs(model, batch, bfloat16=self.bfloat16)
        dtype = torch.bfloat16 if self.bfloat16 else outputs.dtype
        weight, bias = model.to_logits.weight, model.to_logits.bias
        return _ChunkedCrossEntropy.apply(outputs.to(dtype), weight.to(dtype), bias, targets, self.chunk_size)


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Mean cross-entropy of ``outputs @ weight.T + bias``. The gradients are made on the way forward."""

    @staticmethod
    def forward(
        ctx,
        outputs: Float[Tensor, "N O"],
        weight: Float[Tensor, "V O"],
        bias: Float[Tensor, " V"],
        targets: Int[Tensor, " N"],
        chunk_size: int,
    ) -> Float[Tensor, ""]:
        count, total = len(targets), outputs.new_zeros((), dtype=bias.dtype)
        for_outputs, for_weight, for_bias = torch.empty_like(outputs), torch.zeros_like(weight), 0.0
        for start in range(0, count, chunk_size):
            rows = slice(start, start + chunk_size)
            log_probs = F.linear(outputs[rows], weight).to(bias.dtype).add_(bias).log_softmax(dim=-1)
            total -= log_probs.gather(1, targets[rows, None]).sum()
            if any(ctx.needs_input_grad):
                gradient = log_probs.exp_()  # d loss / d logits = (softmax − one-hot) / count
                gradient.scatter_add_(1, targets[rows, None], gradient.new_full((len(gradient), 1), -1.0))
                gradient /= count
                for_bias = for_bias + gradient.sum(dim=0)
                gradient = gradient.to(weight.dtype)
                for_outputs[rows] = gradient @ weight
                for_weight.addmm_(gradient.T, outputs[rows])
        ctx.save_for_backward(for_outputs, for_weight, for_bias if any(ctx.needs_input_grad) else bias)
        return total / count

    @staticmethod
    def backward(ctx, gradient: Float[Tensor, ""]):
        for_outputs, for_weight, for_bias = ctx.saved_tensors
        return for_outputs * gradient, for_weight * gradient, for_bias * gradient, None, None
