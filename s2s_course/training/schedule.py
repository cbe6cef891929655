"""How large a step is allowed when: the learning rate over a training run.

A schedule says by which share of the learning rate each step is taken, from 0 to 1. ``fit`` asks it before
every step.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from s2s_course.checks import check_at_least, check_more_than_0

Schedule = Callable[[int], float]  # from the number of the step, counted from 1, to a share of the rate


def constant(step: int) -> float:
    """The learning rate itself, at every step."""
    return 1.0


@dataclass(frozen=True)
class WarmUp:
    """Up in a straight line for ``steps``, then down with the inverse root of the step.

    Equation 3 of Vaswani et al. 2017, which reaches the highest rate at step ``steps``; there that rate
    follows from the model's size, here it is the learning rate given to ``fit``.
    """

    steps: int

    def __post_init__(self):
        check_at_least(1, steps=self.steps)

    def __call__(self, step: int) -> float:
        return min(step / self.steps, (self.steps / step) ** 0.5)


@dataclass
class WarmUpAndDecay:
    """Up in a straight line for ``warm_up`` steps, then down in a straight line, to 0 when the budget ends.

    The budget is in ``steps`` or in ``minutes``, which count from the first step; of two budgets counts the
    one that is used up more.
    """

    warm_up: int
    steps: int | None = None
    minutes: float | None = None
    _start: float = field(default=0.0, init=False, repr=False)
    _left_at_top: float = field(default=1.0, init=False, repr=False)  # share of the budget

    def __post_init__(self):
        check_at_least(0, warm_up=self.warm_up)
        if self.steps is None and self.minutes is None:
            raise ValueError("steps or minutes must be given: the rate would not know when to be 0")
        if self.steps is not None:
            check_at_least(1, steps=self.steps)
        if self.minutes is not None:
            check_more_than_0(minutes=self.minutes)

    def __call__(self, step: int) -> float:
        if step == 1:
            self._start = time.monotonic()
        if step <= max(self.warm_up, 1):
            self._left_at_top = self._left(step)
            return step / max(self.warm_up, 1)
        return self._left(step) / self._left_at_top if self._left_at_top else 0.0

    def state_dict(self) -> dict[str, float]:
        """How many seconds of the budget are used, and how much of it was left at the highest rate."""
        return {"seconds": time.monotonic() - self._start, "left_at_top": self._left_at_top}

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Go on as if no time had passed since ``state_dict``."""
        self._start, self._left_at_top = time.monotonic() - state["seconds"], state["left_at_top"]

    def _left(self, step: int) -> float:
        """Which share of the budget is left before ``step``."""
        used = [(step - 1) / self.steps] if self.steps is not None else []
        if self.minutes is not None:
            used.append((time.monotonic() - self._start) / 60 / self.minutes)
        return max(0.0, 1 - max(used))
