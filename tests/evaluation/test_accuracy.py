import pytest
import torch

from s2s_course.data.batch import collate
from s2s_course.evaluation.accuracy import exact_match, token_accuracy


def test_exact_match_counts_whole_sentences():
    assert exact_match([["a", "b"], ["a"], []], [["a", "b"], ["a", "b"], []]) == pytest.approx(2 / 3)


def test_token_accuracy_leaves_padding_out():
    class Guess(torch.nn.Module):
        """Always guesses token 5."""

        def __init__(self):
            super().__init__()
            self.bias = torch.nn.Parameter(torch.eye(9)[5])

        def forward(self, src, tgt_in, src_mask):
            return self.bias.expand(*tgt_in.shape, -1)

    batches = [collate([([4], [5, 5, 6]), ([4], [])]), collate([([4], [5])])]
    assert token_accuracy(Guess(), batches) == pytest.approx(3 / 7)  # 7 real tokens, <eos> included


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="references must hold at least one sentence, got none"):
        exact_match([], [])
    with pytest.raises(ValueError, match="hypotheses must be as many as references, got 1 and 2"):
        exact_match([["a"]], [["a"], ["b"]])
