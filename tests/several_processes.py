"""What each of two processes does that ``accelerate launch`` started for tests/training/test_accelerated.py.

    accelerate launch … several_processes.py FOLDER

Each leaves what it found in FOLDER as JSON. Then the second fails in the middle of a training.
"""

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import torch
from typer.testing import CliRunner

from s2s_course.cli import app, launched, train
from s2s_course.data.batch import BucketedBatches, collate
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.models.registry import build_model, model_config
from s2s_course.seeds import python_random
from s2s_course.training.loop import fit
from s2s_course.training.processes import ONE_PROCESS
from s2s_course.training.recipe import recipe_of
from s2s_course.training.validation import Validation

SIZES = {
    "gru": {"embed_size": 8, "hidden_size": 12},
    "transformer": {"d_model": 8, "num_heads": 2, "d_ff": 16, "num_layers": 1, "dropout": 0.0},
}
OPTIONS = ("--embed-size", "8", "--hidden-size", "8", "--max-tokens", "40", "--validate-every", "2")
SENTENCES = [SentencePair(f"a {word} cat .", f"un chat {word} .") for word in "abcdefghij" for _ in range(2)]
CORPUS = ParallelCorpus("grammar", "en", "fr", dict.fromkeys(("train", "validation", "test"), SENTENCES))


def pairs(count: int, seed: int) -> list:
    random = python_random(seed, "copy")
    sentences = [[random.randrange(4, 12) for _ in range(random.randint(1, 7))] for _ in range(count)]
    return [(sentence, sentence) for sentence in sentences]


# The longest pair is a batch of its own: one row for two processes.
BATCHES = BucketedBatches([*pairs(60, seed=0), ([5] * 40, [6] * 40)], max_tokens=50)
HELD_OUT = [collate(pairs(size, seed=size)) for size in (9, 2, 5)]


def trained(name="gru", *, processes=ONE_PROCESS, every=6, patience=None, warm_up=4, dropout=0.0, **choices):
    """What a training run has come to, as JSON values."""
    config = model_config(name, src_vocab_size=12, tgt_vocab_size=12, **{**SIZES[name], "dropout": dropout})
    model = build_model(name, config, seed=0)
    recipe = recipe_of(name, device="cpu", tokens=1e6, bfloat16=False, warm_up=warm_up)
    measured = []

    def loss_of(model, batch):
        measured.extend([batch.num_targets] * (not torch.is_grad_enabled()))
        return recipe.loss_of(model, batch)

    budget = {"steps": choices.pop("steps", None), "minutes": choices.pop("minutes", None)}
    history = fit(
        model, BATCHES, **budget, learning_rate=choices.pop("learning_rate", 0.01), loss_of=loss_of,
        schedule=recipe.schedule(**budget), optimizer=recipe.optimizer, seed=7, progress_bar=False,
        validation=Validation(HELD_OUT, every=every, patience=patience), processes=processes, **choices,
    )  # fmt: skip
    weights = b"".join(value.numpy().tobytes() for value in model.state_dict().values())
    return {
        "losses": history.losses,
        "norms": history.gradient_norms,
        "validation": [history.validation_steps, history.validation_losses],
        "targets": history.targets,
        "ended_by": history.ended_by,
        "measured": measured,
        "seed": torch.initial_seed(),
        "weights": hashlib.sha256(weights).hexdigest(),
    }


def main(folder: Path) -> None:
    processes, rank = train.join_processes("cpu"), int(os.environ["RANK"])

    def interrupt_the_second(progress):
        if (rank, progress.step) == (1, 3):
            signal.raise_signal(signal.SIGINT)

    def be_late(progress):
        time.sleep(0.02 * rank)

    found = {name: trained(name, processes=processes, steps=20) for name in SIZES}
    found["patience"] = trained(processes=processes, steps=200, learning_rate=1.0, every=2, patience=2)
    found["minutes"] = trained(processes=processes, minutes=0.01, callbacks=[be_late])
    kept = {"processes": processes, "steps": 20, "run": folder / f"run-{rank}"}
    found["interrupt"] = trained(**kept, callbacks=[interrupt_the_second])
    found["resumed"] = trained(**kept)
    found["dropout"] = trained(processes=processes, steps=2, dropout=0.5)
    train.load_corpus = lambda *names: CORPUS
    own = folder / f"out-{rank}"
    result = CliRunner().invoke(app, ["train", "--steps", "5", "--out", str(own), *OPTIONS])
    found["command"] = {"code": result.exit_code, "said": result.output, "wrote": own.exists()}
    (folder / f"{rank}.json").write_text(json.dumps(found))

    real_fit = train.fit

    def fit_until_there_is_no_memory(*arguments, callbacks, **choices):
        def fail(progress):
            if (rank, progress.step) == (1, 3):
                raise MemoryError

        return real_fit(*arguments, callbacks=[*callbacks, fail], **choices)

    train.fit = fit_until_there_is_no_memory
    launched._PATIENCE = 0 if rank else 60  # the first would tell that the other has ended
    app(["train", "--steps", "50000", "--out", str(folder / "failed"), *OPTIONS])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
