"""Does it help to read the source backward?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More, change
from s2s_course.claims.figures import Bars
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_on_test, trained


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU on the test split: without and with attention, each forward and backward."""
    models = {
        "none": ("gru", {"context": "first_step"}),
        "bahdanau": ("bahdanau", {"bidirectional": False}),
    }
    values = {}
    for label, (name, choices) in models.items():
        for direction, backwards in (("forwards", False), ("backwards", True)):
            translator = trained(scale, seed, name, backwards=backwards, **choices)
            values[f"{label}_{direction}"] = bleu_on_test(scale, translator, backwards=backwards)
    return values


CLAIM = Claim(
    id="source-reversal",
    chapter=4,
    title="Reading backward helps without attention",
    statement="Reading the source backward helps a model without attention, and helps it more than one with.",
    source="Sutskever et al. 2014, section 3.3, who report 25.9 BLEU forward and 30.6 backward",
    conditions=CONDITIONS
    + "GRU cells, encoders with one direction; without attention the context is the decoder's first "
    "state, as in the paper.",
    experiment=experiment,
    clauses=(
        More(
            "Reading backward helps a model without attention.",
            "none_backwards",
            "none_forwards",
            unit="BLEU",
        ),
        More(
            "It helps it more than one with attention.",
            change("gain without attention", "none_forwards", "none_backwards"),
            change("gain with attention", "bahdanau_forwards", "bahdanau_backwards"),
            unit="BLEU",
        ),
    ),
    figures=(
        Bars(
            "BLEU on the test split",
            {
                "none_forwards": "no attention, forward",
                "none_backwards": "no attention, backward",
                "bahdanau_forwards": "attention, forward",
                "bahdanau_backwards": "attention, backward",
            },
        ),
    ),
)
