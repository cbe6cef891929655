"""What does the cache of keys and values save when a sentence is written word by word?"""

import math
from collections.abc import Callable

import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Curves
from s2s_course.claims.timing import milliseconds, on_threads
from s2s_course.models.contract import evaluating
from s2s_course.models.registry import build_model, model_config
from s2s_course.models.transformer import Transformer

LENGTHS = (25, 50, 100, 200, 400)
SOURCE, BATCH_SIZE = 20, 8
SIZES: dict[Scale, dict[str, int]] = {
    "smoke": {"d_model": 4, "num_heads": 1, "d_ff": 4, "num_layers": 1},
    "quick": {"d_model": 128, "num_heads": 4, "d_ff": 256, "num_layers": 2},
    "full": {"d_model": 512, "num_heads": 8, "d_ff": 2048, "num_layers": 6},
}
REPEATS: dict[Scale, int] = {"smoke": 1, "quick": 3, "full": 10}


def with_cache(model: Transformer, src, src_mask, tokens) -> Callable[[], None]:
    """A task: read ``tokens`` one after the other, each with all that was kept."""

    def run() -> None:
        state = model.init_state(src, src_mask)
        for t in range(tokens.size(1)):
            _, state = model.step(tokens[:, t], state)

    return run


def without_cache(model: Transformer, src, src_mask, tokens) -> Callable[[], None]:
    """A task: the same, but with all tokens so far read again at every step. The source is read once."""

    def run() -> None:
        memory = model.encode(src, src_mask)
        for t in range(tokens.size(1)):
            model.to_logits(model.decode(memory, tokens[:, : t + 1], src_mask)[:, -1])

    return run


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Milliseconds to write a sentence of each length, both ways, and the exponents of their growth."""
    sizes = SIZES[scale]
    model = build_model(
        "transformer", model_config("transformer", src_vocab_size=500, tgt_vocab_size=500, **sizes), seed=seed
    )
    src = torch.arange(BATCH_SIZE * SOURCE).reshape(BATCH_SIZE, SOURCE) % 500
    src_mask = torch.ones_like(src, dtype=torch.bool)
    tasks = {}
    for length in LENGTHS:
        tokens = torch.arange(BATCH_SIZE * length).reshape(BATCH_SIZE, length) % 500
        for name, way in (("cache", with_cache), ("again", without_cache)):
            tasks[f"{name}_length_{length}"] = on_threads(1, way(model, src, src_mask, tokens))
    with evaluating(model), torch.inference_mode():
        values = milliseconds(tasks, repeats=REPEATS[scale])
    for name in ("cache", "again"):
        ratio = values[f"{name}_length_400"] / values[f"{name}_length_100"]
        values[f"{name}_exponent"] = math.log(ratio) / math.log(400 / 100)
    values["saved"] = values["again_length_400"] / values["cache_length_400"]
    return values


CLAIM = Claim(
    id="cache-time",
    chapter=9,
    title="A cache makes writing linear in time",
    statement="With a cache of keys and values the time to write a sentence grows in proportion to its "
    "length; without, with the square of its length.",
    source="The number of positions computed, t in total against t (t + 1) / 2",
    conditions="An untrained Transformer with 2 layers each side, 128 numbers, 4 heads; 8 sources of 20 "
    "words, 25 to 400 words written, one core. The encoder runs once in both ways; without the cache the "
    "keys and values of the source are made again at every step, too. Growth is an exponent between 100 and "
    "400: below 1.25 counts as proportional, above 1.75 as the square.",
    experiment=experiment,
    clauses=(
        More("With the cache the time grows in proportion to the length.", 1.25, "cache_exponent", digits=2),
        More("Without it the time grows with the square of the length.", "again_exponent", 1.75, digits=2),
    ),
    figures=(
        Curves(
            "milliseconds to write 8 sentences",
            {"cache_length_": "with the cache", "again_length_": "without"},
            xlabel="length (words)",
            at="{} words".format,
            log="xy",
        ),
    ),
    family="transformer",
    names={
        "cache_exponent": "growth with the length, as an exponent, with the cache",
        "again_exponent": "growth with the length, as an exponent, without",
        "saved": "time for 400 words, without the cache over with it",
    },
)
