import pytest
import torch
import torch.nn.functional as F

from s2s_course.masks import causal_mask, lengths_of, padding_mask, places_of


def test_padding_mask_is_true_at_real_tokens():
    tokens = torch.tensor([[5, 7, 2], [6, 2, 9]])
    assert padding_mask(tokens, 2).tolist() == [[True, True, False], [True, False, True]]


def test_lengths_are_those_of_the_rows():
    assert lengths_of(padding_mask(torch.tensor([[5, 7, 9], [6, 0, 0], [4, 4, 0]]), 0)).tolist() == [3, 1, 2]


@pytest.mark.parametrize("row", [[0, 0, 0], [1, 0, 1], [0, 1, 1]])
def test_lengths_cannot_say_where_a_hole_is(row):
    with pytest.raises(ValueError, match="mask must have at least one real step in every row, and real"):
        lengths_of(torch.tensor([[1, 1, 0], row]) == 1)


def test_places_are_counted_row_by_row():
    mask = torch.tensor([[True, False, True], [False, True, False]])
    assert places_of(mask).tolist() == [0, 2, 4]
    assert places_of(mask[0]).tolist() == [0, 2]


@pytest.mark.parametrize("length", [1, 2, 7])
def test_causal_mask_means_what_scaled_dot_product_attention_means(length):
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 1, length, 5)
    ours = F.scaled_dot_product_attention(query, key, value, attn_mask=causal_mask(length))
    assert torch.allclose(ours, F.scaled_dot_product_attention(query, key, value, is_causal=True))


def test_length_zero_is_refused():
    with pytest.raises(ValueError, match="length must be at least 1, got 0"):
        causal_mask(0)
