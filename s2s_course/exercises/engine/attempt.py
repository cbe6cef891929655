"""An answer called on all inputs. What is needed for it holds no reference, so that it can run elsewhere."""

import dis
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from s2s_course.exercises.engine.limits import can_interrupt
from s2s_course.exercises.engine.outcome import Fault, Outcome, run
from s2s_course.exercises.engine.second_process import run_apart
from s2s_course.exercises.engine.template import is_untouched


@dataclass(frozen=True)
class Question:
    """What of an exercise may be known where answers run: what it asks for, and not what is right.

    ``template`` is the cell that the learner began with; ``broken`` says that it holds code to be mended.
    """

    id: str
    function_name: str
    arguments: tuple[str, ...]
    template: str
    broken: bool


@dataclass(frozen=True)
class Attempt:
    """What a learner's function did. ``fault`` says that it could not be called at all.

    There is one outcome for each input, up to the one where its time was up.
    """

    outcomes: tuple[Outcome, ...] = ()
    fault: Fault | None = None

    @property
    def unattempted(self) -> bool:
        """Whether nothing was written: the cell is empty, or as it came."""
        return self.fault is None and (not self.outcomes or is_unattempted(self.outcomes[0]))


def attempt(question: Question, function: object, inputs: Iterable[tuple], *, seconds: float) -> Attempt:
    """``function`` called on ``inputs``, one after the other, for at most ``seconds`` in all."""
    if fault := _unfit_to_call(question, function):
        return Attempt(fault=fault)
    if _is_empty(function) or (question.broken and is_untouched(function, question.template)):
        return Attempt()
    outcomes, run_in_time = [], run if can_interrupt() else run_apart
    for arguments in inputs:
        outcomes.append(run_in_time(function, arguments, seconds=seconds))
        seconds -= outcomes[-1].seconds
        if is_unattempted(outcomes[0]) or has_no_time(outcomes[-1]):
            break
    return Attempt(tuple(outcomes))


def is_unattempted(outcome: Outcome) -> bool:
    """Whether the call met the line that stands in the empty cell."""
    return outcome.fault is not None and outcome.fault.kind == "unattempted"


def has_no_time(outcome: Outcome) -> bool:
    """Whether the call was ended because its time was up."""
    return outcome.fault is not None and outcome.fault.kind == "time"


def _unfit_to_call(question: Question, function: object) -> Fault | None:
    if not callable(function):
        return Fault(
            "arguments",
            f"check needs the function itself, but got a {type(function).__name__}. "
            f'Write `check("{question.id}", {question.function_name})`, without parentheses after the name.',
        )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # compiled functions do not tell
        return None
    try:
        signature.bind(*question.arguments)
    except TypeError:
        parameters = signature.parameters.values()
        bare = signature.replace(
            parameters=[p.replace(annotation=p.empty) for p in parameters], return_annotation=signature.empty
        )
        by_name = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
        return Fault(
            "arguments",
            f"Your function must take {len(question.arguments)} arguments, "
            f"`({', '.join(question.arguments)})`, but it takes `{bare}`."
            + (
                " What stands behind the `*` can be given by name only: leave out the `*`." if by_name else ""
            ),
        )
    return None


def _is_empty(function: Callable) -> bool:
    """Whether the body is `pass`, `...` or a docstring alone: it returns None and does nothing."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_name == "<lambda>":
        return False
    operations = {instruction.opname for instruction in dis.get_instructions(code)}
    returned = [i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_CONST", "RETURN_CONST")]
    allowed = {"RESUME", "NOP", "COPY_FREE_VARS", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    return operations <= allowed and returned[-1:] in ([None], [...])
