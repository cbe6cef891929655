"""How far a run is, and when it will end."""

from dataclasses import dataclass
from statistics import fmean

from tqdm import tqdm

from s2s_course.training.budget import Budget
from s2s_course.training.history import History, Progress

SMOOTHED = 20  # steps: the loss of a single one says little


@dataclass(frozen=True)
class Standing:
    """The part of its budget that a run has used, from 0 to 1, and a line with the other numbers."""

    used: float
    line: str


class Pace:
    """The standing of a run within ``budget``, told by the speed it has had since it was first asked for.

    The first step that it is told of may be any: a run that is continued on another machine goes on at the
    speed of that machine. Of two budgets the one counts that is nearer to its end.
    """

    def __init__(self, budget: Budget):
        self._budget = budget
        self._first: tuple[int, float] | None = None

    def standing(self, progress: Progress) -> Standing:
        step, seconds, budget = progress.step, progress.history.seconds, self._budget
        first_step, first_seconds = self._first = self._first or (step, seconds)
        used, left = [], []
        if budget.steps is not None:
            used.append(step / budget.steps)
            if step > first_step:
                left.append((budget.steps - step) * (seconds - first_seconds) / (step - first_step))
        if budget.minutes is not None:
            used.append(seconds / (60 * budget.minutes))
            left.append(60 * budget.minutes - seconds)
        parts = [f"step {step:,}" if budget.steps is None else f"step {step:,}/{budget.steps:,}"]
        if left:
            parts.append(f"{tqdm.format_interval(round(max(0.0, min(left))))} left")
        return Standing(min(1.0, max(used)), ", ".join(parts + _told(progress.history)))


def _told(history: History) -> list[str]:
    parts = []
    if history.losses:
        parts.append(f"loss {fmean(history.losses[-SMOOTHED:]):.3f}")
    if history.validation_losses:
        last, best = history.validation_losses[-1], min(history.validation_losses)
        parts.append(f"validation {last:.3f}" + (" (best)" if last == best else f", best {best:.3f}"))
    if history.copied:
        parts.append(f"copied: {history.copied}")
    return parts
