"""Is additive attention slower than a product, and is Bahdanau's order slower than Luong's?"""

from collections.abc import Callable

import torch

from s2s_course.claims.bahdanau_or_luong import MODELS
from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.timing import REPEATS, milliseconds, on_threads
from s2s_course.claims.translation_tasks import BUDGETS, corpus_of
from s2s_course.data.batch import Batch
from s2s_course.models.translator import Translator
from s2s_course.training.fast_loss import FastTranslationLoss

BATCH_SIZE, LENGTH = 57, 14  # about 800 tokens


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Milliseconds for a training step of each order with each score, and Bahdanau's over Luong's."""
    taken = step_times(scale, seed, MODELS)
    values = {f"{name}_ms": time for name, time in taken.items()}
    return values | {"ratio": taken["bahdanau_additive"] / taken["luong_general"]}


def step_times(scale: Scale, seed: int, models: dict[str, tuple[str, dict]]) -> dict[str, float]:
    """Milliseconds for the loss and its gradient on one batch, on one core, in turns."""
    budget, codecs = BUDGETS[scale], corpus_of(scale).codecs()
    sizes = dict(embed_size=budget.embed_size, hidden_size=budget.hidden_size)
    tasks = {
        name: on_threads(1, training_step(Translator.build(base, *codecs, seed=seed, **sizes, **choices)))
        for name, (base, choices) in models.items()
    }
    return milliseconds(tasks, repeats=REPEATS[scale])


def training_step(translator: Translator) -> Callable[[], None]:
    """A task: the loss and its gradient on one batch without padding, always the same."""
    model, loss_of = translator.model, FastTranslationLoss()
    shape, real = (BATCH_SIZE, LENGTH), torch.ones(BATCH_SIZE, LENGTH, dtype=torch.bool)
    src, tgt = (
        torch.arange(BATCH_SIZE * LENGTH).reshape(shape) % (len(codec.vocab) - 4) + 4
        for codec in (translator.src_codec, translator.tgt_codec)
    )
    batch = Batch.of(src, real, tgt, tgt, real)

    def run() -> None:
        model.zero_grad()
        loss_of(model, batch).backward()

    return run


CONDITIONS = (
    "128 units, embeddings of 96 numbers, encoders with one direction; loss and gradient of 57 sentences "
    "of 14 words on one core. Medians of 15 runs, taken in turns on a quiet processor."
)
CLAIM = Claim(
    id="attention-time",
    chapter=6,
    title="Bahdanau's attention is slower",
    statement="A training step takes longer with Bahdanau's additive attention than with Luong's general "
    "attention.",
    source="A sentence that one often reads; Luong et al. 2015, section 3.1, claim a simpler path of "
    "computation",
    conditions=CONDITIONS + " No input feeding.",
    experiment=experiment,
    clauses=(More("", "ratio", 1.0, unit="times", digits=2),),
    figures=(
        Bars(
            "milliseconds for a training step",
            {
                "bahdanau_additive_ms": "Bahdanau's order, additive",
                "bahdanau_general_ms": "Bahdanau's order, general",
                "luong_additive_ms": "Luong's order, additive (concat)",
                "luong_general_ms": "Luong's order, general",
            },
        ),
    ),
    names={
        "ratio": "time of a step, Bahdanau's additive over Luong's general",
    },
)
