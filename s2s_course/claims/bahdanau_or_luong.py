"""Does Bahdanau's attention translate long sentences better than Luong's?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Curves
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_by_length, bleu_on_test, trained, words_from

# The order of a step and the score, taken apart.
MODELS = {
    "bahdanau_additive": ("bahdanau", {"bidirectional": False}),
    "bahdanau_general": ("bahdanau", {"bidirectional": False, "score": "general"}),
    "luong_additive": ("luong-concat", {}),
    "luong_general": ("luong-general", {}),
}


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Parameters and BLEU, over all and by length, of each order with each score."""
    values = {}
    for name, (base, choices) in MODELS.items():
        translator = trained(scale, seed, base, **choices)
        values[f"{name}_parameters"] = float(translator.num_parameters)
        values[f"{name}_bleu"] = bleu_on_test(scale, translator)
        values |= bleu_by_length(scale, translator, name)
    return values


CLAIM = Claim(
    id="bahdanau-or-luong",
    chapter=6,
    title="Bahdanau is better on long sentences",
    statement="On long sentences, Bahdanau's additive attention translates better than Luong's general "
    "attention.",
    source="A sentence that one often reads, without a measurement",
    conditions=CONDITIONS + "Encoders with one direction, no input feeding. Long is 12 to 14 words, the "
    "longest in training. Both orders are also measured with the other's score. Two differences belong to "
    "the order: in Bahdanau's the next step knows the context, and the word before takes part in the logits.",
    experiment=experiment,
    clauses=(More("", "bahdanau_additive_length_12", "luong_general_length_12", unit="BLEU"),),
    figures=(
        Curves(
            "BLEU",
            {
                "bahdanau_additive_length_": "Bahdanau's order, additive",
                "bahdanau_general_length_": "Bahdanau's order, general",
                "luong_additive_length_": "Luong's order, additive",
                "luong_general_length_": "Luong's order, general",
            },
            xlabel="source length, from this many words (training: 3 to 14)",
            at=words_from,
        ),
    ),
    names={
        "bahdanau_additive_parameters": "Bahdanau's order, additive, weights",
        "bahdanau_general_parameters": "Bahdanau's order, general, weights",
        "luong_additive_parameters": "Luong's order, additive, weights",
        "luong_general_parameters": "Luong's order, general, weights",
        "bahdanau_additive_bleu": "Bahdanau's order, additive, BLEU on the test split",
        "bahdanau_general_bleu": "Bahdanau's order, general, BLEU on the test split",
        "luong_additive_bleu": "Luong's order, additive, BLEU on the test split",
        "luong_general_bleu": "Luong's order, general, BLEU on the test split",
    },
)
