"""One of each widget, small, for tests of what all of them have in common."""

import numpy as np

from s2s_course.exercises import quiz
from s2s_course.widgets import (
    WIDGETS,
    Attention,
    BeamTree,
    BleuByHand,
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

STATES = {"RNN": np.linspace(-1, 1, 20).reshape(4, 5), "LSTM": np.linspace(-3, 3, 12).reshape(4, 3)}
TOY_HEAD = {name: np.eye(3) for name in ("query", "key", "value")}


def every_widget() -> dict[str, CourseWidget]:
    """By the name of the front end, which the root element has as a class."""
    widgets = [
        HiddenStates.compare(STATES, tokens=WORDS[:4]),
        GradientFlow.from_norms(cells(6), tokens=WORDS[:6]),
        Gates.from_trace(lstm(4, 3), tokens=WORDS[:4]),
        quiz(2),
        Attention.compare({"Luong": (TGT, weights(TGT, SRC, GOLD))}, src_tokens=SRC, gold=GOLD),
        BeamTree.from_trace(searched(beam=2, steps=4, end_from=2)),
        Decoder.from_trace(trace()),
        LengthCurve.from_buckets(translations(models=2), trained=(3, 8)),
        QueryKeyValue.from_arrays(tokens=WORDS[:3], **TOY_HEAD),
        Masks.examples(src_tokens=WORDS[:3], tgt_tokens=("<bos>", *WORDS[:2])),
        Positions.show(),
        TransformerSteps.from_trace(trace_pass()),
        Translator.of("gru", text="the cat sleeps."),
        Switches.of("bahdanau", ["mean"]),
        Moments.of("bahdanau"),
        Training.of("sorting"),
        BleuByHand.of("le chat dort .", ["un chat dort", "le le le"]),
    ]
    assert {type(widget).__name__ for widget in widgets} == {widget.__name__ for widget in WIDGETS}
    return {f"s2s-{widget.module_name().replace('_', '-')}": widget for widget in widgets}
