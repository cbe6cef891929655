"""Sentences a second in decoding: one at a time, in batches, and with a beam.

    s2s train --model transformer --data multi30k --src de --tgt en --minutes 10 --out runs/transformer
    python benchmarks/decoding.py runs/transformer --json

Takes trained models, since one that has learned nothing never stops. All ways take turns on the same sources,
the first of the test split of Multi30k, sorted by length inside ``translate``; a figure is the median of the
rounds. An unpublished probe of the same size reached, on two cores, 56 sentences/s one at a
time, 332 greedily in batches of 100, and 82 with a beam of 5.
"""

import argparse
import json
import statistics
import time
from functools import partial
from pathlib import Path

import torch

from s2s_course.data.corpora import multi30k
from s2s_course.decoding.beam import beam_search
from s2s_course.decoding.translate import translate
from s2s_course.training.checkpoint import load_checkpoint

WAYS = {
    "one at a time": {"batch_size": 1},
    "batches of 100": {"batch_size": 100},
    "batches of 100, beam 5": {"batch_size": 100, "search": partial(beam_search, beam_size=5)},
}
SHARE = {"one at a time": 0.1}  # of the sentences, where all would take long


def measure(folders: list[Path], *, sentences: int, rounds: int) -> list[dict]:
    runs = []
    for folder in folders:
        translator, _ = load_checkpoint(folder)
        languages = translator.src_codec.tokenizer.language, translator.tgt_codec.tokenizer.language
        texts = [pair.src for pair in multi30k(*languages)["test"]][:sentences]
        for way, choices in WAYS.items():
            some = texts[: max(1, int(SHARE.get(way, 1) * len(texts)))]
            run = partial(translate, translator, some, **choices)
            runs.append((str(folder), translator.name, way, len(some), run, []))
    for turn in range(rounds + 1):
        for *_, count, run, rates in runs:
            start = time.perf_counter()
            run()
            if turn > 0:  # the first turn warms up
                rates.append(count / (time.perf_counter() - start))
    return [
        {
            "checkpoint": folder,
            "model": name,
            "way": way,
            "sentences_per_s": round(statistics.median(rates), 1),
        }
        for folder, name, way, _, _, rates in runs
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", nargs="+", type=Path, help="folders that `s2s train --out` wrote")
    parser.add_argument("--sentences", type=int, default=1_000, help="how many of the test split")
    parser.add_argument("--rounds", type=int, default=3, help="turns that count")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print one list of objects")
    arguments = parser.parse_args()
    for name in ("sentences", "rounds", "threads"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} must be at least 1, got {getattr(arguments, name)}")
    torch.set_num_threads(arguments.threads)
    rows = measure(arguments.checkpoints, sentences=arguments.sentences, rounds=arguments.rounds)
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print(f"{row['sentences_per_s']:8,.1f} sentences/s  {row['model']:12s} {row['way']}")


if __name__ == "__main__":
    main()
