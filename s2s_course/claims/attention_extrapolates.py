"""Does attention carry a model beyond the lengths it was trained on?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Curves
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_by_length, trained, words_from

MARGIN = 5.0  # BLEU: less than this is "as well"


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU by source length of the model with attention."""
    return bleu_by_length(scale, trained(scale, seed, "bahdanau"), "bahdanau")


CLAIM = Claim(
    id="attention-extrapolates",
    chapter=5,
    title="Attention carries over to longer sentences",
    statement="With attention, sentences longer than any in training are translated as well as long "
    "sentences of training's lengths.",
    source="Bahdanau et al. 2015, section 5.1: no deterioration at 50 words and more, after training on up "
    "to 50",
    conditions=CONDITIONS
    + "Compared are 12 to 14 words, the longest in training, with 20 to 24. As well means: "
    "at most 5 BLEU below.",
    experiment=experiment,
    clauses=(More("", "bahdanau_length_20", "bahdanau_length_12", margin=MARGIN, unit="BLEU"),),
    figures=(
        Curves(
            "BLEU",
            {"bahdanau_length_": "Bahdanau attention"},
            xlabel="source length, from this many words (training: 3 to 14)",
            at=words_from,
        ),
    ),
)
