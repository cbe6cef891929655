"""A look at an answer whose reference is not at hand: does it run, and return what is asked for?"""

from collections.abc import Callable, Sequence

from torch import Tensor

from s2s_course.exercises.engine.crash import show_shapes
from s2s_course.exercises.engine.limits import can_interrupt
from s2s_course.exercises.engine.outcome import Outcome, run
from s2s_course.exercises.engine.result import Result
from s2s_course.exercises.engine.second_process import run_apart

SECONDS = 10.0
_KEPT = "Whether the numbers are right is checked when you have handed in: your instructor keeps the answer."


def try_example(
    exercise_id: str, function: Callable, example: tuple | None = None, returns: Sequence[str] = ()
) -> Result:
    """Call ``function`` on ``example``, and compare kinds and shapes of what comes back with ``returns``.

    It is for exercises that are an instructor's own. ``returns`` describes each output as ``kind_of`` does.
    Without an example nothing is called. The status is never "passed", since nobody looks at the numbers.
    """
    if example is None:
        return Result(exercise_id, "", "untested", f"There is no example to try. {_KEPT}")
    if not callable(function):
        message = f"An answer must be a function, but this is a {type(function).__name__}."
        return Result(exercise_id, "", "failed", message, fault="arguments")
    outcome = (run if can_interrupt() else run_apart)(function, example, seconds=SECONDS)
    if outcome.fault and outcome.fault.kind == "unattempted":
        return Result(exercise_id, "", "unattempted", "Write your code in the cell above and run it.")
    names = [f"argument {number}" for number in range(1, len(example) + 1)]
    printed = {"printed": outcome.printed, "details": show_shapes(names, example)}
    if outcome.fault:
        return Result(exercise_id, "", "failed", outcome.fault.message, fault=outcome.fault.kind, **printed)
    if problem := _problem(outcome, returns):
        return Result(exercise_id, "", "failed", problem, fault="shape", **printed)
    message = f"Your function runs on the example and returns {_list(returns)}, as it should. {_KEPT}"
    return Result(exercise_id, "", "untested", message, printed=outcome.printed)


def kind_of(value: object) -> str:
    """An output in short: type and shape of a tensor, ``"float32 (2, 3)"``; else the name of the type."""
    if isinstance(value, Tensor):
        return f"{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}"
    return type(value).__name__


def outputs_of(value: object) -> tuple[object, ...]:
    """What was returned, one by one: a tuple or a list holds several outputs."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _problem(outcome: Outcome, returns: Sequence[str]) -> str:
    if outcome.modified:
        numbers = " and ".join(str(place + 1) for place in outcome.modified)
        return f"Your function changes what it is given, argument {numbers}. Make a new tensor instead."
    found = [kind_of(value) for value in outputs_of(outcome.output)]
    if found == list(returns):
        return ""
    return f"Your function returns {_list(found)}, but {_list(returns)} is asked for."


def _list(parts: Sequence[str]) -> str:
    return " and ".join(f"`{part}`" for part in parts) if parts else "nothing"
