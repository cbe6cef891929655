"""A stack of layers as encoder and as decoder: against torch's own, and by what each position may know."""

import pytest
import torch

from s2s_course.models.stack import Stack, StackConfig
from s2s_course.seeds import seed_everything

B, S, V = 3, 7, 11
TOKENS = torch.tensor([[1, 5, 2, 9, 4, 3, 8], [7, 7, 6, 1, 0, 0, 0], [10, 0, 0, 0, 0, 0, 0]])
MASK = TOKENS != 0


def build(**choices) -> Stack:
    seed_everything(0)
    sizes = {"vocab_size": V, "d_model": 12, "num_heads": 3, "d_ff": 17, "dropout": 0.0}
    return Stack(StackConfig(**{**sizes, **choices})).double()


def close(a, b):
    return torch.allclose(a, b, atol=1e-10, rtol=0)


def test_without_positions_an_encoder_cannot_tell_an_order():
    stack, order = build(positions="none"), torch.tensor([3, 0, 6, 1, 5, 2, 4])
    assert close(stack(TOKENS, MASK)[:, order], stack(TOKENS[:, order], MASK[:, order]))
    with_positions = build()
    assert not close(with_positions(TOKENS, MASK)[0, order], with_positions(TOKENS[:, order], MASK)[0])


@pytest.mark.parametrize("causal", [False, True])
def test_what_a_position_may_know(causal):
    stack = build(causal=causal, num_layers=3)
    before = stack(TOKENS, MASK)
    for changed in range(S):
        tokens = TOKENS.clone()
        tokens[0, changed] = 6
        after = stack(tokens, MASK)
        differs = [not close(before[0, s], after[0, s]) for s in range(S)]
        assert differs == [s >= changed if causal else True for s in range(S)]


@pytest.mark.parametrize("causal", [False, True])
def test_padding_changes_nothing(causal):
    stack = build(causal=causal)
    together = stack(TOKENS, MASK)
    for row, length in enumerate(MASK.sum(dim=1).tolist()):
        alone = stack(TOKENS[row : row + 1, :length], MASK[row : row + 1, :length])
        assert close(together[row, :length], alone[0])


def test_attentions_are_distributions_of_every_head():
    weights = build(causal=True).attentions(TOKENS, MASK)
    assert weights.shape == (B, 3, 3, S, S)
    assert close(weights.sum(dim=-1), torch.ones(B, 3, 3, S).double())
    assert (weights[..., ~torch.ones(S, S, dtype=torch.bool).tril()] == 0).all()
    assert (weights[1, ..., 4:] == 0).all() and (weights[1, ..., :4] > 0).any()


def test_labels_may_differ_from_the_vocabulary():
    assert build(num_labels=2)(TOKENS, MASK).shape == (B, S, 2)
    assert build()(TOKENS, MASK).shape == (B, S, V)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"vocab_size": 0}, "vocab_size must be at least 1, got 0"),
        ({"num_labels": 0}, "num_labels must be at least 1, got 0"),
        ({"num_heads": 5}, "d_model must be a multiple of num_heads, got 12 and 5"),
        ({"positions": "added"}, "positions must be one of none, .*, got 'added'"),
        ({"d_ff": 0}, "d_ff must be at least 1, got 0"),
    ],
)
def test_bad_configurations_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        build(**choices)
