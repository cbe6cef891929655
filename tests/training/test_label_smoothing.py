"""The smoothed loss against torch's own: the same number and the same gradients."""

import pytest
import torch
import torch.nn.functional as F

from s2s_course.data.batch import collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.training.label_smoothing import SmoothedTranslationLoss
from s2s_course.training.objectives import translation_loss

PAIRS = [([5, 6, 7, 8, 9, 10, 5], [4]), ([], [6, 7, 8, 9, 4]), ([9], [5, 5, 6]), ([4, 4, 8], [7, 10, 9])]
SIZES = {"d_model": 12, "num_heads": 3, "d_ff": 19, "num_layers": 1, "dropout": 0.0}


def build(dtype=torch.float64, **choices):
    config = model_config("transformer", src_vocab_size=13, tgt_vocab_size=17, **SIZES, **choices)
    return build_model("transformer", config, seed=0).to(dtype)


def torchs_own(model, batch, smoothing):
    logits = model(batch.src, batch.tgt_in, batch.src_mask)
    return F.cross_entropy(logits[batch.tgt_mask], batch.tgt_out[batch.tgt_mask], label_smoothing=smoothing)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("chunk_size", [3, 1000])
def test_equals_torchs_own_with_all_gradients(smoothing, tied, chunk_size):
    model, batch = build(tied=tied), collate(PAIRS)
    torch.nn.init.normal_(model.to_logits.bias)
    losses, gradients = [], []
    for loss_of in (
        SmoothedTranslationLoss(smoothing=smoothing, chunk_size=chunk_size),
        lambda model, batch: torchs_own(model, batch, smoothing),
    ):
        model.zero_grad()
        loss = loss_of(model, batch)
        (3 * loss).backward()
        losses.append(loss.detach())
        gradients.append([parameter.grad.clone() for parameter in model.parameters()])
    assert torch.allclose(*losses, atol=1e-12, rtol=0)
    for mine, theirs in zip(*gradients, strict=True):
        assert torch.allclose(mine, theirs, atol=1e-12, rtol=0)


def test_without_smoothing_it_is_the_translation_loss():
    model, batch = build(), collate(PAIRS)
    plain = SmoothedTranslationLoss(smoothing=0.0)(model, batch)
    assert torch.allclose(plain, translation_loss(model, batch), atol=1e-12, rtol=0)


def test_bfloat16_is_near():
    model, batch = build(torch.float32), collate(PAIRS)
    exact = torchs_own(model, batch, 0.1)
    near = SmoothedTranslationLoss(smoothing=0.1, bfloat16=True)(model, batch)
    assert near.dtype == torch.float32
    assert near.item() == pytest.approx(exact.item(), rel=0.02) and near.item() != exact.item()


@pytest.mark.parametrize("smoothing", [-0.1, 1.0])
def test_a_share_outside_of_one_is_refused(smoothing):
    with pytest.raises(ValueError, match=rf"smoothing must lie in \[0, 1\), got {smoothing}"):
        SmoothedTranslationLoss(smoothing=smoothing)
