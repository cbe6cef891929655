"""What does label smoothing do to BLEU, and what to perplexity?"""

import math

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.transformer_tasks import CONDITIONS, TRANSFORMER, trained, validation_loss
from s2s_course.claims.translation_tasks import bleu_on_test

SMOOTHING = 0.1


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU on the test split and perplexity on the validation split, without and with smoothing."""
    values = {}
    for name, smoothing in (("plain", 0.0), ("smoothed", SMOOTHING)):
        translator = trained(scale, seed, "transformer", smoothing=smoothing)
        values[f"{name}_bleu"] = bleu_on_test(scale, translator)
        values[f"{name}_perplexity"] = math.exp(validation_loss(scale, translator))
    return values


CLAIM = Claim(
    id="label-smoothing",
    chapter=9,
    title="Label smoothing: worse perplexity, better BLEU",
    statement="Label smoothing makes perplexity worse and BLEU better.",
    source="Vaswani et al. 2017, section 5.4",
    conditions=CONDITIONS + TRANSFORMER + "Smoothing 0.1, as in the paper; the rate was chosen without.",
    experiment=experiment,
    clauses=(
        More("Perplexity gets worse.", "smoothed_perplexity", "plain_perplexity", digits=3),
        More("BLEU gets better.", "smoothed_bleu", "plain_bleu", unit="BLEU"),
    ),
    figures=(
        Bars("BLEU on the test split", {"plain_bleu": "plain", "smoothed_bleu": "smoothed"}),
        Bars(
            "perplexity on the validation split, lower is better",
            {"plain_perplexity": "plain", "smoothed_perplexity": "smoothed"},
            digits=2,
        ),
    ),
    family="transformer",
)
