import pytest
import torch

from s2s_course.claims import timing
from s2s_course.claims.timing import milliseconds, on_threads, training_step


def test_the_median_of_each_task_without_its_first_turn(monkeypatch):
    clock, calls = [0.0], []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock[0])

    def task(name, durations):
        def run():
            calls.append(name)
            clock[0] += durations.pop(0)

        return run

    taken = milliseconds(
        {"slow": task("slow", [9.0, 0.02, 0.03, 0.5]), "fast": task("fast", [9.0, 0.001, 0.004, 0.002])},
        repeats=3,
    )
    assert calls == ["slow", "fast"] * 4, "in turns"
    assert taken == pytest.approx({"slow": 30.0, "fast": 2.0})


def test_a_training_step_goes_forward_and_backward():
    linear = torch.nn.Linear(3, 2)
    step = training_step(linear, torch.ones(5, 3))
    step()
    step()
    assert torch.equal(linear.weight.grad, torch.full((2, 3), 5.0)), "gradients do not add up over steps"


def test_threads_are_put_back():
    before, seen = torch.get_num_threads(), []
    on_threads(2, lambda: seen.append(torch.get_num_threads()))()
    on_threads(1, lambda: seen.append(torch.get_num_threads()))()
    assert seen == [2, 1] and torch.get_num_threads() == before
