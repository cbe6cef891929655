"""The mean loss against one taken by hand, and the best weights against a list of losses."""

import math

import pytest
import torch
from torch import nn
from unchecked import unchecked

from s2s_course.data.batch import collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.training.objectives import translation_loss
from s2s_course.training.validation import BestSoFar, Validation, mean_loss

PAIRS = [([5], [6, 7, 8, 9, 4]), ([9, 9], [5]), ([4, 4, 8], [7, 10, 9]), ([7], [])]


def build(dropout=0.0):
    config = model_config("gru", src_vocab_size=12, tgt_vocab_size=12, embed_size=16, dropout=dropout)
    return build_model("gru", config, seed=0)


def test_mean_loss_weighs_each_batch_by_its_targets():
    batches = [collate(PAIRS[:1]), collate(PAIRS[1:])]  # 6 targets and 2 + 4 + 1
    losses = iter([1.0, 14.0])
    assert mean_loss(nn.Linear(1, 1), batches, loss_of=lambda *_: torch.tensor(next(losses))) == (
        pytest.approx((6 * 1 + 7 * 14) / 13)
    )


def test_mean_loss_does_not_depend_on_how_pairs_are_batched():
    model = build()
    one_by_one = [collate([pair]) for pair in PAIRS]
    assert mean_loss(model, one_by_one) == pytest.approx(mean_loss(model, [collate(PAIRS)]), abs=1e-5)
    assert mean_loss(model, [collate(PAIRS)]) == translation_loss(model, collate(PAIRS)).item()


@pytest.mark.parametrize("training", [True, False])
def test_mean_loss_is_taken_without_dropout_and_leaves_the_mode(training):
    model, batches = build(dropout=0.5).train(training), [collate(PAIRS)]
    expected = mean_loss(build(dropout=0.0), batches)  # the same weights, and nothing to drop
    assert mean_loss(model, batches) == expected
    assert model.training == training


def test_mean_loss_needs_no_gradient():
    model, seen = build(), []

    def loss_of(model, batch):
        seen.append(torch.is_grad_enabled())
        return translation_loss(model, batch)

    mean_loss(model, [collate(PAIRS)], loss_of=loss_of)
    assert seen == [False]


class TestBestSoFar:
    def run(self, losses, patience=None):
        """Weights that are the number of the measurement; what ``update`` and ``given_up`` said."""
        self.model = nn.Linear(1, 1, bias=False)
        best, said = BestSoFar(self.model, patience=patience), []
        for number, loss in enumerate(losses):
            nn.init.constant_(self.model.weight, number)
            said.append((best.update(loss), best.given_up))
        best.put_back()
        return said, self.model.weight.item()

    def test_the_lowest_loss_is_the_best_and_of_equals_the_first(self):
        said, weight = self.run([3.0, 2.0, 2.5, 2.0, 2.1])
        assert [is_best for is_best, _ in said] == [True, True, False, False, False]
        assert weight == 1

    def test_what_is_best_at_last_is_put_back_too(self):
        assert self.run([3.0, 4.0, 1.0])[1] == 2

    def test_it_is_given_up_after_as_many_measurements_without_a_new_minimum(self):
        said, _ = self.run([3.0, 2.0, 2.5, 2.6, 1.0, 2.0, 2.0, 2.0], patience=3)
        assert [given_up for _, given_up in said] == [False] * 7 + [True]
        said, _ = self.run([3.0, 3.0], patience=1)
        assert [given_up for _, given_up in said] == [False, True]

    def test_without_patience_it_never_is(self):
        said, _ = self.run([1.0] + [2.0] * 50)
        assert not any(given_up for _, given_up in said)

    def test_what_is_no_finite_number_is_never_the_best(self):
        said, weight = self.run([math.nan, math.inf, 3.0, math.nan, 2.0, math.nan])
        assert [is_best for is_best, _ in said] == [False, False, True, False, True, False]
        assert weight == 4

    def test_where_nothing_was_measured_the_weights_stay(self):
        model = nn.Linear(1, 1, bias=False)
        nn.init.constant_(model.weight, 7)
        BestSoFar(model).put_back()
        assert model.weight.item() == 7


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"batches": []}, "batches must hold at least one batch, got none"),
        ({"every": 0}, "every must be at least 1, got 0"),
        ({"every": 0.5}, "every must be a whole number, got 0.5"),
        ({"patience": 1.5}, "patience must be a whole number, got 1.5"),
        ({"patience": 0}, "patience must be at least 1, got 0"),
    ],
)
def test_bad_choices_are_refused(choices, message):
    fields = {"batches": [collate(PAIRS)], "every": 1, "patience": None, **choices}
    validation = unchecked(Validation, **fields)
    with pytest.raises(ValueError, match=message):
        validation.__post_init__()
