"""Trainings that are killed with SIGKILL at random moments and gone on with until they end.

Run as a program it prints one JSON object for each model. Children are forked, since importing torch would
take most of the time.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import redirect_stderr
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import torch

from s2s_course.data.batch import BucketedBatches, collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.seeds import python_random
from s2s_course.training.label_smoothing import SmoothedTranslationLoss
from s2s_course.training.loop import fit
from s2s_course.training.run import Run
from s2s_course.training.schedule import WarmUpAndDecay
from s2s_course.training.scheduled_sampling import ScheduledSampling
from s2s_course.training.validation import Validation

STEPS = 24
SIZES = {
    "gru": dict(embed_size=8, hidden_size=16, num_layers=2, dropout=0.3),
    "transformer": dict(d_model=16, num_heads=2, d_ff=16, num_layers=1, dropout=0.3),
}
LOSSES = {
    "gru": lambda: ScheduledSampling(calls=STEPS, last=0.2),
    "transformer": lambda: SmoothedTranslationLoss(smoothing=0.2),
}


def pairs(seed):
    generator = python_random(seed, "pairs")
    rows = [[generator.randrange(4, 12) for _ in range(generator.randint(1, 5))] for _ in range(60)]
    return [(row, row[::-1]) for row in rows]


def noisy(examples):
    """A batch whose words are changed by every generator that nobody is given."""
    draws = (
        lambda: random.randrange(4, 12),
        lambda: int(np.random.randint(4, 12)),
        lambda: int(torch.randint(4, 12, ())),
    )
    return collate([([draw() for draw in draws] + src, tgt) for src, tgt in examples])


def train(name, run=None):
    """The weights, and what is known of the training."""
    config = model_config(name, src_vocab_size=12, tgt_vocab_size=12, **SIZES[name])
    model = build_model(name, config, seed=0)
    random.seed(1)
    np.random.seed(1)
    history = fit(
        model, BucketedBatches(pairs(0), max_tokens=90, collate=noisy), steps=STEPS, learning_rate=0.01,
        schedule=WarmUpAndDecay(7, steps=STEPS), optimizer=partial(torch.optim.Adam, fused=True),
        loss_of=LOSSES[name](), validation=Validation([collate(pairs(1))], every=9), seed=3,
        progress_bar=False, run=run,
    )  # fmt: skip
    return model.state_dict(), history


def in_a_child(name, folder):
    """Train in a child that keeps its state after every step, on a slow disk; its process number."""
    child = os.fork()
    if child:
        return child
    sync = os.fsync

    def slow_sync(file):
        time.sleep(0.003)
        sync(file)

    os.fsync = slow_sync
    try:
        with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
            weights, history = train(name, Run(folder / "run", seconds=0.0))
        told = (weights, history.losses, history.validation_losses, history.targets)
        torch.save(told, folder / "writing.pt")
        (folder / "writing.pt").replace(folder / "end.pt")
    except BaseException:
        (folder / "failed").write_text(traceback.format_exc())
    finally:
        os._exit(0)


def kill(child, seconds):
    """Kill ``child`` after ``seconds`` of its processor's time; whether it still ran then."""
    process = psutil.Process(child)
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if sum(process.cpu_times()[:2]) >= seconds:
            time.sleep(random.uniform(0, 0.01))  # the system counts in hundredths of a second
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1] == signal.SIGKILL
        time.sleep(0.001)
    return False


def kill_and_go_on(name, kills):
    """Until so many children have been killed: train to the end, and compare with no interruption."""
    moments, killed, inside, runs = python_random(0, "kill", name), 0, 0, 0
    weights, history = train(name)
    expected = (history.losses, history.validation_losses, history.targets)
    while killed < kills:
        folder = Path(tempfile.mkdtemp())
        while not (folder / "end.pt").exists():
            child = in_a_child(name, folder)
            # some at the very beginning, most while steps are taken and kept
            if kill(child, moments.uniform(0.0, 0.15)):
                killed += 1
                inside += any(folder.glob("run/.*.writing"))
            if (folder / "failed").exists():
                raise RuntimeError((folder / "failed").read_text())
        found, *told = torch.load(folder / "end.pt", weights_only=False)
        assert told == list(expected), "another history"
        assert all(torch.equal(found[each], weights[each]) for each in weights), "other weights"
        left = [path.name for path in (folder / "run").iterdir() if path.name.endswith(".writing")]
        assert not left and len(list((folder / "run").glob("state-*.json"))) == 2, "leftovers"
        shutil.rmtree(folder)
        runs += 1
    return {"model": name, "runs": runs, "killed": killed, "inside a write": inside}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for model in SIZES:
        print(json.dumps(kill_and_go_on(model, int(sys.argv[1]))), flush=True)
