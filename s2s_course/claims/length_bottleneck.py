"""Does a model without attention lose more on long sentences than one with attention?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More, change
from s2s_course.claims.figures import Curves
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_by_length, trained, words_from


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


CLAIM = Claim(
    id="length-bottleneck",
    chapter=5,
    title="One vector is a bottleneck for long sentences",
    statement="From short sentences to long ones, a model without attention loses more BLEU than one with "
    "attention, also where both lengths occur in training.",
    source="Cho et al. 2014, On the Properties, section 4 (the loss); Bahdanau et al. 2015, section 5.1 "
    "and figure 2",
    conditions=CONDITIONS
    + "GRU cells, encoders with one direction; without attention the context enters every step. Short is 3 "
    "to 5 words, long 12 to 14. The model with attention has more parameters.",
    experiment=experiment,
    clauses=(
        More(
            "",
            change("BLEU lost without attention", "none_length_12", "none_length_3"),
            change("lost with attention", "bahdanau_length_12", "bahdanau_length_3"),
            unit="BLEU",
        ),
    ),
    figures=(
        Curves(
            "BLEU",
            {"none_length_": "no attention", "bahdanau_length_": "Bahdanau attention"},
            xlabel="source length, from this many words (training: 3 to 14)",
            at=words_from,
        ),
    ),
    names={
        "none_parameters": "no attention, weights",
        "bahdanau_parameters": "Bahdanau attention, weights",
    },
)
