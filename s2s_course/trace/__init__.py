"""Layer 5: look inside. Run a model once and return everything there is to see, as plain arrays."""

from s2s_course.trace.attention import AttentionTrace, trace_attention
from s2s_course.trace.beam import BeamTrace, trace_beam
from s2s_course.trace.gradients import gradient_by_lag, gradient_flow
from s2s_course.trace.heads import HeadsTrace, trace_heads
from s2s_course.trace.recurrence import RecurrenceTrace, trace_recurrence
from s2s_course.trace.translation import Trace, trace

__all__ = [
    "AttentionTrace",
    "BeamTrace",
    "HeadsTrace",
    "RecurrenceTrace",
    "Trace",
    "gradient_by_lag",
    "gradient_flow",
    "trace",
    "trace_attention",
    "trace_beam",
    "trace_heads",
    "trace_recurrence",
]
