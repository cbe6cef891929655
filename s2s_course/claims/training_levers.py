"""What does each of four means save in a step of training?

A means is taken away by putting what it replaces back into its place; the mathematics stays.
"""

from collections.abc import Callable, Iterable

from torch import nn

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.timing import milliseconds, on_threads
from s2s_course.data.batch import Batch, BucketedBatches, Encoded, collate
from s2s_course.layers.dropout import Dropout
from s2s_course.models.attentional import AttentionalEncoderDecoder
from s2s_course.models.registry import build_model, model_config
from s2s_course.seeds import python_random
from s2s_course.training.contract import LossOf
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.objectives import translation_loss

PAIRS: dict[Scale, int] = {"smoke": 8, "quick": 256, "full": 2_000}
ROWS: dict[Scale, int] = {"smoke": 4, "quick": 128, "full": 128}  # of a batch of any length
VOCABULARY: dict[Scale, int] = {"smoke": 12, "quick": 6_000, "full": 6_000}
TRANSFORMER: dict[Scale, dict[str, int]] = {
    "smoke": {"d_model": 4, "num_heads": 1, "d_ff": 4, "num_layers": 1},
    "quick": {"d_model": 256, "num_heads": 8, "d_ff": 512, "num_layers": 2},
    "full": {"d_model": 256, "num_heads": 8, "d_ff": 512, "num_layers": 3},
}
BAHDANAU: dict[Scale, dict[str, int]] = {
    "smoke": {"embed_size": 4, "hidden_size": 4},
    "quick": {"embed_size": 128, "hidden_size": 256},
    "full": {"embed_size": 256, "hidden_size": 512},
}
REPEATS: dict[Scale, int] = {"smoke": 1, "quick": 3, "full": 15}
LEVERS = {
    "buckets": "batches of sentences of like length",
    "keys": "keys of the source made once",
    "real": "logits of real tokens only",
    "bytes": "dropout from random bytes",
}


def keys_each_step(model: AttentionalEncoderDecoder) -> None:
    """Let ``model`` project the encoder states again at every step of the decoder."""
    attend = model.attend

    def again(query, state):
        object.__setattr__(state, "keys", model.attention.score.keys(state.memory))
        return attend(query, state)

    model.attend = again


def dropout_of_torch(model: nn.Module) -> None:
    """Let ``model`` draw its dropout as torch does."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, Dropout):
                setattr(module, name, nn.Dropout(child.p))


def step(model: nn.Module, batches: Iterable[Batch], loss_of: LossOf) -> Callable[[], None]:
    """A task: the gradient of each of ``batches``."""
    batches = list(batches)

    def run() -> None:
        for batch in batches:
            model.zero_grad()
            loss_of(model, batch).backward()

    return run


def sentences(scale: Scale, seed: int) -> list[Encoded]:
    """Pairs of random words with the lengths of short descriptions: mostly 8 to 20 words, a few of 40."""
    random = python_random(seed, "training levers")
    longest = 6 if scale == "smoke" else 40

    def length() -> int:
        return max(2, min(longest, round(random.lognormvariate(2.5, 0.4))))

    def words(count: int) -> list[int]:
        return [random.randrange(4, VOCABULARY[scale]) for _ in range(count)]

    lengths = [length() for _ in range(PAIRS[scale])]
    return [(words(n), words(max(2, n + random.randint(-2, 2)))) for n in lengths]


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Milliseconds with each means and without it, and how many times the first goes into the second."""
    pairs, sizes = sentences(scale, seed), {"smoke": 40, "quick": 2_000, "full": 2_000}
    vocabulary = {"src_vocab_size": VOCABULARY[scale], "tgt_vocab_size": VOCABULARY[scale]}

    def model(name: str, **choices: int | float) -> nn.Module:
        of_name = TRANSFORMER if name == "transformer" else BAHDANAU
        config = model_config(name, **vocabulary, **of_name[scale], **choices)
        return build_model(name, config, seed=seed).train()

    buckets = list(BucketedBatches(pairs, max_tokens=sizes[scale], seed=seed).epoch(0))
    rows = ROWS[scale]
    mixed = [collate(pairs[start : start + rows]) for start in range(0, len(pairs), rows)]
    fast, one = FastTranslationLoss(), max(buckets, key=lambda batch: batch.num_targets)
    again, of_torch = model("bahdanau"), model("transformer")
    keys_each_step(again)
    dropout_of_torch(of_torch)
    undropped = model("transformer", dropout=0.0)
    tasks = {
        "buckets_with": step(undropped, buckets, fast),
        "buckets_without": step(undropped, mixed, fast),
        "keys_with": step(model("bahdanau"), [one], fast),
        "keys_without": step(again, [one], fast),
        "real_with": step(undropped, mixed[:1], fast),
        "real_without": step(undropped, mixed[:1], translation_loss),
        "bytes_with": step(model("transformer"), [one], fast),
        "bytes_without": step(of_torch, [one], fast),
    }
    values = milliseconds({name: on_threads(1, task) for name, task in tasks.items()}, repeats=REPEATS[scale])
    for lever in LEVERS:
        values[f"{lever}_gain"] = values[f"{lever}_without"] / values[f"{lever}_with"]
    return values


CLAIM = Claim(
    id="training-levers",
    chapter=9,
    title="Four means that make a step of training faster",
    statement="Each of four means makes a step of training at least a tenth faster: batches of sentences of "
    "like length, keys of the source that are made once, logits of real tokens only, and dropout from random "
    "bytes.",
    source="A count of what each leaves out: products with padding, a projection for each step of the "
    "decoder, random numbers",
    conditions="Sentences of random words, half of them with 9 to 16, and vocabularies of 6,000. A "
    "Transformer of 256 numbers, 8 heads and 2 layers each side; for the keys a Bahdanau model of 256 hidden "
    "units. Batches of like length hold up to 2,000 target tokens, batches of any length 128 sentences. "
    "Forward and backward, one core, each with and without the means in turns. Real tokens are compared in a "
    "batch of any length, where there is padding.",
    experiment=experiment,
    clauses=tuple(
        More(f"{text[0].upper()}{text[1:]}: at least 1.1 times as fast.", f"{lever}_gain", 1.1, digits=2)
        for lever, text in LEVERS.items()
    ),
    figures=(
        Bars(
            "times as fast with it",
            {f"{lever}_gain": text for lever, text in LEVERS.items()},
            digits=2,
        ),
    ),
    family="transformer",
    names={f"{lever}_with": f"milliseconds, {text}" for lever, text in LEVERS.items()}
    | {f"{lever}_without": f"milliseconds, without: {text}" for lever, text in LEVERS.items()},
)
