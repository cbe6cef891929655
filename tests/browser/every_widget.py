"""A small example of every widget, by a letter, for tests that look at all of them."""

import numpy as np

from s2s_course.exercises import quiz
from s2s_course.widgets import (
    Attention,
    BeamTree,
    CourseWidget,
    Decoder,
    Gates,
    GradientFlow,
    HiddenStates,
    LengthCurve,
    Masks,
    Moments,
    Positions,
    QueryKeyValue,
    Switches,
    Training,
    TransformerSteps,
    Translator,
)

from .attention_view import GOLD, SRC, TGT, weights
from .beam_tree_page import searched
from .decoder_page import trace
from .gates_page import lstm
from .gradient_flow_view import WORDS, cells
from .length_curve_view import translations
from .transformer_steps_page import trace as trace_pass


def every_widget() -> dict[str, CourseWidget]:
    states = {"RNN": np.linspace(-1, 1, 20).reshape(4, 5), "LSTM": np.linspace(-3, 3, 12).reshape(4, 3)}
    return {
        "1": HiddenStates.compare(states, tokens=WORDS[:4]),
        "2": GradientFlow.from_norms(cells(6), tokens=WORDS[:6]),
        "3": Gates.from_trace(lstm(4, 3), tokens=WORDS[:4]),
        "4": quiz(2),
        "5": Attention.compare({"Luong": (TGT, weights(TGT, SRC, GOLD))}, src_tokens=SRC, gold=GOLD),
        "6": BeamTree.from_trace(searched(beam=2, steps=4, end_from=2)),
        "7": Decoder.from_trace(trace()),
        "8": LengthCurve.from_buckets(translations(models=2), trained=(3, 8)),
        "9": QueryKeyValue.from_arrays(
            tokens=WORDS[:3], **{name: np.eye(3) for name in ("query", "key", "value")}
        ),
        "a": Masks.examples(src_tokens=WORDS[:3], tgt_tokens=("<bos>", *WORDS[:2])),
        "b": Positions.show(),
        "c": TransformerSteps.from_trace(trace_pass()),
        "d": Translator.of("gru", text="the cat sleeps."),
        "e": Switches.of("bahdanau", ["mean"]),
        "f": Moments.of("bahdanau"),
        "g": Training.of("sorting"),
    }
