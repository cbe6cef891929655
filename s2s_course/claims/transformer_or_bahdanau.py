"""Transformer against Bahdanau's model, by the length of the sentence."""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars, Curves
from s2s_course.claims.transformer_tasks import CONDITIONS, RECURRENT, TRANSFORMER, trained
from s2s_course.claims.translation_tasks import bleu_by_length, bleu_on_test, words_from

MODELS = {
    "bahdanau": ("bahdanau", {}),
    "transformer": ("transformer", {}),
    "rotary": ("transformer", {"positions": "rotary"}),  # not part of the claim
}


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU of both, on the test split and by length, and their numbers of weights.

    Beside them a Transformer with rotary positions, to see what the positions have to do with it.
    """
    values = {}
    for name, (model, choices) in MODELS.items():
        translator = trained(scale, seed, model, **choices)
        values[f"{name}_bleu"] = bleu_on_test(scale, translator)
        values[f"{name}_parameters"] = float(translator.num_parameters)
        values |= bleu_by_length(scale, translator, name)
    return values


CLAIM = Claim(
    id="transformer-or-bahdanau",
    chapter=9,
    title="The Transformer beats Bahdanau at every length",
    statement="With the same data and the same number of steps a Transformer translates better than a "
    "recurrent model with Bahdanau's attention, on sentences as long as in training and on longer ones.",
    source="Vaswani et al. 2017, table 2, against earlier recurrent models; they do not split by length",
    conditions=CONDITIONS
    + TRANSFORMER
    + RECURRENT
    + "Bahdanau's encoder reads in both directions; the Transformer of the claim has sinusoidal positions. "
    "Compared on the test split, and on sentences of 15 to 19, 20 to 24 and 25 to 29 words.",
    experiment=experiment,
    clauses=(
        More(
            "It translates better on the test split, with lengths as in training.",
            "transformer_bleu",
            "bahdanau_bleu",
            unit="BLEU",
        ),
        *(
            More(
                f"It translates better on sentences of {words_from(length)}.",
                f"transformer_length_{length}",
                f"bahdanau_length_{length}",
                unit="BLEU",
            )
            for length in (15, 20, 25)
        ),
    ),
    figures=(
        Curves(
            "BLEU",
            {
                "transformer_length_": "Transformer",
                "bahdanau_length_": "Bahdanau attention",
                "rotary_length_": "Transformer, rotary positions",
            },
            xlabel="source length, from this many words (training: 3 to 14)",
            at=words_from,
        ),
        Bars(
            "BLEU on the test split",
            {
                "transformer_bleu": "Transformer",
                "bahdanau_bleu": "Bahdanau attention",
                "rotary_bleu": "Transformer, rotary positions",
            },
        ),
    ),
    names={
        "bahdanau_parameters": "Bahdanau attention, weights",
        "transformer_parameters": "Transformer, weights",
        "rotary_parameters": "Transformer, rotary positions, weights",
    },
)
