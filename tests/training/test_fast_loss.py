"""The fast loss against the readable one: the same number and the same gradients."""

import pytest
import torch
import torch.nn.functional as F

from s2s_course.data.batch import collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.objectives import translation_loss

PAIRS = [([5, 6, 7, 8, 9, 10, 5], [4]), ([], [6, 7, 8, 9, 4]), ([9], [5, 5, 6]), ([4, 4, 8], [7, 10, 9])]


def build(name="luong-general", dtype=torch.float64, **choices):
    sizes = {"embed_size": 7, "hidden_size": 11} | choices
    config = model_config(name, src_vocab_size=13, tgt_vocab_size=17, **sizes)
    return build_model(name, config, seed=0).to(dtype)


def loss_and_gradients(model, loss_of):
    model.zero_grad()
    loss = loss_of(model, collate(PAIRS))
    (3 * loss).backward()  # also the gradient that comes from above must count
    return loss.detach(), [parameter.grad.clone() for parameter in model.parameters()]


@pytest.mark.parametrize("chunk_size", [1, 5, 16, 1000])
@pytest.mark.parametrize("choices", [{}, {"tied": True}], ids=["", "tied"])
def test_equals_the_readable_loss_with_all_gradients(chunk_size, choices):
    model = build(**choices)
    mine, my_gradients = loss_and_gradients(model, FastTranslationLoss(chunk_size=chunk_size))
    theirs, their_gradients = loss_and_gradients(model, translation_loss)
    assert torch.allclose(mine, theirs, atol=1e-12, rtol=0)
    for mine, theirs in zip(my_gradients, their_gradients, strict=True):
        assert torch.allclose(mine, theirs, atol=1e-12, rtol=0)


def test_bfloat16_is_near_and_weights_stay_in_float32():
    model = build("bahdanau", torch.float32, hidden_size=64)
    mine, gradients = loss_and_gradients(model, FastTranslationLoss(bfloat16=True))
    theirs, exact = loss_and_gradients(model, translation_loss)
    assert mine.dtype == torch.float32
    assert mine.item() != theirs.item()
    assert mine.item() == pytest.approx(theirs.item(), rel=0.01)
    assert {gradient.dtype for gradient in gradients} == {torch.float32}
    rough, fine = (torch.cat([gradient.flatten() for gradient in all_]) for all_ in (gradients, exact))
    assert (rough - fine).norm() < 0.03 * fine.norm()


def test_bfloat16_ends_at_the_logits_and_is_off_unless_asked_for():
    model, batch = build("bahdanau", torch.float32, hidden_size=64), collate(PAIRS)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = model.outputs(batch.src, batch.tgt_in, batch.src_mask)[batch.tgt_mask].bfloat16()
        logits = F.linear(outputs, model.to_logits.weight.bfloat16())
    expected = F.cross_entropy(logits.float() + model.to_logits.bias, batch.tgt_out[batch.tgt_mask])
    assert FastTranslationLoss(bfloat16=True)(model, batch).item() == pytest.approx(expected.item(), rel=1e-5)
    exact = translation_loss(model, batch).item()
    assert FastTranslationLoss()(model, batch).item() == pytest.approx(exact, rel=1e-6)
    assert expected.item() != pytest.approx(exact, rel=1e-5)


def test_measuring_needs_no_gradient():
    model = build()
    with torch.inference_mode():
        loss = FastTranslationLoss()(model, collate(PAIRS))
    assert torch.allclose(loss, translation_loss(model, collate(PAIRS)))


def test_a_chunk_of_nothing_is_refused():
    with pytest.raises(ValueError, match="chunk_size must be at least 1, got 0"):
        FastTranslationLoss(chunk_size=0)
