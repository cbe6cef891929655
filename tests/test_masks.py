import pytest
import torch
import torch.nn.functional as F

from s2s_course.masks import causal_mask, padding_mask


def test_padding_mask_is_true_at_real_tokens():
    tokens = torch.tensor([[5, 7, 2], [6, 2, 9]])
    assert padding_mask(tokens, 2).tolist() == [[True, True, False], [True, False, True]]


@pytest.mark.parametrize("length", [1, 2, 7])
def test_causal_mask_means_what_scaled_dot_product_attention_means(length):
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 1, length, 5)
    ours = F.scaled_dot_product_attention(query, key, value, attn_mask=causal_mask(length))
    assert torch.allclose(ours, F.scaled_dot_product_attention(query, key, value, is_causal=True))


def test_length_zero_is_refused():
    with pytest.raises(ValueError, match="length must be at least 1, got 0"):
        causal_mask(0)
