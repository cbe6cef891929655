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


def test_a_right_guess_at_padding_counts_for_nothing():
    class Echo(torch.nn.Module):
        """Guesses what it read: <bos> at first, then the token before; at padding, padding."""

        def __init__(self):
            super().__init__()
            self.table = torch.nn.Parameter(torch.eye(9))

        def forward(self, src, tgt_in, src_mask):
            return self.table[tgt_in]

    batch = collate([([4], [5, 5, 6, 6, 6, 7]), ([4], [8])])
    assert ((batch.tgt_in == batch.tgt_out) & ~batch.tgt_mask).sum() == 5
    assert token_accuracy(Echo(), [batch]) == pytest.approx(3 / 9)  # 5 after 5, 6 after 6 and 6


@pytest.mark.parametrize("training", [True, False])
def test_token_accuracy_is_taken_without_dropout_and_leaves_the_mode(training):
    class Careless(torch.nn.Module):
        """Always guesses token 5, and in training, now and then, nothing."""

        def __init__(self):
            super().__init__()
            self.bias, self.dropout = torch.nn.Parameter(torch.eye(9)[5]), torch.nn.Dropout(0.9)

        def forward(self, src, tgt_in, src_mask):
            return self.dropout(self.bias.expand(*tgt_in.shape, -1))

    model, batch = Careless().train(training), collate([([4], [5] * 30)])
    assert token_accuracy(model, [batch]) == pytest.approx(30 / 31)
    assert model.training == training


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="references must hold at least one sentence, got none"):
        exact_match([], [])
    with pytest.raises(ValueError, match="hypotheses must be as many as references, got 1 and 2"):
        exact_match([["a"]], [["a"], ["b"]])
