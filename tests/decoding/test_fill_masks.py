"""Filling gaps, with a scripted model in place of a trained one."""

import pytest
import torch

from s2s_course.decoding.fill_masks import fill_masks

MASK = 9


class Scripted:
    """Answers with its position, surer the farther right; at a place whose left neighbor is 7, with 5."""

    def __init__(self):
        self.read = []

    def __call__(self, tokens):
        self.read.append(tokens.clone())
        B, S = tokens.shape
        answers = torch.arange(S).expand(B, S).clone()
        answers[:, 1:][tokens[:, :-1] == 7] = 5
        sureness = torch.arange(1, S + 1).double()
        return torch.nn.functional.one_hot(answers, 10) * sureness[None, :, None]


def test_all_at_once():
    tokens = torch.tensor([[1, MASK, 3, MASK, 7, MASK], [2, 2, 2, 2, 2, 2]])
    filled = fill_masks(Scripted(), tokens, mask_index=MASK)
    assert filled.tolist() == [[1, 1, 3, 3, 7, 5], [2, 2, 2, 2, 2, 2]]


def test_the_surest_first_and_the_others_see_them():
    model, tokens = Scripted(), torch.tensor([[MASK, MASK, MASK, MASK], [0, MASK, 0, MASK]])
    filled = fill_masks(model, tokens, mask_index=MASK, rounds=3)
    assert filled.tolist() == [[0, 1, 2, 3], [0, 1, 0, 3]]
    assert [(read == MASK).sum(dim=1).tolist() for read in model.read] == [[4, 2], [2, 1], [1, 0]]
    assert model.read[1].tolist() == [[MASK, MASK, 2, 3], [0, MASK, 0, 3]]


def test_no_rounds_are_refused():
    with pytest.raises(ValueError, match="rounds must be at least 1, got 0"):
        fill_masks(Scripted(), torch.tensor([[1, MASK]]), mask_index=MASK, rounds=0)
