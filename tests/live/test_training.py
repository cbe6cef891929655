"""Models that learn in the page learn as with PyTorch, and one that diverges is stopped."""

from dataclasses import replace
from itertools import islice

import pytest
import torch

from s2s_course.live.random import Random
from s2s_course.live.tasks import TASKS, find_task
from s2s_course.live.training import FRESH, MEASURED_EVERY, curve, learn, shown_curve, stored_curves, written
from s2s_course.models.contract import evaluating

STEPS = 50
BATCH_SIZE = 8  # of which the page needs no second for each
CHOICES = {"copy_memory": {"lag": 7}, "reversal": {"length": 5}, "sorting": {"length": 5}}

RUN = """async (run) => {
  const { Training } = await import("/training.js");
  const training = new Training(run);
  while (!training.ended) training.step();
  const [losses, stopped] = ["losses", "stopped"].map((name) => training.learners.map((each) => each[name]));
  return { losses, stopped, steps: training.done, rights: training.rights(), example: training.example() };
}"""


def run_of(name: str, **changes) -> dict:
    task = find_task(name)
    return {
        "task": name, "models": [entry.to_json() for entry in task.models], "options": CHOICES[name],
        "seed": 1, "rate": task.rate, "guessing": task.guessing, "batchSize": BATCH_SIZE, "steps": STEPS, 
        **changes,
    }  # fmt: skip


@pytest.mark.parametrize("name", TASKS)
def test_fifty_steps_are_those_of_pytorch(engine, name):
    given = engine.evaluate(RUN, run_of(name))
    task = find_task(name)
    assert given["stopped"] == [None] * len(task.models)
    for entry, losses in zip(task.models, given["losses"], strict=True):
        own = learn(entry, task, options=CHOICES[name], seed=1, rate=task.rate, batch_size=BATCH_SIZE)
        steps = list(islice(own, STEPS))
        expected = [loss for _, loss in steps]
        assert losses == pytest.approx(expected, abs=1e-3), entry.name
        assert min(expected) < 0.97 * expected[0], "and it has learned something"


def test_answers_to_fresh_rows_are_those_of_pytorch(engine):
    """After one step the models still differ by rounding only, so that no answer stands on an edge."""
    for name, task in TASKS.items():
        given = engine.evaluate(RUN, run_of(name, steps=1))
        fresh = task.batch(Random(1, "fresh"), FRESH, **CHOICES[name])
        assert given["example"]["input"] == fresh.inputs[0].tolist()
        assert given["example"]["answer"] == fresh.answers[0].tolist()
        for n, entry in enumerate(task.models):
            steps = learn(entry, task, options=CHOICES[name], seed=1, rate=task.rate, batch_size=BATCH_SIZE)
            model, _ = next(steps)
            with evaluating(model):
                answers, weights = written(model, fresh)
            share = (answers == fresh.answers).float().mean().item()
            assert given["rights"][n] == pytest.approx(share, abs=1e-6), entry.name
            assert given["example"]["models"][n]["written"] == answers[0].tolist(), entry.name
            shown = given["example"]["models"][n]["map"]
            assert (shown is None) == (weights is None) == (entry.name != "bahdanau")
            if weights is not None:
                assert torch.allclose(torch.tensor(shown), weights, atol=1e-4)


def test_a_rate_too_high_stops_each_model(engine):
    given = engine.evaluate(RUN, run_of("copy_memory", rate=1.0))
    assert given["steps"] == 20, "and with the last model, the whole"
    for losses, stopped in zip(given["losses"], given["stopped"], strict=True):
        assert stopped == {"step": 20, "loss": pytest.approx(sum(losses) / 20)}
        assert stopped["loss"] > 2 * find_task("copy_memory").guessing


def test_a_loss_that_is_no_number_stops_at_once(engine):
    given = engine.evaluate(RUN, run_of("copy_memory", rate=1e38))
    assert [each["step"] for each in given["stopped"]] == [len(losses) for losses in given["losses"]]
    assert given["steps"] < 20


def test_a_rate_that_learns_is_not_stopped(engine):
    given = engine.evaluate(RUN, run_of("copy_memory", rate=0.03))
    assert given["stopped"] == [None] * 3


@pytest.mark.parametrize("name", TASKS)
def teststored_curves_curves_are_those_that_pytorch_gives(name):
    task, stored = find_task(name), stored_curves()[name]
    assert (stored["options"], stored["seed"], stored["rate"]) == (task.defaults(), 0, task.rate)
    assert list(stored["models"]) == [entry.name for entry in task.models]
    for entry in task.models:
        of = stored["models"][entry.name]
        assert len(of["losses"]) == task.steps
        assert len(of["rights"]) == task.steps // MEASURED_EVERY
        own = learn(entry, task, options=task.defaults(), seed=0, rate=task.rate, batch_size=task.batch_size)
        assert of["losses"][:4] == pytest.approx([loss for _, loss in islice(own, 4)], abs=1e-3)


def teststored_curves_curves_show_what_the_tasks_are_about():
    ends = {
        name: {key: of["rights"][-1] for key, of in stored["models"].items()}
        for name, stored in stored_curves().items()
    }
    assert (
        ends["copy_memory"]["rnn"] < 0.3 < 0.95 < min(ends["copy_memory"][cell] for cell in ("lstm", "gru"))
    )
    assert ends["reversal"]["gru"] < 0.5 < 0.95 < ends["reversal"]["bahdanau"]
    assert (
        ends["sorting"]["none"]
        < 0.35
        < 0.8
        < ends["sorting"]["transformer_none"]
        < ends["sorting"]["sinusoidal"]
    )


def test_a_curve_is_taken_from_the_store_or_made(monkeypatch):
    task = find_task("copy_memory")
    chosen = {"options": task.defaults(), "seed": 0, "rate": task.rate}
    assert shown_curve("copy_memory", **chosen) is stored_curves()["copy_memory"]
    short = replace(task, steps=2 * MEASURED_EVERY, models=task.models[:1], batch_size=4)
    monkeypatch.setitem(TASKS, "copy_memory", short)
    made = shown_curve("copy_memory", options={"lag": 2}, seed=4, rate=0.01)
    assert made == curve(short, options={"lag": 2}, seed=4, rate=0.01)
    assert made["seed"] == 4
    assert [len(made["models"]["rnn"][part]) for part in ("losses", "rights", "written")] == [40, 2, 1]
