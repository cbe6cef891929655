"""``check``: is an answer right, and if not, which mistake does it look like?"""

import dis
import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace

from s2s_course.exercises.engine.combination import recognize_parts
from s2s_course.exercises.engine.compare import compare
from s2s_course.exercises.engine.crash import show_shapes
from s2s_course.exercises.engine.display import show_named, side_by_side
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.explain import Explanation
from s2s_course.exercises.engine.limits import can_interrupt
from s2s_course.exercises.engine.outcome import Fault, Outcome, run
from s2s_course.exercises.engine.recognition import Draws, Recognized, outcome_of, recognize
from s2s_course.exercises.engine.record import record_answer
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.result import Result
from s2s_course.exercises.engine.second_process import run_apart
from s2s_course.exercises.engine.template import is_untouched

SECONDS = 10.0
_TIMES_OURS = 500  # a machine that is slow for an answer is slow for the reference too
_EXPLAINED = {"value", "mask", "nan"}


def check(exercise_id: str, function: object, *, hint: int = 0) -> Result:
    """Check ``function`` as the answer to an exercise; a notebook shows what is returned.

    ``hint=1`` also shows the first hint, ``hint=2`` the first two, ``hint=3`` all. Raises ValueError for an
    unknown exercise or hint; whatever is wrong with ``function`` is told in the result. In a notebook the
    result is kept for ``progress()``, in a file beside it.
    """
    exercise = find_exercise(exercise_id)
    if hint not in range(len(exercise.hints) + 1):
        raise ValueError(f"hint must be 0, 1, 2 or 3, got {hint!r}")
    result = replace(diagnose(exercise, function), hints=exercise.hints[:hint])
    result = replace(result, note=record_answer(exercise, function, result.status, hint))
    if result.passed:
        return result
    result = replace(result, effort=exercise.effort)
    call = f'check("{exercise.id}", {exercise.function_name}'
    begin = "Mend the code" if exercise.broken else "Write your code"
    steps = {
        "unattempted": f"{begin} in the cell above, run it, then run `{call})` again.",
        "failed": f"For a hint run `{call}, hint={hint + 1})`.",
    }
    if hint == len(exercise.hints):
        steps["failed"] = "There is no further hint. The solution is in the folded cell below."
    return replace(result, next_step=steps[result.status])


def diagnose(exercise: Exercise, function: object, *, seed: int = 0, seconds: float = SECONDS) -> Result:
    """The verdict on ``function``. ``seed`` draws the inputs.

    ``seconds`` of processor time are for all calls together, or some hundred times what ours take, if longer.
    """
    if fault := _unfit_to_call(exercise, function):
        return _failed(exercise, fault)
    draws = list(exercise.draws(seed))
    expected = [outcome_of(exercise.reference, *draw) for draw in draws]
    trained = any(outcome.connected for outcome in expected)
    seconds = max(seconds, _TIMES_OURS * len(draws) * min(outcome.seconds for outcome in expected))
    answers = (
        []
        if _is_empty(function) or _is_broken_as_given(exercise, function)
        else _run_all(function, draws, seconds)
    )
    if not answers or _unattempted(answers[0]):
        asked = " Its gradient is compared too." if trained else ""
        return Result(exercise.id, exercise.title, "unattempted", exercise.goal + asked)
    if _has_no_time(answers[-1]):
        return _failed(exercise, _out_of_time(answers, seconds), draws=draws, answers=answers, shown=-1)
    # Where the reference runs under no_grad, or the input holds NaN, gradients are of no matter.
    answers = [
        answer if trained and case.gradient else answer.without_gradient()
        for answer, (case, _) in zip(answers, draws, strict=True)
    ]
    faults = [_fault(exercise, *both) for both in zip(answers, expected, draws, strict=True)]
    wrong = [i for i, fault in enumerate(faults) if fault]
    if not wrong:
        subject = "Your function and its gradient are" if trained else "Your function is"
        message = f"{subject} right on all {len(draws)} random inputs."
        return Result(exercise.id, exercise.title, "passed", message, printed=answers[0].printed)
    recognized = recognize(exercise, answers, draws)
    shown = next((i for i in wrong if recognized and not answers[i].fault), wrong[0])
    fault = faults[shown]
    if not recognized and fault.kind in _EXPLAINED | {"shape"}:
        kinds = _EXPLAINED if fault.kind in _EXPLAINED else {fault.kind}
        alike = [i for i in wrong if faults[i].kind in kinds]
        explanation = Explanation(exercise, answers, expected, draws, alike)
        parts = recognize_parts(exercise, answers, draws, alike)
        told = explanation.of_shape() if fault.kind == "shape" else explanation.of_values()
        slip = parts.message if parts and not parts.name else ""
        fault = replace(fault, message=" ".join(filter(None, [fault.message, slip, told])))
        recognized = parts if parts and parts.name else None
    return _failed(exercise, fault, recognized=recognized, draws=draws, answers=answers, shown=shown)


