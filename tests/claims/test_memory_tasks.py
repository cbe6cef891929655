"""The parts that the experiments on memory share."""

import pytest
import torch

from s2s_course.claims import memory_tasks
from s2s_course.claims.memory_tasks import (
    NETWORKS,
    adding_error,
    build,
    longest_solved,
    recall_accuracy,
    train_on_adding,
    train_on_copy_memory,
)
from s2s_course.data.toy import ADDING_BASELINE


def test_the_ladder_ends_at_the_first_lag_that_is_not_solved():
    tried = []

    def solves(lag):
        tried.append(lag)
        return lag in (5, 10, 40)

    assert longest_solved(solves, (5, 10, 20, 40)) == 10.0 and tried == [5, 10, 20]
    assert longest_solved(lambda lag: False, (5, 10)) == 0.0
    assert longest_solved(lambda lag: True, (5, 10)) == 10.0


def test_each_network_begins_as_its_name_says():
    for name, (cell, _) in NETWORKS.items():
        model = build(name, seed=0, num_outputs=3, input_size=2, every_step=False, hidden_size=9)
        assert model.recurrent.cell == cell
        [weights] = model.recurrent.weights()
        if name == "rnn_orthogonal":
            assert torch.allclose(weights.U @ weights.U.T, torch.eye(9), atol=1e-5)
        if name.startswith("lstm_forget_bias"):
            bias = (weights.b_input + weights.b_hidden)[9:18]
            assert torch.equal(bias, torch.full((9,), float(name[-1])))


def test_the_same_seed_gives_the_same_first_weights():
    sizes = dict(num_outputs=3, input_size=2, every_step=False)
    one, two, other = (build("gru", seed=seed, **sizes) for seed in (0, 0, 1))
    assert torch.equal(one.to_outputs.weight, two.to_outputs.weight)
    assert not torch.equal(one.to_outputs.weight, other.to_outputs.weight)


def test_a_short_lag_is_learned_and_an_untrained_network_guesses():
    sizes = dict(hidden_size=32, learning_rate=1e-2, seed=0)
    assert recall_accuracy(train_on_copy_memory("gru", 2, steps=100, **sizes), 2, seed=0) > 0.95
    guess = recall_accuracy(train_on_copy_memory("gru", 2, steps=1, **sizes), 2, seed=0)
    assert guess < 0.4  # 1/8, or a little more by luck


def test_a_short_sum_is_learned():
    sizes = dict(hidden_size=32, learning_rate=1e-2, seed=0)
    untrained = adding_error(train_on_adding("gru", 4, steps=1, **sizes), 4, seed=0)
    trained = adding_error(train_on_adding("gru", 4, steps=200, **sizes), 4, seed=0)
    assert trained < 0.05 < ADDING_BASELINE < untrained + 0.1


@pytest.mark.parametrize(
    ("task", "train", "score", "good"),
    [
        ("copies", "train_on_copy_memory", "recall_accuracy", 0.95),
        ("adds", "train_on_adding", "adding_error", 0.01),
    ],
)
def test_the_better_learning_rate_counts(monkeypatch, task, train, score, good):
    worse = 0.9 if task == "copies" else 0.02
    rates = []

    def fake_train(name, lag, *, learning_rate, **sizes):
        rates.append(learning_rate)
        return learning_rate

    monkeypatch.setattr(memory_tasks, train, fake_train)
    for lucky, solved in ((3e-3, True), (1e-2, True), (None, False)):
        monkeypatch.setattr(
            memory_tasks, score, lambda model, lag, *, seed, lucky=lucky: good if model == lucky else worse
        )
        assert getattr(memory_tasks, task)("gru", 5, scale="smoke", seed=0) is solved
    assert rates == [3e-3, 3e-3, 1e-2, 3e-3, 1e-2]
