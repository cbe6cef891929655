"""Target tokens a second in training: our models, two baselines, and our models with one means off at a time.

    python benchmarks/training.py --rows transformer torch-nn-transformer --seconds 3 --rounds 6

Trains on the real Multi30k, German to English (``S2S_DATA_DIR`` names a folder with a copy). All rows run in
one process and take turns, a window of some seconds each, so that whatever slows the machine slows all alike;
a figure is the median of the windows. Beside it stands which share it is of what a product of two matrices of
1024 x 1024 in float32 reaches on the same threads, measured between the windows. Sizes are those of a much
used notebook on Bahdanau's attention (embeddings 256, hidden units 512); Transformers have 256 numbers, 3
layers each side, 8 heads and 512 in the feed-forward part. Rows in bfloat16 are left out where there is no
hardware for it.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from baselines import PlainBahdanau, TorchTransformer, plain_loss
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from s2s_course.data.batch import Batch, BucketedBatches, collate, encode_pairs
from s2s_course.data.corpora import multi30k
from s2s_course.devices import has_fast_bfloat16
from s2s_course.models.attentional import AttentionalEncoderDecoder
from s2s_course.models.registry import MODELS, is_transformer
from s2s_course.models.translator import Translator
from s2s_course.seeds import python_random
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.objectives import translation_loss
from s2s_course.training.step import train_step

OF_TRANSFORMER = {"d_model": 256, "num_layers": 3, "num_heads": 8, "d_ff": 512}
OF_RECURRENT = {"embed_size": 256, "hidden_size": 512}
BATCH_SIZE, MAX_TOKENS = 128, 2_000
OURS = ("transformer", "bahdanau", "luong-general", "gru")
BASELINES = {
    "torch-nn-transformer": (TorchTransformer, OF_TRANSFORMER),
    "plain-bahdanau": (PlainBahdanau, OF_RECURRENT),
}
MEANS = {
    "token buckets": "batches of 2,000 target tokens, of like lengths; without: 128 sentences of any length",
    "real tokens": "logits of real tokens only, in chunks; without: in one piece",
    "keys once": "the source is projected once; without: at every step of the decoder",
    "fused Adam": "all weights updated in one call; without: one after the other",
}


@dataclass(frozen=True)
class Row:
    """A model, the means that it is trained with, and whether products are in bfloat16."""

    model: str
    means: tuple[str, ...]
    bfloat16: bool = False

    @property
    def name(self) -> str:
        off = (
            []
            if self.model in BASELINES
            else [each for each in means_of(self.model) if each not in self.means]
        )
        return "-".join([self.model, *(["bf16"] if self.bfloat16 else [])]) + "".join(
            f", without {each}" for each in off
        )


def means_of(model: str) -> tuple[str, ...]:
    """The means that this model of ours can be trained with."""
    lacks = {"keys once"} if not issubclass(MODELS[model][0], AttentionalEncoderDecoder) else set()
    return tuple(each for each in MEANS if each not in lacks)


def rows() -> list[Row]:
    """Baselines; our models with all means, in bfloat16 too where that is fast; and with one means off."""
    found = [Row("torch-nn-transformer", ("token buckets",)), Row("plain-bahdanau", ())]
    found += [Row(name, means_of(name)) for name in OURS]
    if has_fast_bfloat16("cpu"):
        found += [Row(name, means_of(name), bfloat16=True) for name in OURS]
    for name in OURS:
        found += [Row(name, tuple(m for m in means_of(name) if m != off)) for off in means_of(name)]
    return found


class Data:
    """Multi30k, encoded once."""

    def __init__(self):
        corpus = multi30k("de", "en")
        self.codecs = corpus.codecs(min_frequency=2)
        self.pairs = encode_pairs(corpus["train"], *self.codecs)

    def batches(self, means: tuple[str, ...]) -> Iterator[Batch]:
        """Of one epoch after the other."""
        buckets = BucketedBatches(self.pairs, max_tokens=MAX_TOKENS, seed=0)
        epoch = 0
        while True:
            yield from buckets.epoch(epoch) if "token buckets" in means else self._of_any_length(epoch)
            epoch += 1

    def _of_any_length(self, epoch: int) -> Iterator[Batch]:
        order = python_random(epoch, "training").sample(self.pairs, len(self.pairs))
        for start in range(0, len(order), BATCH_SIZE):
            yield collate(order[start : start + BATCH_SIZE])


class Training:
    """A row that trains, and how fast it has been in each window so far."""

    def __init__(self, row: Row, data: Data):
        self.row, means = row, row.means
        torch.manual_seed(0)
        self.loss_of: Callable[[nn.Module, Batch], Tensor] = translation_loss
        if row.model in BASELINES:
            of_class, sizes = BASELINES[row.model]
            self.model = of_class(*(len(codec.vocab) for codec in data.codecs), **sizes)
            self.loss_of = plain_loss
        else:
            sizes = OF_TRANSFORMER if is_transformer(row.model) else OF_RECURRENT
            self.model = Translator.build(row.model, *data.codecs, seed=0, **sizes).model
            if "keys once" not in means and isinstance(self.model, AttentionalEncoderDecoder):
                keys_each_step(self.model)
            if "real tokens" in means:
                self.loss_of = FastTranslationLoss(bfloat16=row.bfloat16)
        self.optimizer = torch.optim.Adam(self.model.parameters(), fused="fused Adam" in means)
        self.batches = data.batches(means)
        self.rates: list[float] = []

    def step(self) -> int:
        """One step; how many target tokens it had."""
        batch = next(self.batches)
        loss, _ = train_step(self.model, batch, self.optimizer, self.loss_of, clip_norm=1.0)
        loss.item()
        return batch.num_targets

    def window(self, seconds: float) -> None:
        """Train for ``seconds``, one step at least."""
        start, tokens = time.perf_counter(), 0
        while not tokens or time.perf_counter() - start < seconds:
            tokens += self.step()
        self.rates.append(tokens / (time.perf_counter() - start))

    def gflop_per_token(self) -> float:
        """Matrix products of forward and backward, counted by torch, per real target token."""
        batch = next(self.batches)
        loss_of = plain_loss if self.row.model in BASELINES else translation_loss  # whose products it sees
        with FlopCounterMode(display=False) as counter:
            loss_of(self.model, batch).backward()
        self.optimizer.zero_grad()
        return counter.get_total_flops() / batch.num_targets / 1e9


def keys_each_step(model: AttentionalEncoderDecoder) -> None:
    """Take the means "keys once" away: project the encoder states again at every step."""
    attend = model.attend

    def again(query, state):
        object.__setattr__(state, "keys", model.attention.score.keys(state.memory))
        return attend(query, state)

    model.attend = again


def product_gflops(size: int = 1024, repeats: int = 20) -> float:
    """Billions of operations a second in the product of two matrices."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    a @ b
    start = time.perf_counter()
    for _ in range(repeats):
        a @ b
    return repeats * 2 * size**3 / (time.perf_counter() - start) / 1e9