def _unfit_to_call(exercise: Exercise, function: object) -> Fault | None:
    if not callable(function):
        return Fault(
            "arguments",
            f"check needs the function itself, but got a {type(function).__name__}. "
            f'Write `check("{exercise.id}", {exercise.function_name})`, without parentheses after the name.',
        )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # compiled functions do not tell
        return None
    try:
        signature.bind(*exercise.arguments)
    except TypeError:
        parameters = signature.parameters.values()
        bare = signature.replace(
            parameters=[p.replace(annotation=p.empty) for p in parameters], return_annotation=signature.empty
        )
        by_name = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
        return Fault(
            "arguments",
            f"Your function must take {len(exercise.arguments)} arguments, "
            f"`({', '.join(exercise.arguments)})`, but it takes `{bare}`."
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


def _is_broken_as_given(exercise: Exercise, function: Callable) -> bool:
    return bool(exercise.broken) and is_untouched(function, exercise.template)


def _run_all(function: Callable, draws: Draws, seconds: float) -> list[Outcome]:
    """The answer's outcome on each input, up to the one where its time is up."""
    answers, run_in_time = [], run if can_interrupt() else run_apart
    for case, case_seed in draws:
        answers.append(run_in_time(function, case.make(case_seed), seconds=seconds))
        seconds -= answers[-1].seconds
        if _unattempted(answers[0]) or _has_no_time(answers[-1]):
            break
    return answers


def _unattempted(answer: Outcome) -> bool:
    return answer.fault is not None and answer.fault.kind == "unattempted"


def _has_no_time(answer: Outcome) -> bool:
    return answer.fault is not None and answer.fault.kind == "time"


def _out_of_time(answers: Sequence[Outcome], seconds: float) -> Fault:
    ended = sum(answer.seconds for answer in answers[:-1])
    if ended < 0.1 * seconds:
        return answers[-1].fault
    return Fault(
        "time",
        "Your function was still running when its time was up. It has no endless loop, since it ended on "
        "the inputs before, but it is slow. Look for a loop over single numbers, or a tensor that is made "
        "anew at each turn, where one operation on a whole tensor would do.",
    )


def _fault(exercise: Exercise, answer: Outcome, expected: Outcome, draw: tuple) -> Fault | None:
    """What is wrong on one input; nothing where the answer is as the reference or as another right one."""
    names = {"outputs": exercise.outputs, "arguments": exercise.arguments}
    fault = compare(answer, expected, **names, exact_zeros=exercise.exact_zeros)
    for right in exercise.also_right if fault else ():
        other = outcome_of(right, *draw)
        other = other if expected.connected else other.without_gradient()
        if not compare(answer, other, **names, exact_zeros=exercise.exact_zeros):
            return None
    return fault


def _failed(
    exercise: Exercise,
    fault: Fault,
    *,
    recognized: Recognized | None = None,
    draws: Draws = (),
    answers: Sequence[Outcome] = (),
    shown: int = 0,
) -> Result:
    """``shown`` numbers the input, and the answer to it, that the learner sees."""
    details = []
    if answers:
        shown = shown % len(answers)
        case, case_seed = draws[shown]
        inputs = case.make(case_seed)
        details.append(f"For example, {case.name}:")
        details += map(show_named, exercise.arguments, inputs)
        if fault.kind == "crash":
            details.append(show_shapes(exercise.arguments, inputs))
    if fault.shown:
        details.append(side_by_side(*fault.shown))
    return Result(
        exercise.id,
        exercise.title,
        "failed",
        recognized.message if recognized else fault.message,
        fault=fault.kind,
        misconception=recognized.name if recognized else None,
        details="\n".join(filter(None, details)),
        printed=answers[shown].printed if answers else "",
    )
