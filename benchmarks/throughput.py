"""Tokens per second and peak memory in training, for each model and with each means on and off.

    python benchmarks/throughput.py --models bahdanau transformer --sizes reference --steps 10 --json

Trains on the real Multi30k, German to English (``S2S_DATA_DIR`` names a folder with a copy). All combinations
run in one process and take turns batch by batch, so that whatever slows the machine slows all alike; memory
is measured before, each in a process of its own. Beside it stands what a plain product of two matrices
reaches on the same threads. The sizes ``reference`` are those of a much used notebook on Bahdanau's
attention (embeddings 256, hidden units 512), which reaches 267 target tokens/s on a machine of this kind;
Transformers have 256 numbers, 3 layers each side, 8 heads and 512 in the feed-forward part.
"""

import argparse
import itertools
import json
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from s2s_course.data.batch import Batch, BucketedBatches, collate, encode_pairs
from s2s_course.data.corpora import multi30k
from s2s_course.models.attentional import AttentionalEncoderDecoder
from s2s_course.models.contract import EncoderDecoder
from s2s_course.models.registry import MODELS, is_transformer
from s2s_course.models.translator import Translator
from s2s_course.seeds import python_random
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.objectives import translation_loss
from s2s_course.training.step import train_step

SIZES = {  # of recurrent models, of Transformers
    "reference": (
        {"embed_size": 256, "hidden_size": 512},
        {"d_model": 256, "num_layers": 3, "num_heads": 8, "d_ff": 512},
    ),
    "small": (
        {"embed_size": 128, "hidden_size": 128},
        {"d_model": 128, "num_layers": 2, "num_heads": 4, "d_ff": 256},
    ),
}
REFERENCE_TOKENS_PER_S = 267  # of that notebook, measured on two cores with AVX512-BF16
MEANS = ("keys_once", "real_tokens_in_chunks", "token_buckets", "bf16", "fused_adam")
BATCH_SIZE, MAX_TOKENS = 128, 2_000


def keys_each_step(model: AttentionalEncoderDecoder) -> None:
    """Take the means ``keys_once`` away: project the encoder states again at every step."""
    attend = model.attend

    def again(query, state):
        object.__setattr__(state, "keys", model.attention.score.keys(state.memory))
        return attend(query, state)

    model.attend = again


class Run:
    """One model with some of the means, and how fast it has been so far."""

    def __init__(self, name: str, means: tuple[str, ...], sizes: str, data: "Data"):
        self.name, self.means = name, means
        recurrent, transformer = SIZES[sizes]
        of_model = transformer if is_transformer(name) else recurrent
        translator = Translator.build(name, data.src_codec, data.tgt_codec, seed=0, **of_model)
        self.model, self.parameters = translator.model, translator.num_parameters
        if "keys_once" not in means and isinstance(self.model, AttentionalEncoderDecoder):
            keys_each_step(self.model)
        self.loss_of: Callable[[EncoderDecoder, Batch], Tensor] = translation_loss
        if "real_tokens_in_chunks" in means:
            self.loss_of = FastTranslationLoss(bfloat16="bf16" in means)
        self.optimizer = torch.optim.Adam(self.model.parameters(), fused="fused_adam" in means)
        self.batches = data.buckets() if "token_buckets" in means else data.random_batches()
        self.rates: list[float] = []

    def step(self, *, counts: bool) -> None:
        batch = next(self.batches)
        start = time.perf_counter()
        loss, _ = train_step(self.model, batch, self.optimizer, self.loss_of, clip_norm=1.0)
        loss.item()  # waits for the device
        if counts:
            self.rates.append(batch.num_targets / (time.perf_counter() - start))


class Data:
    """Multi30k, encoded once."""

    def __init__(self):
        corpus = multi30k("de", "en")
        self.src_codec, self.tgt_codec = corpus.codecs(min_frequency=2)
        self.pairs = encode_pairs(corpus["train"], self.src_codec, self.tgt_codec)

    def buckets(self) -> Iterator[Batch]:
        return BucketedBatches(self.pairs, max_tokens=MAX_TOKENS, seed=0).epoch(0)

    def random_batches(self) -> Iterator[Batch]:
        """128 sentences of any length, as most notebooks take them."""
        order = list(range(len(self.pairs)))
        python_random(0, "throughput").shuffle(order)
        for start in range(0, len(order), BATCH_SIZE):
            yield collate([self.pairs[i] for i in order[start : start + BATCH_SIZE]])


