"""The recipe that a training from the command line follows: for its budget, and the same when it goes on."""

from pathlib import Path
from typing import Any

from torch import nn

from s2s_course.data.batch import BucketedBatches
from s2s_course.training.budget import Budget
from s2s_course.training.processes import Processes
from s2s_course.training.recipe import Recipe
from s2s_course.training.run_files import generations
from s2s_course.training.speed import target_tokens_per_s

# Where the description of a run, ``training/configuration.py``, has the numbers that follow from the budget.
_PLACES = {
    "max_tokens": ("batches", "max_tokens"),
    "learning_rate": ("learning_rate",),
    "warm_up": ("schedule", "warm_up"),
    "validate_every": ("validation", "every"),
    "dropout": ("model", "dropout"),
}


def begun_with(run: Path) -> dict[str, Any]:
    """What the run in this folder was begun with, of what a recipe takes from the budget; empty without one.

    A machine is never as fast twice, so a run that goes on must not be measured again.
    """
    newest = next(iter(generations(run).values()), None) if run.is_dir() else None
    found = {}
    for name, place in _PLACES.items() if newest else ():
        value: Any = newest.configuration
        for key in place:
            value = value.get(key) if isinstance(value, dict) else None
        found |= {} if value is None else {name: value}
    return found


def tokens_in(budget: Budget, speed: float | None) -> float | None:
    """How many target tokens the minutes have room for, at ``speed``, in target tokens a second.

    Without a speed they are taken for those of a machine that reads 2,500 a second: for the batches that the
    speed is measured with.
    """
    return None if budget.minutes is None else 60 * budget.minutes * (speed or 2_500.0)


def measured_speed(
    model: nn.Module, batches: BucketedBatches, recipe: Recipe, budget: Budget, processes: Processes
) -> float:
    """Target tokens a second of all ``processes``, each of which is taken to be as fast as this one."""
    seconds = min(3.0, 60 * budget.minutes / 10)  # little of a budget that is little
    return processes.agree(processes.count * target_tokens_per_s(model, batches, recipe, seconds=seconds))


def with_dropout(recipe: Recipe, choices: dict[str, Any]) -> dict[str, Any]:
    """The ``choices`` of a model, with the dropout of the recipe where it has one and none was chosen."""
    return choices if recipe.dropout is None else {"dropout": recipe.dropout, **choices}


def in_words(recipe: Recipe, speed: float | None) -> str:
    """One line for the reader of the terminal."""
    rate = f"rate {recipe.learning_rate:g}"
    if recipe.warm_up:
        rate += f" after {recipe.warm_up:,} step{'s' * (recipe.warm_up > 1)}, 0 at the end"
    parts = [f"batches of {recipe.max_tokens:,} target tokens", rate]
    parts += [f"label smoothing {recipe.label_smoothing:g}"] if recipe.label_smoothing else []
    parts += [] if recipe.dropout is None else [f"dropout {recipe.dropout:g}"]
    parts += ["bfloat16"] if recipe.bfloat16 else []
    parts += [f"validation every {recipe.validate_every:,} steps"]
    at = f" at {speed:,.0f} target tokens a second" if speed else ""
    return f"recipe{at}: {'; '.join(parts)}"
