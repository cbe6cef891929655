"""Does a model without attention lose more on long sentences than one with attention?"""

from s2s_course.claims.claim import Claim, Scale, Values, Verdict, compare_paired
from s2s_course.claims.figures import Curves
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_by_length, trained


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU by source length, without and with attention."""
    without = trained(scale, seed, "gru", context="every_step")
    attending = trained(scale, seed, "bahdanau", bidirectional=False)
    return {
        **bleu_by_length(scale, without, "none"),
        **bleu_by_length(scale, attending, "bahdanau"),
        "none_parameters": float(without.num_parameters),
        "bahdanau_parameters": float(attending.num_parameters),
    }


def _losses(values: Values, model: str) -> list[float]:
    """BLEU of 3 to 5 words minus BLEU of 12 to 14, both within the lengths of training."""
    pairs = zip(values[f"{model}_length_3"], values[f"{model}_length_12"], strict=True)
    return [short - long for short, long in pairs]


def holds(values: Values) -> Verdict:
    return compare_paired(_losses(values, "none"), _losses(values, "bahdanau"))


CLAIM = Claim(
    id="length-bottleneck",
    chapter=5,
    statement="From short sentences to long ones, a model without attention loses more BLEU than one with "
    "attention, also where both lengths occur in training.",
    source="Cho et al. 2014, On the Properties, section 4 (the loss); Bahdanau et al. 2015, section 5.1 "
    "and figure 2",
    conditions=CONDITIONS
    + "GRU cells, encoders with one direction; without attention the context enters every step. Short is 3 "
    "to 5 words, long 12 to 14. The model with attention has more parameters.",
    experiment=experiment,
    holds=holds,
    figures=(
        Curves(
            "BLEU",
            {"none_length_": "no attention", "bahdanau_length_": "Bahdanau attention"},
            xlabel="source length, from this many words (training: 3 to 14)",
        ),
    ),
)
