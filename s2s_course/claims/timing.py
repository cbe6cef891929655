"""What the experiments on time have in common: run things in turns, and take the median of each."""

import time
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor, nn

from s2s_course.claims.claim import Scale

REPEATS: dict[Scale, int] = {"smoke": 1, "quick": 15, "full": 50}


def milliseconds(tasks: dict[str, Callable[[], None]], *, repeats: int) -> dict[str, float]:
    """The median time of each task. They run in turns, so that what slows the machine slows all alike."""
    times = {name: [] for name in tasks}
    for turn in range(repeats + 1):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            if turn > 0:  # the first turn warms up
                times[name].append(1e3 * (time.perf_counter() - start))
    return {name: median(taken) if taken else 0.0 for name, taken in times.items()}


def training_step(module: nn.Module, *inputs: Tensor) -> Callable[[], None]:
    """A task: forward and backward through ``module``, whose first output counts."""

    def run() -> None:
        module.zero_grad()
        outputs = module(*inputs)
        (outputs[0] if isinstance(outputs, tuple) else outputs).sum().backward()

    return run


def on_threads(count: int, task: Callable[[], None]) -> Callable[[], None]:
    """The same task with ``count`` threads of torch."""

    def run() -> None:
        before = torch.get_num_threads()
        torch.set_num_threads(count)
        try:
            task()
        finally:
            torch.set_num_threads(before)

    return run
