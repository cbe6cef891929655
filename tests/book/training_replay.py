"""The second run of a chapter trains a little, and goes on with the weights that the first run ended with.

Training takes most of a chapter's time, and what the second run is to show is that everything works and
looks the same with other versions of the libraries. In the kernel that runs a chapter, ``record`` and
``replay`` put their own ``fit`` into ``s2s_course.training.loop``, before the chapter imports it.
"""

import copy
import random
from functools import wraps
from pathlib import Path

import numpy as np
import torch

FIRST = 20  # steps that the second run takes too; their losses must be the same


def record(folder: str) -> None:
    """Write into ``folder`` what every training of this kernel ends with."""
    from s2s_course.training import loop

    train, paths = loop.fit, _numbered(folder)

    @wraps(train)
    def fit(model, batches, **options):
        history = train(model, batches, **options)
        generators = torch.get_rng_state(), np.random.get_state(), random.getstate()
        torch.save((history, model.state_dict(), generators), next(paths))
        return history

    loop.fit = fit


def replay(folder: str) -> None:
    """Read from ``folder`` what each training of this kernel is to end with, after its first steps."""
    from s2s_course.training import loop

    train, paths = loop.fit, _numbered(folder)

    @wraps(train)
    def fit(model, batches, **options):
        path = next(paths)
        if not path.is_file() or options.get("callbacks"):  # these see the model at each step
            return train(model, batches, **options)
        history, weights, generators = torch.load(path, weights_only=False)
        twin, options = copy.deepcopy(model), {**options, "validation": None}
        if options.get("steps") is None or options["steps"] > FIRST:
            options["steps"] = FIRST
        begun = train(twin, batches, **options)
        assert np.allclose(begun.losses, history.losses[: len(begun.losses)], rtol=1e-3), "other losses"
        model.train().load_state_dict(weights)
        torch.set_rng_state(generators[0])
        np.random.set_state(generators[1])
        random.setstate(generators[2])
        return history

    loop.fit = fit


def _numbered(folder: str):
    """A file for each training, in their order."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        yield Path(folder) / f"{number:02}.pt"
        number += 1
