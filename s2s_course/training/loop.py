"""The training loop. It knows no model: ``loss_of(model, batch)`` says what is to become small."""

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import torch
from torch import nn

from s2s_course.checks import check_more_than_0
from s2s_course.models.contract import device_of
from s2s_course.seeds import seed_everything
from s2s_course.training.budget import Budget
from s2s_course.training.contract import Epochs, LossOf, Step
from s2s_course.training.history import History, Progress
from s2s_course.training.objectives import translation_loss
from s2s_course.training.processes import ONE_PROCESS, Processes
from s2s_course.training.progress_bar import moving_bar
from s2s_course.training.run import Run, kept
from s2s_course.training.schedule import Schedule, constant
from s2s_course.training.step import train_step
from s2s_course.training.stop import stopping
from s2s_course.training.training_state import TrainingState
from s2s_course.training.validation import BestSoFar, Validation


def fit(
    model: nn.Module,
    batches: Epochs,
    *,
    steps: int | None = None,
    minutes: float | None = None,
    learning_rate: float = 1e-3,
    schedule: Schedule = constant,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.Adam,
    clip_norm: float = 1.0,
    loss_of: LossOf = translation_loss,
    validation: Validation | None = None,
    callbacks: Sequence[Callable[[Progress], None]] = (),
    seed: int = 0,
    progress_bar: bool = True,
    run: Run | Path | str | None = None,
    processes: Processes = ONE_PROCESS,
) -> History:
    """Train ``model``, where it is, until ``steps`` or ``minutes`` are used up, whichever is first.

    Step n is taken with the rate ``learning_rate * schedule(n)``; ``optimizer(parameters, lr=learning_rate)``
    takes it, after the gradient was scaled down to a norm of at most ``clip_norm`` (``math.inf`` leaves it as
    it is). With ``validation`` the weights of the best measurement are put back at the end. An interrupt from
    the keyboard or from a notebook ends training after the step that is under way. ``run`` is a folder where
    the state of the training is kept; the same call goes on from there, and ends as if it had not been
    interrupted. Where several ``processes`` make the same call, they train one model on these batches
    together, and the first of them keeps the run.

    Raises ``ValueError`` for a budget, rate or norm that is missing or not positive; ``FloatingPointError``
    when the gradient or the loss on validation data is no longer finite: the model then has the best weights
    so far, or, if none were measured, those it came with; and ``RunError`` for a run that was begun with
    other arguments, has another writer, or cannot be read.
    """
    budget = Budget(steps=steps, minutes=minutes)
    check_more_than_0(learning_rate=learning_rate)
    if clip_norm != math.inf:
        check_more_than_0(clip_norm=clip_norm)
    seed_everything(processes.own_seed(seed))
    stepper = optimizer(model.train().parameters(), lr=learning_rate)
    best = BestSoFar(model, patience=validation.patience if validation else None)
    parts = {"batches": batches, "schedule": schedule, "loss_of": loss_of}
    choices = {"learning_rate": learning_rate, "clip_norm": clip_norm, "seed": seed, "validation": validation}
    choices = {"model": model, "optimizer": optimizer, **choices, **parts}
    training = TrainingState(model, stepper, best, **parts)
    history, first = training.history, processes.is_first
    with best.put_back_at_the_end():
        with (
            stopping() as stop,
            kept(run if first else None, training, choices) as keep,
            moving_bar(budget, shown=progress_bar and first) as move,
        ):
            processes.go_on_from_the_first(training, seed)
            start = time.monotonic() - history.seconds
            if history.ended_by != "patience":
                history.ended_by = budget.spent(training.step, history.seconds)

            def tell(step: int, epoch: int, measured: float | None, is_best: bool) -> None:
                training.took(step, epoch)
                keep(is_best)
                for hear in (*callbacks, move):
                    hear(Progress(model, step, epoch, history, measured, is_best))

            loop = training_loop(
                model, processes.shares(training.rest_of(batches)), stepper, learning_rate,
                lambda step: processes.agree(schedule(step)), processes.loss_of(model, loss_of), clip_norm,
                place=(training.step, training.epoch),
            )  # fmt: skip
            until_enough(
                () if history.ended_by else processes.together(loop), history, budget, best, validation,
                measure=lambda: processes.mean_loss(model, validation.batches, loss_of),
                clock=lambda: processes.agree(time.monotonic() - start),
                stop=lambda: processes.any_stop(stop()), tell=tell,
            )  # fmt: skip
        history.ended_by = history.ended_by or stop()
        history.read()
    return history


def until_enough(
    loop: Iterable[Step],
    history: History,
    budget: Budget,
    best: BestSoFar,
    validation: Validation | None,
    *,
    measure: Callable[[], float],
    clock: Callable[[], float],
    stop: Callable[[], str],
    tell: Callable[[int, int, float | None, bool], None],
) -> None:
    """Go through ``loop`` until the budget is spent, ``best`` has been given up, or ``stop`` says why.

    ``measure`` gives the loss on validation data, ``clock`` the seconds of training so far; ``tell`` hears,
    after each step, of the step, its epoch, what was measured, and whether that was the best so far.
    """
    for step, epoch, targets, loss, norm in loop:
        history.add_step(loss, norm, targets, clock())
        spent = budget.spent(step, history.seconds)
        measured, is_best = None, False
        if validation and (step % validation.every == 0 or spent):
            history.read()  # a gradient that is not finite is told first
            measured = measure()
            history.add_validation(step, measured)
            is_best = best.update(measured)
        history.ended_by = spent or (best.given_up and "patience") or stop()
        tell(step, epoch, measured, is_best)
        if history.ended_by:
            break


def training_loop(
    model: nn.Module,
    batches: Epochs,
    optimizer: torch.optim.Optimizer,
    learning_rate: float,
    schedule: Schedule,
    loss_of: LossOf,
    clip_norm: float,
    place: tuple[int, int] = (0, 0),
) -> Iterator[Step]:
    """Step after step, epoch after epoch, without an end. Whoever goes through it says when it is enough.

    ``place`` is where it begins: after which step, in which epoch. Gives for each step its number, counted
    from 1, its epoch, counted from 0, how many targets it asked for, the loss before it, and the norm of the
    gradient before clipping.
    """
    step, first = place
    for epoch in itertools.count(first):
        for batch in batches.epoch(epoch):
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * schedule(step)
            targets, batch = batch.num_targets, batch.to(device_of(model))
            yield step, epoch, targets, *train_step(model, batch, optimizer, loss_of, clip_norm)
