"""What the experiments of part III share: the same data, steps, schedule and choice of rate for all."""

from functools import cache

from s2s_course.claims.claim import Scale
from s2s_course.claims.translation_tasks import BUDGETS, corpus_of
from s2s_course.data.batch import BucketedBatches, batches_by_length, encode_pairs
from s2s_course.models.registry import is_transformer
from s2s_course.models.translator import Translator
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.label_smoothing import SmoothedTranslationLoss
from s2s_course.training.loop import fit
from s2s_course.training.schedule import WarmUpAndDecay
from s2s_course.training.validation import mean_loss

RATES = (2e-3, 4e-3, 8e-3, 1.6e-2)
WARM_UP = 0.1  # of all steps
SEED_OF_CHOICE = 100  # not among those that are measured
SIZES: dict[Scale, dict] = {
    "smoke": {"d_model": 8, "num_heads": 4, "d_ff": 12, "num_layers": 2, "dropout": 0.0},
    "quick": {"d_model": 128, "num_heads": 4, "d_ff": 256, "num_layers": 2, "dropout": 0.0},
    "full": {"d_model": 256, "num_heads": 8, "d_ff": 1024, "num_layers": 4, "dropout": 0.1},
}
CONDITIONS = (
    "The grammar corpus, 20,000 English–French pairs of 3 to 14 words; 900 steps of at most 800 tokens, "
    "padding included, the same batches, Adam with a rate that rises for 90 steps and then falls in a "
    "straight line to 0. The highest rate of each model is the best of 0.002, 0.004, 0.008 and 0.016 on "
    "validation data, for a seed that is not measured. None has converged. Greedy search. "
)
TRANSFORMER = (
    "Transformers have 2 layers each side, 128 numbers, 4 heads, 256 inside the feed-forward part, "
    "pre-norm, no dropout, no tied weights. "
)
RECURRENT = "Recurrent models have embeddings of 96 numbers and one layer of 128 units. "


@cache
def trained(
    scale: Scale, seed: int, name: str, *, rate: float | None = None, warm_up: float = WARM_UP,
    smoothing: float = 0.0, **choices,
) -> Translator:  # fmt: skip
    """The model ``name`` after its budget, at its best rate or at ``rate``; kept for whoever asks again."""
    budget, translator = BUDGETS[scale], built(scale, seed, name, **choices)
    encoded = encode_pairs(corpus_of(scale)["train"], translator.src_codec, translator.tgt_codec)
    fit(
        translator.model,
        BucketedBatches(encoded, max_tokens=800, seed=seed),
        steps=budget.steps,
        learning_rate=best_rate(scale, name) if rate is None else rate,
        schedule=WarmUpAndDecay(int(warm_up * budget.steps), steps=budget.steps),
        seed=seed,
        progress_bar=False,
        loss_of=SmoothedTranslationLoss(smoothing=smoothing) if smoothing else FastTranslationLoss(),
    )
    return translator


def built(scale: Scale, seed: int, name: str, **choices) -> Translator:
    """The model ``name`` before its first step."""
    budget = BUDGETS[scale]
    recurrent = {"embed_size": budget.embed_size, "hidden_size": budget.hidden_size}
    # the recurrent models of the course do not tie their weights either
    sizes = {**SIZES[scale], "tied": False} if is_transformer(name) else recurrent
    return Translator.build(name, *corpus_of(scale).codecs(), seed=seed, **{**sizes, **choices})


@cache
def best_rate(scale: Scale, name: str, **choices) -> float:
    """The rate of ``RATES`` with which the model ``name`` does best on validation data."""

    def loss(rate: float) -> float:
        return validation_loss(scale, trained(scale, SEED_OF_CHOICE, name, rate=rate, **choices))

    return min(RATES, key=loss)


def validation_loss(scale: Scale, translator: Translator) -> float:
    """Nats per target token on the validation split."""
    pairs = corpus_of(scale)["validation"]
    encoded = encode_pairs(pairs, translator.src_codec, translator.tgt_codec)
    return mean_loss(translator.model, batches_by_length(encoded))
