"""What is drawn in the page is drawn by Python too: numbers, first weights and batches, to the last bit."""

import json

import numpy as np
import pytest
import torch

from s2s_course.live.initialization import initialize_
from s2s_course.live.random import Random
from s2s_course.live.tasks import TASKS, Entry
from s2s_course.seeds import seed_everything

ENTRIES = [
    pytest.param(entry, id=f"{task.name} {entry.name}") for task in TASKS.values() for entry in task.models
]

DRAW = """async ([seed, stream]) => {
  const { Random } = await import("/random.js");
  const random = new Random(seed, stream);
  const times = (draw) => Array.from({ length: 50 }, draw);
  const draws = [() => random.next(), () => random.uniform(), () => random.below(26), () => random.normal()];
  return draws.map(times);
}"""

WEIGHTS = """async ([entry, seed]) => {
  const { initialWeights } = await import("/initialization.js");
  const tensors = Object.entries(initialWeights(JSON.parse(entry), seed));
  return tensors.map(([name, { values, shape }]) => [name, shape, [...values]]);
}"""

BATCHES = """async ([task, options, seed]) => {
  const [{ Random }, { TASKS }] = await Promise.all([import("/random.js"), import("/tasks.js")]);
  const random = new Random(seed, "batches");
  const batches = [3, 5].map((count) => TASKS[task](random, count, options));
  return batches.map(({ inputs, answers, tgtIn = null }) => [inputs, answers, tgtIn]);
}"""


@pytest.mark.parametrize(
    ("seed", "stream"), [(0, "batches"), (1, "batches"), (0, "fresh"), (2**32 - 1, "a.b_c")]
)
def test_the_page_draws_the_same_numbers(engine, seed, stream):
    random = Random(seed, stream)
    own = [random.whole(50), random.uniform(50), random.below(26, 50), random.normal(50)]
    assert engine.evaluate(DRAW, [seed, stream]) == [drawn.tolist() for drawn in own]


def test_streams_and_seeds_differ_and_are_even():
    streams = [Random(seed, stream).uniform(4_000) for seed, stream in [(0, "a"), (1, "a"), (0, "b")]]
    assert np.abs(np.corrcoef(streams) - np.eye(3)).max() < 0.06
    for drawn in streams:
        counts, _ = np.histogram(drawn, bins=20, range=(0, 1))
        assert (
            (counts - 200) ** 2 / 200
        ).sum() < 44  # chi-square with 19 degrees of freedom, one in a thousand
    normal = Random(0, "c").normal(20_000)
    assert abs(normal.mean()) < 0.03
    assert abs(normal.std() - 1) < 0.02
    assert abs((np.abs(normal) < 1).mean() - 0.683) < 0.012


def test_what_is_drawn_in_parts_is_drawn_at_once():
    parts, whole = Random(7, "x"), Random(7, "x")
    assert [*parts.whole(3), *parts.whole(2, 2).flatten()] == whole.whole(7).tolist()


@pytest.mark.parametrize("entry", ENTRIES)
def test_models_begin_with_the_same_weights(engine, entry: Entry):
    model = entry.build()
    initialize_(model, seed=3)
    given = engine.evaluate(WEIGHTS, [json.dumps(entry.to_json()), 3])
    own = {name: value for name, value in model.state_dict().items()}
    assert {name: tuple(shape) for name, shape, _ in given} == {name: tuple(own[name].shape) for name in own}
    for name, _, values in given:
        assert values == own[name].flatten().tolist(), name


@pytest.mark.parametrize("entry", ENTRIES)
def test_they_are_distributed_as_the_course_and_torch_draw_them(entry: Entry):
    seed_everything(0)
    model, torchs = entry.build(), entry.build().state_dict()
    initialize_(model, seed=0)
    for name, ours in model.state_dict().items():
        theirs = torchs[name]
        if ours.numel() < 300:  # too few to say more than whether they are constant
            assert (ours.std() == 0) == (theirs.std() == 0), name
        else:
            assert ours.std() == pytest.approx(theirs.std().item(), rel=0.12), name
            assert ours.abs().max() == pytest.approx(theirs.abs().max().item(), rel=0.35), name
        if theirs.std() == 0:
            assert torch.equal(ours, theirs), name


def test_a_layer_that_the_page_does_not_train_is_refused():
    with pytest.raises(ValueError, match="model must be made of layers that the page trains, got Conv1d"):
        initialize_(torch.nn.Sequential(torch.nn.Conv1d(1, 1, 1)), seed=0)


@pytest.mark.parametrize("name", TASKS)
def test_batches_are_the_same(engine, name):
    task = TASKS[name]
    options = {option: limits.first + 1 for option, limits in task.options.items()}
    random = Random(5, "batches")
    own = [task.batch(random, count, **options) for count in (3, 5)]
    own = [[None if part is None else part.tolist() for part in batch] for batch in own]
    assert engine.evaluate(BATCHES, [name, options, 5]) == own


def test_what_the_tasks_ask_for():
    memory = TASKS["copy_memory"].batch(Random(0, "x"), 9, lag=4)
    symbol, blank, delimiter = memory.answers, 8, 9
    assert torch.equal(
        memory.inputs, torch.cat([symbol, torch.tensor([[blank] * 3 + [delimiter, blank]] * 9)], dim=1)
    )
    assert len(set(symbol.flatten().tolist())) > 3
    words = TASKS["reversal"].batch(Random(0, "x"), 2, length=3)
    for word, answer, past in zip(*map(torch.Tensor.tolist, words), strict=True):
        assert answer == [*word[::-1], 2]  # <eos>
        assert past == [1, *answer[:-1]]  # <bos>
        assert min(word) >= 4
    letters = TASKS["sorting"].batch(Random(0, "x"), 2, length=6)
    for word, answer in zip(letters.inputs.tolist(), letters.answers.tolist(), strict=True):
        assert answer == sorted(word)
