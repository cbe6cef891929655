"""How much time does input feeding cost?"""

from s2s_course.claims.attention_time import CONDITIONS, step_times
from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars

MODELS = {"one_call": ("luong-general", {}), "input_feeding": ("luong-general", {"input_feeding": True})}


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Milliseconds for a training step, and how many times as long it takes with input feeding."""
    taken = step_times(scale, seed, MODELS)
    values = {f"{name}_ms": time for name, time in taken.items()}
    return values | {"ratio": taken["input_feeding"] / taken["one_call"]}


CLAIM = Claim(
    id="one-call-decoder",
    chapter=6,
    title="One call saves a third of the time",
    statement="Without input feeding the decoder runs over all steps in one call, and a training step "
    "takes less than two thirds of the time that it takes with it.",
    source="Luong et al. 2015, section 3.3, introduces input feeding and does not say what it costs",
    conditions=CONDITIONS + " Luong's order, general score.",
    experiment=experiment,
    clauses=(More("", "ratio", 1.5, unit="times", digits=2),),
    figures=(
        Bars(
            "milliseconds for a training step",
            {"one_call_ms": "one call", "input_feeding_ms": "input feeding"},
        ),
    ),
    family="luong",
    names={
        "ratio": "time of a step, input feeding over one call",
    },
)
