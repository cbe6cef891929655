"""How fast a model trains on the machine at hand, found out in some seconds."""

import copy
import time
from itertools import cycle, islice

import torch
from torch import nn

from s2s_course.checks import check_more_than_0
from s2s_course.models.contract import device_of
from s2s_course.training.contract import Epochs
from s2s_course.training.recipe import Recipe
from s2s_course.training.step import train_step

_FIRST = 3  # steps that take longer: memory and kernels are made ready


def target_tokens_per_s(model: nn.Module, batches: Epochs, recipe: Recipe, *, seconds: float = 3.0) -> float:
    """Target tokens a second in training a copy of ``model``, which is thrown away, for about ``seconds``.

    Model, batches and what is drawn later are as if nobody had asked: the first epoch is read from its
    beginning again, and the generators of random numbers are put back.
    """
    check_more_than_0(seconds=seconds)
    device = device_of(model)
    of_device = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(of_device):
        trial = copy.deepcopy(model).train()
        optimizer = recipe.optimizer(trial.parameters(), lr=recipe.learning_rate)
        some = cycle(islice(batches.epoch(0), 200))  # more than a CPU reads meanwhile
        targets, start = 0, time.perf_counter()
        for step, batch in enumerate(some):
            loss, _ = train_step(trial, batch.to(device), optimizer, recipe.loss_of, clip_norm=1.0)
            loss.item()  # waits for the device
            if step < _FIRST:
                start = time.perf_counter()
                continue
            targets += batch.num_targets
            if time.perf_counter() - start >= seconds:
                return targets / (time.perf_counter() - start)
    raise ValueError("batches must hold at least one batch, got none")
