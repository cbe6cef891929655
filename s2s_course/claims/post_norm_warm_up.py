"""Does post-norm need warm-up, and pre-norm not?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.data.batch import BucketedBatches, batches_by_length, encode_pairs
from s2s_course.data.toy import reverse_pairs
from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.loop import fit
from s2s_course.training.schedule import WarmUpAndDecay
from s2s_course.training.validation import mean_loss

NORMS = {"post": False, "pre": True}
LEARNING_RATE = 5e-3
LAYERS: dict[Scale, int] = {"smoke": 1, "quick": 6, "full": 12}
STEPS: dict[Scale, int] = {"smoke": 2, "quick": 500, "full": 5_000}
TOO_HIGH = 0.1  # above this many nats a task is not learned; guessing among ten symbols gives 2.2


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Validation loss for each place of the norm, with warm-up over a fifth of the steps and without."""
    pairs, values = reverse_pairs(4_300, seed=0), {}
    tokenizer = WordTokenizer("en")
    codec = TextCodec.build(tokenizer, (pair.src for pair in pairs))
    train, validation = encode_pairs(pairs[300:], codec, codec), encode_pairs(pairs[:300], codec, codec)
    for norm, norm_first in NORMS.items():
        for start, warm_up in (("warm_up", STEPS[scale] // 5), ("at_once", 0)):
            translator = Translator.build(
                "transformer", codec, codec, seed=seed, d_model=64, num_heads=4, d_ff=128,
                num_layers=LAYERS[scale], dropout=0.0, norm_first=norm_first,
            )  # fmt: skip
            fit(
                translator.model, BucketedBatches(train, max_tokens=600, seed=seed), steps=STEPS[scale],
                schedule=WarmUpAndDecay(warm_up, steps=STEPS[scale]), learning_rate=LEARNING_RATE,
                seed=seed, loss_of=FastTranslationLoss(), progress_bar=False,
            )  # fmt: skip
            values[f"{norm}_{start}"] = mean_loss(translator.model, batches_by_length(validation))
    return values


CLAIM = Claim(
    id="post-norm-warm-up",
    chapter=9,
    title="A deep post-norm Transformer needs warm-up",
    statement="At a rate that pre-norm learns with from the first step, a deep Transformer with the norm "
    "after each part learns only if the rate warms up.",
    source="Xiong et al. 2020, sections 3 and 4, who say that post-norm needs warm-up and pre-norm does not",
    conditions="Reversing 3 to 10 symbols, ten kinds of them; 6 layers each side, 64 numbers, 4 heads; 500 "
    "steps of at most 600 tokens, Adam with a highest rate of 0.005 for all, reached after 100 steps or at "
    "once, then falling to 0; gradients clipped to norm 1. Learned means at most 0.1 nats a symbol on 300 "
    "other sequences. Other rates were not tried.",
    experiment=experiment,
    clauses=(
        More(
            "Norm after, full rate at once: it does not learn.",
            "post_at_once",
            TOO_HIGH,
            unit="nats a symbol",
            digits=2,
        ),
        More(
            "Norm after, with warm-up: it learns.", TOO_HIGH, "post_warm_up", unit="nats a symbol", digits=3
        ),
        More(
            "Norm before, with warm-up: it learns.", TOO_HIGH, "pre_warm_up", unit="nats a symbol", digits=3
        ),
        More(
            "Norm before, full rate at once: it learns.",
            TOO_HIGH,
            "pre_at_once",
            unit="nats a symbol",
            digits=3,
        ),
    ),
    figures=(
        Bars(
            "validation loss (nats a symbol)",
            {
                "post_warm_up": "norm after, warm-up",
                "post_at_once": "norm after, at once",
                "pre_warm_up": "norm before, warm-up",
                "pre_at_once": "norm before, at once",
            },
            digits=2,
        ),
    ),
    family="transformer",
)
