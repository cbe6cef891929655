import time

import torch

from s2s_course.claims.timing import milliseconds, on_threads, training_step


def test_the_median_of_each_task_without_its_first_turn():
    calls = []

    def task(name, durations):
        def run():
            calls.append(name)
            time.sleep(durations.pop(0))

        return run

    taken = milliseconds(
        {"slow": task("slow", [0.2, 0.02, 0.02, 0.1]), "fast": task("fast", [0.0] * 4)}, repeats=3
    )
    assert calls == ["slow", "fast"] * 4, "in turns"
    assert 20 <= taken["slow"] < 60 and taken["fast"] < 10


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
