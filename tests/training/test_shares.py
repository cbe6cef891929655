"""Shares of batches of every size, put together again."""

import pytest
import torch

from s2s_course.data.batch import BucketedBatches, collate
from s2s_course.data.examples import collate_labels
from s2s_course.models.registry import build_model, model_config
from s2s_course.training.objectives import translation_loss
from s2s_course.training.shares import Share, Shares, share_of

# no two alike; with <eos> they ask for 4, 2, 1, 6, 3, 5 and 2 targets
PAIRS = [([5, row], [row] * count) for row, count in enumerate([3, 1, 0, 5, 2, 4, 1], start=4)]


@pytest.mark.parametrize("world", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("size", range(1, len(PAIRS) + 1))
def test_every_row_is_in_one_share_and_no_share_has_another(size, world):
    batch = collate(PAIRS[:size])
    shares = [share_of(batch, rank, world) for rank in range(world)]
    rows = [tuple(row.tolist()) for share in shares if share.weight for row in share.rows.src]
    assert sorted(rows) == sorted(tuple(row.tolist()) for row in batch.src)
    assert sum(share.rows.num_targets for share in shares if share.weight) == batch.num_targets
    assert {share.num_targets for share in shares} == {batch.num_targets}
    assert sum(share.weight > 0 for share in shares) == min(size, world)


@pytest.mark.parametrize(("size", "world"), [(7, 2), (6, 4), (1, 3), (2, 2)])
def test_the_mean_of_the_weighted_losses_and_gradients_is_that_of_the_batch(size, world):
    config = model_config("gru", src_vocab_size=12, tgt_vocab_size=12, embed_size=4, hidden_size=6)
    batch, model = collate(PAIRS[:size]), build_model("gru", config, seed=0).double()
    losses = {"whole": translation_loss(model, batch), "mean": torch.tensor(0.0, dtype=torch.float64)}
    for rank in range(world):
        share = share_of(batch, rank, world).to("cpu")
        losses["mean"] = losses["mean"] + share.weight * translation_loss(model, share.rows) / world
    assert losses["mean"].item() == pytest.approx(losses["whole"].item(), abs=1e-12)
    whole, mean = (torch.autograd.grad(loss, list(model.parameters())) for loss in losses.values())
    for one, other in zip(whole, mean, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)


def test_examples_are_shared_like_sentence_pairs():
    rows = [[4, 5, 6], [7], [8, 9]]
    shares = [share_of(collate_labels([(row, row) for row in rows]), rank, 2) for rank in (0, 1)]
    assert [share.rows.inputs.tolist() for share in shares] == [[[4, 5, 6], [8, 9, 0]], [[7, 0, 0]]]
    assert [share.weight for share in shares] == [5 * 2 / 6, 1 * 2 / 6]


def test_a_share_without_targets_counts_nothing():
    """Its loss, a mean over nothing, would be no number."""

    class Rows:
        """Of two rows only the first asks for something."""

        num_targets = 1

        def rows(self, rows):
            chosen = Rows()
            chosen.num_targets = len([0][rows])
            return chosen

        def to(self, device):
            return self

    batch = Rows()
    assert share_of(batch, 1, 2) == Share(batch, 0.0, 1)
    assert share_of(batch, 0, 2).weight == 2


def test_an_epoch_has_the_share_of_each_of_its_batches():
    batches = BucketedBatches(PAIRS, max_tokens=12, seed=3)
    whole = list(batches.epoch(1))
    for rank in range(3):
        shares = list(Shares(batches, rank, 3).epoch(1))
        assert [share.num_targets for share in shares] == [batch.num_targets for batch in whole]
        assert shares[0].rows.src.tolist() == share_of(whole[0], rank, 3).rows.src.tolist()
    assert len(whole) > 2
