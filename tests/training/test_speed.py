"""How fast a model trains, asked before it is trained: the answer, and that nothing is changed by asking."""

import copy
import itertools
import math

import pytest
import torch

from s2s_course.data.batch import BucketedBatches
from s2s_course.models.registry import build_model, model_config
from s2s_course.training import speed
from s2s_course.training.recipe import Recipe
from s2s_course.training.speed import target_tokens_per_s

PAIRS = [([4, 5, 6][:n], [7, 8, 9, 4][:n]) for n in (1, 2, 3) for _ in range(40)]
BATCHES = BucketedBatches(PAIRS, max_tokens=24)


def model():
    config = model_config(
        "gru", src_vocab_size=12, tgt_vocab_size=12, embed_size=6, hidden_size=6, dropout=0.3
    )
    return build_model("gru", config, seed=0)


def clock(monkeypatch, *, seconds_a_step):
    """A clock that goes on by ``seconds_a_step`` with each step; what the steps were given."""
    now, given = [0.0], []
    step = speed.train_step

    def timed(model, batch, *rest, **choices):
        given.append((model, batch.num_targets))
        now[0] += seconds_a_step[min(len(given), len(seconds_a_step)) - 1]
        return step(model, batch, *rest, **choices)

    monkeypatch.setattr(speed, "train_step", timed)
    monkeypatch.setattr(speed.time, "perf_counter", lambda: now[0])
    return given


def test_targets_are_counted_and_divided_by_the_time_without_the_first_steps(monkeypatch):
    given = clock(monkeypatch, seconds_a_step=[60.0, 60.0, 60.0, 0.5])
    found = target_tokens_per_s(model(), BATCHES, Recipe(), seconds=3.0)
    counted = [targets for _, targets in given[3:]]
    assert len(counted) == 6, "three seconds of half a second each"
    assert found == pytest.approx(sum(counted) / 3.0)
    expected = [batch.num_targets for batch in itertools.islice(BATCHES.epoch(0), 9)]
    assert [targets for _, targets in given] == expected


def test_a_few_batches_are_read_again_and_again(monkeypatch):
    few = BucketedBatches(PAIRS[:2], max_tokens=24)
    given = clock(monkeypatch, seconds_a_step=[1.0])
    assert target_tokens_per_s(model(), few, Recipe(), seconds=5.0) == pytest.approx(4.0)
    assert len(given) == 8 and {targets for _, targets in given} == {4}


def test_model_and_randomness_are_as_if_nobody_had_asked():
    asked, drawn = model().eval(), torch.get_rng_state()
    before = copy.deepcopy(asked.state_dict())
    assert math.isfinite(target_tokens_per_s(asked, BATCHES, Recipe(), seconds=0.01))
    assert all(torch.equal(asked.state_dict()[name], value) for name, value in before.items())
    assert not asked.training and all(weights.grad is None for weights in asked.parameters())
    assert torch.equal(torch.get_rng_state(), drawn)


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan])
def test_the_time_must_be_positive(seconds):
    with pytest.raises(ValueError, match=r"seconds must be .*0, got"):
        target_tokens_per_s(model(), BATCHES, Recipe(), seconds=seconds)
