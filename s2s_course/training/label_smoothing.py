"""Label smoothing: the right word is not to get all of the probability (Szegedy et al. 2016, section 7).

The target is no longer one word but a mixture: 1 − ε for the right one, ε spread evenly over the vocabulary.
The cross-entropy with it is that with the right word y, plus ε (logit of y − mean of all logits): a price for
being sure. The mean of the logits is one more row of the output matrix, the mean of its rows, so the price
costs hardly any time.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from s2s_course.checks import check_share
from s2s_course.data.batch import Batch
from s2s_course.models.contract import EncoderDecoder
from s2s_course.training.fast_loss import FastTranslationLoss, _ChunkedCrossEntropy, real_outputs


@dataclass(frozen=True)
class SmoothedTranslationLoss(FastTranslationLoss):
    """``FastTranslationLoss`` with ``smoothing`` (ε) of the target spread over the vocabulary."""

    smoothing: float = 0.1

    def __post_init__(self):
        super().__post_init__()
        check_share(smoothing=self.smoothing)

    def __call__(self, model: EncoderDecoder, batch: Batch) -> Tensor:
        """The mean loss per real target token, in nats."""
        outputs, targets = real_outputs(model, batch, bfloat16=self.bfloat16)
        weight, bias = model.to_logits.weight, model.to_logits.bias
        dtype = torch.bfloat16 if self.bfloat16 else outputs.dtype
        likelihood = _ChunkedCrossEntropy.apply(
            outputs.to(dtype), weight.to(dtype), bias, targets, self.chunk_size
        )
        above_mean = (
            (outputs * (weight[targets] - weight.mean(dim=0))).sum(dim=1) + bias[targets] - bias.mean()
        )
        return likelihood + self.smoothing * above_mean.mean()
