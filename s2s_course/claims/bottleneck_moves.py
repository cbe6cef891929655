"""Do more hidden units remove the bottleneck, or only move it?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Curves
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_by_length, trained, words_from


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU by source length: without attention at one and two sizes, with attention at the smaller."""
    models = {
        "single": trained(scale, seed, "gru", context="every_step"),
        "double": trained(scale, seed, "gru", context="every_step", wider=2),
        "bahdanau": trained(scale, seed, "bahdanau", bidirectional=False),
    }
    values = {}
    for name, translator in models.items():
        values |= bleu_by_length(scale, translator, name)
        values[f"{name}_parameters"] = float(translator.num_parameters)
    return values


CLAIM = Claim(
    id="bottleneck-moves",
    chapter=5,
    title="A larger vector moves the bottleneck",
    statement="Twice the hidden units help a model without attention on long sentences, but it still loses "
    "BLEU with length and stays below a model of the single size with attention.",
    source="Bahdanau et al. 2015, abstract and section 5.1, conjecture that the fixed length is a bottleneck",
    conditions=CONDITIONS
    + "GRU cells, encoders with one direction; 128 against 256 units without attention, 128 with it. "
    "Long is 12 to 14 words, the longest in training.",
    experiment=experiment,
    clauses=(
        More(
            "Twice the units help a model without attention on long sentences.",
            "double_length_12",
            "single_length_12",
            unit="BLEU",
        ),
        More("It still loses BLEU with length.", "double_length_3", "double_length_12", unit="BLEU"),
        More(
            "It stays below a model of the single size with attention.",
            "bahdanau_length_12",
            "double_length_12",
            unit="BLEU",
        ),
    ),
    figures=(
        Curves(
            "BLEU",
            {
                "single_length_": "no attention, 128 units",
                "double_length_": "no attention, 256 units",
                "bahdanau_length_": "attention, 128 units",
            },
            xlabel="source length, from this many words (training: 3 to 14)",
            at=words_from,
        ),
    ),
    names={
        "single_parameters": "no attention, 128 units, weights",
        "double_parameters": "no attention, 256 units, weights",
        "bahdanau_parameters": "attention, 128 units, weights",
    },
)
