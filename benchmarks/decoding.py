"""Sentences a second in decoding: one at a time, in batches, and with a beam.

    s2s train --model transformer --data multi30k --src de --tgt en --minutes 10 --out runs/transformer
    python benchmarks/decoding.py runs/transformer --json
    python benchmarks/decoding.py runs/transformer --against ../old-checkout

Takes trained models, since one that has learned nothing never stops. All ways take turns on the same sources,
the first of the test split of Multi30k, sorted by length inside ``translate``; a figure is the median of the
rounds. An unpublished probe of the same size reached, on two cores, 56 sentences/s one at a
time, 332 greedily in batches of 100, and 82 with a beam of 5.

With ``--against`` this checkout and another one take turns, each in a process that imports its own package.
The ratio is the median over the rounds, each round against its neighbor, so that whatever else the machine
does slows both.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WAYS = {
    "one at a time": {"batch_size": 1},
    "batches of 100": {"batch_size": 100},
    "batches of 100, beam 5": {"batch_size": 100, "beam_size": 5},
}
SHARE = {"one at a time": 0.1}  # of the sentences, where all would take long


def work(checkpoints: list[Path], *, sentences: int, threads: int) -> None:
    """Say what there is to run; then run whatever number comes in, and say how it went: lines of JSON.

    The package is the one that this process imports: the caller sets ``PYTHONPATH``.
    """
    import torch

    from s2s_course.data.corpora import multi30k
    from s2s_course.decoding.beam import beam_search
    from s2s_course.decoding.translate import translate
    from s2s_course.training.checkpoint import load_checkpoint

    torch.set_num_threads(threads)
    runs, about = [], []
    for folder in checkpoints:
        translator, _ = load_checkpoint(folder)
        languages = translator.src_codec.tokenizer.language, translator.tgt_codec.tokenizer.language
        texts = [pair.src for pair in multi30k(*languages)["test"]][:sentences]
        for way, choices in WAYS.items():
            some = texts[: max(1, int(SHARE.get(way, 1) * len(texts)))]
            options = {"batch_size": choices["batch_size"]}
            if "beam_size" in choices:
                options["search"] = partial(beam_search, beam_size=choices["beam_size"])
            runs.append((some, partial(translate, translator, some, **options)))
            about.append({"checkpoint": str(folder), "model": translator.name, "way": way})
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        some, run = runs[int(line)]
        start = time.perf_counter()
        outputs = run()
        rate = len(some) / (time.perf_counter() - start)
        print(json.dumps({"rate": rate, "outputs": outputs}), flush=True)


class Worker:
    """A process that translates with the package of one checkout."""

    def __init__(self, checkout: Path, arguments: argparse.Namespace):
        options = ["--sentences", str(arguments.sentences), "--threads", str(arguments.threads), "--work"]
        self.process = subprocess.Popen(
            [sys.executable, __file__, *map(str, arguments.checkpoints), *options],
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.runs = self._answer()

    def run(self, number: int) -> dict:
        """``rate``, in sentences a second, and ``outputs`` of one of ``runs``."""
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> list | dict:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(self.process.wait() or 1)
        return json.loads(line)


def measure(workers: list[Worker], *, rounds: int) -> Iterator[dict]:
    """For each way, the first worker's rate, and against the second one, if there is one, the ratio."""
    for number, about in enumerate(workers[0].runs):
        turns = [[worker.run(number) for worker in workers] for _ in range(rounds + 1)][1:]  # one to warm up
        rates = [statistics.median(turn[i]["rate"] for turn in turns) for i in range(len(workers))]
        row = {**about, "sentences_per_s": round(rates[0], 1)}
        if len(workers) == 2:
            mine, theirs = (turns[0][i]["outputs"] for i in range(2))
            row["against_sentences_per_s"] = round(rates[1], 1)
            row["ratio"] = round(statistics.median(turn[0]["rate"] / turn[1]["rate"] for turn in turns), 2)
            row["same_outputs"] = round(sum(a == b for a, b in zip(mine, theirs, strict=True)) / len(mine), 4)
        yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", nargs="+", type=Path, help="folders that `s2s train --out` wrote")
    parser.add_argument("--sentences", type=int, default=1_000, help="how many of the test split")
    parser.add_argument("--rounds", type=int, default=3, help="turns that count")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--against", type=Path, help="folder of another checkout, to take turns with")
    parser.add_argument("--json", action="store_true", help="print one list of objects")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)  # how the workers are started
    arguments = parser.parse_args()
    for name in ("sentences", "rounds", "threads"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} must be at least 1, got {getattr(arguments, name)}")
    if arguments.work:
        return work(arguments.checkpoints, sentences=arguments.sentences, threads=arguments.threads)
    checkouts = [HERE, *([arguments.against.resolve()] if arguments.against else [])]
    for checkout in checkouts:
        if not (checkout / "s2s_course").is_dir():
            parser.error(f"--against must be a checkout with a folder s2s_course, got {checkout}")
    rows = list(measure([Worker(checkout, arguments) for checkout in checkouts], rounds=arguments.rounds))
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        line = f"{row['sentences_per_s']:8,.1f} sentences/s  {row['model']:12s} {row['way']:23s}"
        if "ratio" in row:
            line += f" {row['ratio']:.2f} times {row['against_sentences_per_s']:,.1f}"
            line += f", {row['same_outputs']:.1%} of the outputs the same"
        print(line)


if __name__ == "__main__":
    main()
