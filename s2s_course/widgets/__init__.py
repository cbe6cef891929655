"""Widgets that show what a model does. They work with a kernel and, unchanged, on the published page.

One widget is one folder: a Python class, a JavaScript module and a style sheet of the same name, and what
only they need. What several widgets need stands in ``shared``, which knows none of them.
"""

from s2s_course.widgets.attention import Attention
from s2s_course.widgets.beam_tree import BeamTree
from s2s_course.widgets.bleu_by_hand import BleuByHand
from s2s_course.widgets.decoder import Decoder
from s2s_course.widgets.gates import Gates
from s2s_course.widgets.gradient_flow import GradientFlow
from s2s_course.widgets.hidden_states import HiddenStates
from s2s_course.widgets.length_curve import LengthCurve
from s2s_course.widgets.masks import Masks
from s2s_course.widgets.moments import Moments
from s2s_course.widgets.positions import Positions
from s2s_course.widgets.query_key_value import QueryKeyValue
from s2s_course.widgets.quiz import Quiz
from s2s_course.widgets.shared.base import CourseWidget
from s2s_course.widgets.switches import Switches
from s2s_course.widgets.training import Training
from s2s_course.widgets.transformer_steps import TransformerSteps
from s2s_course.widgets.translator import Translator

# Every widget of the course, in the order in which the chapters introduce them.
WIDGETS: tuple[type[CourseWidget], ...] = (
    BleuByHand, HiddenStates, GradientFlow, Gates, BeamTree, LengthCurve, Decoder, Attention, QueryKeyValue,
    Masks, Positions, TransformerSteps, Quiz, Translator, Switches, Moments, Training,
)  # fmt: skip

__all__ = [
    "WIDGETS",
    "Attention",
    "BeamTree",
    "BleuByHand",
    "CourseWidget",
    "Decoder",
    "Gates",
    "GradientFlow",
    "HiddenStates",
    "LengthCurve",
    "Masks",
    "Moments",
    "Positions",
    "QueryKeyValue",
    "Quiz",
    "Switches",
    "Training",
    "TransformerSteps",
    "Translator",
]
