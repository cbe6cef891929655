"""A replayed training ends as the recorded one did, and a training that begins otherwise is noticed."""

import pytest
import torch

from s2s_course.data.batch import BucketedBatches
from s2s_course.models.registry import build_model, model_config
from s2s_course.training import loop

from . import training_replay

CONFIG = model_config("gru", src_vocab_size=12, tgt_vocab_size=12, embed_size=8, hidden_size=8)
BATCHES = BucketedBatches([([n % 8 + 4], [n % 8 + 4, 5]) for n in range(200)], max_tokens=40)
STEPS = 3 * training_replay.FIRST


@pytest.fixture(autouse=True)
def fit_is_put_back(monkeypatch):
    monkeypatch.setattr(loop, "fit", loop.fit)


def train(seed=0, **options):
    model = build_model("gru", CONFIG, seed=seed)
    history = loop.fit(model, BATCHES, progress_bar=False, **{"steps": STEPS, **options})
    return model.state_dict(), history, torch.rand(3), model.training


def same(one, other):
    weights = all(torch.equal(one[0][name], other[0][name]) for name in one[0])
    return (
        weights and one[1].losses == other[1].losses and torch.equal(one[2], other[2]) and one[3] == other[3]
    )


def test_all_trainings_end_as_they_were_recorded_and_take_a_few_steps(tmp_path, monkeypatch):
    plain, taken = loop.fit, []

    def counting(model, batches, **options):
        history = plain(model, batches, **options)
        taken.append(len(history.losses))
        return history

    loop.fit = counting
    training_replay.record(str(tmp_path))
    recorded = [train(), train(seed=3, steps=5), train(callbacks=[lambda progress: None])]
    assert taken == [STEPS, 5, STEPS]
    loop.fit = counting
    training_replay.replay(str(tmp_path))
    replayed = [train(), train(seed=3, steps=5), train(callbacks=[lambda progress: None])]
    assert all(map(same, recorded, replayed))
    assert taken[3:] == [training_replay.FIRST, 5, STEPS]  # who watches each step sees all of them
    assert loop.fit.__wrapped__ is counting  # so the page shows the source of the real one


@pytest.mark.parametrize("other", [{"seed": 1}, {"learning_rate": 2e-3}])
def test_a_training_that_begins_otherwise_is_noticed(tmp_path, other):
    plain = loop.fit
    training_replay.record(str(tmp_path))
    train()
    loop.fit = plain
    training_replay.replay(str(tmp_path))
    with pytest.raises(AssertionError, match="other losses"):
        train(**other)
    assert len(train()[1].losses) == STEPS  # nothing is recorded for another one: it is trained to the end