def combinations(name: str) -> list[tuple[str, ...]]:
    """No means; one more at a time, in the order of ``MEANS``; and all but each one."""
    has_keys = issubclass(MODELS[name][0], AttentionalEncoderDecoder)
    usable = [means for means in MEANS if has_keys or means != "keys_once"]
    ladder = [tuple(usable[:count]) for count in range(len(usable) + 1)]
    without = [tuple(m for m in usable if m != left_out) for left_out in usable]
    chosen = dict.fromkeys(ladder + without)
    # bf16 belongs to the fast loss here
    return [means for means in chosen if "bf16" not in means or "real_tokens_in_chunks" in means]


def matmul_gflops(size: int = 1024, repeats: int = 20) -> float:
    a, b = torch.randn(size, size), torch.randn(size, size)
    a @ b
    start = time.perf_counter()
    for _ in range(repeats):
        a @ b
    return repeats * 2 * size**3 / (time.perf_counter() - start) / 1e9


def gflop_per_token(name: str, sizes: str, data: Data) -> float:
    """Matrix products of forward and backward on one bucket, counted by torch, per real target token."""
    from torch.utils.flop_counter import FlopCounterMode

    run = Run(name, MEANS, sizes, data)
    batch = next(run.batches)
    with FlopCounterMode(display=False) as counter:
        translation_loss(run.model, batch).backward()
    return counter.get_total_flops() / batch.num_targets / 1e9


def peak_mib(name: str, means: tuple[str, ...], sizes: str, steps: int, threads: int) -> float:
    """Largest resident memory of a fresh process that trains for ``steps``."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_train_alone, (name, means, sizes, steps, threads))


def _train_alone(name: str, means: tuple[str, ...], sizes: str, steps: int, threads: int) -> float:
    torch.set_num_threads(threads)
    run = Run(name, means, sizes, Data())
    for _ in range(steps):
        run.step(counts=False)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(names: list[str], sizes: str, *, steps: int, threads: int, memory: bool) -> list[dict]:
    wanted = [(name, means) for name in names for means in combinations(name)]
    # before this process grows: a child's largest size begins with that of its parent
    peaks = {each: peak_mib(*each, sizes, 3, threads) for each in wanted} if memory else {}
    data = Data()
    runs = [Run(name, means, sizes, data) for name, means in wanted]
    gflops = [matmul_gflops()]
    for step in range(steps + 1):
        for run in runs:
            run.step(counts=step > 0)
        gflops.append(matmul_gflops())
    plain, cost = statistics.median(gflops), {name: gflop_per_token(name, sizes, data) for name in names}
    rows = []
    for run in runs:
        rate = statistics.median(run.rates)
        rows.append(
            {
                "model": run.name,
                "means": list(run.means),
                "parameters": run.parameters,
                "tokens_per_s": round(rate, 1),
                "times_reference": round(rate / REFERENCE_TOKENS_PER_S, 2),
                "peak_mib": round(peaks[run.name, run.means]) if memory else None,
                "matmul_gflops": round(plain, 1),
                "share_of_matmul": round(rate * cost[run.name] / plain, 3),
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--models", nargs="+", choices=list(MODELS), default=["bahdanau", "luong-dot", "transformer"]
    )
    parser.add_argument("--sizes", choices=list(SIZES), default="reference")
    parser.add_argument("--steps", type=int, default=10, help="batches of each combination that count")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-memory", action="store_true", help="leave the memory out, which takes long")
    parser.add_argument("--json", action="store_true", help="print one list of objects")
    arguments = parser.parse_args()
    for name in ("steps", "threads"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} must be at least 1, got {getattr(arguments, name)}")
    torch.set_num_threads(arguments.threads)
    rows = measure(
        arguments.models, arguments.sizes, steps=arguments.steps, threads=arguments.threads,
        memory=not arguments.no_memory,
    )  # fmt: skip
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return
    for name, group in itertools.groupby(rows, key=lambda row: row["model"]):
        group = list(group)
        print(f"{name}: {group[0]['parameters']:,} parameters")
        for row in group:
            memory = "" if row["peak_mib"] is None else f"{row['peak_mib']:6,} MiB  "
            print(
                f"  {row['tokens_per_s']:8,.0f} tokens/s  {row['times_reference']:5.1f} x reference  {memory}"
                f"{row['share_of_matmul']:4.0%} of {row['matmul_gflops']:.0f} GFLOP/s  "
                f"{', '.join(row['means']) or 'none of the means'}"
            )


if __name__ == "__main__":
    main()
