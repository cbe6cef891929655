"""How the threads of torch should wait for each other: training alone, and beside another busy process.

    python benchmarks/waiting.py --rounds 5 --seconds 4

A Transformer of the usual sizes is trained in one process for each way of waiting. The processes take turns,
first alone, then beside a process that keeps one core busy, so that whatever slows the machine slows all
alike; what counts is the median over the rounds. The machine must have nothing else to do. ``s2s`` takes the
way that ``SPINS`` names in s2s_course/cli/__init__.py, unless the environment says otherwise.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

# What the environment says when torch is loaded; the first is what torch does by itself.
WAYS = {
    "as torch comes": {},
    "passive": {"OMP_WAIT_POLICY": "passive"},
    "spins 1,000 times": {"GOMP_SPINCOUNT": "1000"},
}
LOADS = ("alone", "beside another")


def train(threads: int) -> None:
    """For every line on standard input, train for that many seconds and print target tokens a second."""
    import torch

    from s2s_course.data.batch import BucketedBatches, encode_pairs
    from s2s_course.data.grammar import grammar_corpus
    from s2s_course.models.translator import Translator
    from s2s_course.training.recipe import recipe_of
    from s2s_course.training.step import train_step

    torch.set_num_threads(threads)
    corpus = grammar_corpus(train=1_000, validation=0, test=0, longer=0, compositional=0)
    recipe = recipe_of("transformer", device="cpu", tokens=1e6)
    codecs = corpus.codecs()
    model = Translator.build("transformer", *codecs, seed=0).model
    optimizer = recipe.optimizer(model.parameters(), lr=1e-4)
    batches = [*BucketedBatches(encode_pairs(corpus["train"], *codecs), max_tokens=2_000).epoch(0)]
    train_step(model, batches[0], optimizer, recipe.loss_of, 1.0)  # the first takes longer
    print("ready", flush=True)
    for line in sys.stdin:
        start, tokens, step = time.perf_counter(), 0, 0
        while time.perf_counter() - start < float(line):
            batch = batches[step % len(batches)]
            train_step(model, batch, optimizer, recipe.loss_of, 1.0)
            tokens, step = tokens + batch.num_targets, step + 1
        print(tokens / (time.perf_counter() - start), flush=True)


class Trainer:
    """A process that trains when it is told to, and sleeps in between."""

    def __init__(self, way: dict[str, str], threads: int):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_", "KMP_"))}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--train", str(threads)], env=inherited | way,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._answer()

    def tokens_per_s(self, seconds: float) -> float:
        print(seconds, file=self.process.stdin, flush=True)
        return float(self._answer())

    def _answer(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a process that trains has ended: see its message above")
        return line


@contextmanager
def busy(load: str) -> Iterator[None]:
    """The machine under ``load``."""
    other = None if load == LOADS[0] else subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        if other is not None:
            other.kill()
            other.wait()


def measure(threads: int, rounds: int, seconds: float) -> list[dict]:
    """The median rate under each load of one thread, and of ``threads`` for each way to wait."""
    wanted = [(1, "as torch comes")] + [(threads, name) for name in WAYS if threads > 1]
    trainers, rates = [], defaultdict(list)
    try:
        for count, name in wanted:
            trainers.append(Trainer(WAYS[name], count))
        for _, load in itertools.product(range(rounds), LOADS):
            with busy(load):
                for each, trainer in zip(wanted, trainers, strict=True):
                    rates[each, load].append(trainer.tokens_per_s(seconds))
    finally:
        for trainer in trainers:
            trainer.process.kill()
            trainer.process.wait()
    return [
        {"threads": count, "waiting": name}
        | {load: round(statistics.median(rates[(count, name), load])) for load in LOADS}
        for count, name in wanted
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of training at a time")
    parser.add_argument("--json", action="store_true", help="print one list of objects")
    parser.add_argument("--train", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.train is not None:
        train(arguments.train)
        return
    for name in ("threads", "rounds", "seconds"):
        if not getattr(arguments, name) > 0:
            parser.error(f"--{name} must be more than 0, got {getattr(arguments, name)}")
    rows = measure(arguments.threads, arguments.rounds, arguments.seconds)
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return
    usual = rows[min(1, len(rows) - 1)]  # what torch does with all threads
    for row in rows:
        told = (f"{load} {row[load]:6,} tokens/s ({row[load] / usual[load]:.2f} times)" for load in LOADS)
        print(f"{row['threads']} threads, {row['waiting']:18} " + "  ".join(told))


if __name__ == "__main__":
    main()
