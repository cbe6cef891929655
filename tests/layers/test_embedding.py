"""What the first layer reads: the scale of words, beside which positions stand, and dropout."""

import pytest
import torch

from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.positions import sinusoids
from s2s_course.layers.transformer import StackSizes

SIZES = {"d_model": 16, "num_heads": 2, "d_ff": 8}


def test_words_are_as_large_as_positions():
    """Drawn with a deviation of one over the root of D, and multiplied by that root."""
    torch.manual_seed(0)
    embedding = PositionedEmbedding(2_000, StackSizes(**SIZES, dropout=0.0))
    assert embedding.words.weight.std().item() == pytest.approx(1 / 4, rel=0.05)
    tokens = torch.tensor([[3, 1, 4], [1, 5, 9]])
    expected = 4 * embedding.words.weight[tokens] + sinusoids(torch.arange(7, 10), 16).float()
    assert torch.allclose(embedding(tokens, first=7), expected, atol=1e-6)


def test_dropout_falls_on_the_sum_in_training_alone():
    torch.manual_seed(0)
    embedding = PositionedEmbedding(50, StackSizes(**SIZES, dropout=0.25))
    tokens = torch.randint(50, (40, 30))
    dropped, whole = embedding(tokens), embedding.eval()(tokens)
    gone = dropped == 0
    assert gone.float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert torch.allclose(dropped[~gone], whole[~gone] / 0.75)


def test_the_norm_stands_behind_the_sum():
    torch.manual_seed(0)
    embedding = PositionedEmbedding(50, StackSizes(**SIZES, dropout=0.0), norm=True)
    vectors = embedding(torch.randint(50, (4, 9)))
    assert torch.allclose(vectors.mean(dim=-1), torch.zeros(4, 9), atol=1e-5)
    assert torch.allclose(vectors.var(dim=-1, unbiased=False), torch.ones(4, 9), atol=1e-3)
