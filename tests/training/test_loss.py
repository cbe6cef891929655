import torch
import torch.nn.functional as F

from s2s_course.training.loss import masked_cross_entropy


def example():
    torch.manual_seed(0)
    logits = torch.randn(3, 5, 11, dtype=torch.float64, requires_grad=True)
    tgt_out = torch.randint(1, 11, (3, 5))
    tgt_mask = torch.arange(5) < torch.tensor([[5], [1], [3]])
    return logits, tgt_out.masked_fill(~tgt_mask, 0), tgt_mask


def test_equals_torch_with_ignored_padding():
    logits, tgt_out, tgt_mask = example()
    expected = F.cross_entropy(logits.flatten(0, 1), tgt_out.flatten(), ignore_index=0)
    assert torch.allclose(masked_cross_entropy(logits, tgt_out, tgt_mask), expected, atol=1e-12)


def test_padding_gets_no_gradient():
    logits, tgt_out, tgt_mask = example()
    masked_cross_entropy(logits, tgt_out, tgt_mask).backward()
    assert logits.grad[~tgt_mask].eq(0).all()
    assert logits.grad[tgt_mask].abs().sum(dim=-1).gt(0).all()


def test_uniform_logits_cost_the_logarithm_of_the_vocabulary():
    _, tgt_out, tgt_mask = example()
    loss = masked_cross_entropy(torch.zeros(3, 5, 11), tgt_out, tgt_mask)
    assert torch.allclose(loss, torch.tensor(11.0).log())