def measure(wanted: list[Row], *, rounds: int, seconds: float) -> tuple[list[dict], float]:
    """A dictionary for each of the ``wanted`` rows, and the machine's own product, in GFLOP/s."""
    data = Data()
    trainings = [Training(row, data) for row in wanted]
    costs = [training.gflop_per_token() for training in trainings]
    for training in trainings:
        training.step()  # the first takes longer
    products = []
    for _ in range(rounds):
        for training in trainings:
            training.window(seconds)
            products.append(product_gflops(repeats=4))
    product = statistics.median(products)
    found = []
    for training, cost in zip(trainings, costs, strict=True):
        rate = statistics.median(training.rates)
        found.append(
            {
                "name": training.row.name,
                "model": training.row.model,
                "means": list(training.row.means),
                "bfloat16": training.row.bfloat16,
                "tokens_per_s": round(rate, 1),
                "slowest_and_fastest_window": [round(min(training.rates), 1), round(max(training.rates), 1)],
                "mflop_per_token": round(cost * 1e3, 2),
                "share_of_product": round(rate * cost / product, 3),
            }
        )
    return found, product


def peak_mib(row: Row, threads: int) -> float:
    """Largest resident memory of a fresh process that takes three steps."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_train_alone, (row, threads))


def _train_alone(row: Row, threads: int) -> float:
    torch.set_num_threads(threads)
    training = Training(row, Data())
    for _ in range(3):
        training.step()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="+", metavar="NAME", help="some rows only, by name: see --list")
    parser.add_argument("--list", action="store_true", help="print the names of all rows")
    parser.add_argument("--rounds", type=int, default=6, help="windows of each row")
    parser.add_argument("--seconds", type=float, default=3.0, help="of a window")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    for name in ("rounds", "seconds", "threads"):
        if not getattr(arguments, name) > 0:
            parser.error(f"--{name} must be more than 0, got {getattr(arguments, name)}")
    by_name = {row.name: row for row in rows()}
    if arguments.list:
        print(*by_name, sep="\n")
        return
    if unknown := [name for name in arguments.rows or [] if name not in by_name]:
        parser.error(f"--rows must be among those of --list, got {', '.join(unknown)}")
    torch.set_num_threads(arguments.threads)
    wanted = [by_name[name] for name in arguments.rows or by_name]
    found, product = measure(wanted, rounds=arguments.rounds, seconds=arguments.seconds)
    print(json.dumps({"product_gflops": round(product, 1), "training": found}, indent=1))


if __name__ == "__main__":
    main()
