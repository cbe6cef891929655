"""``check``: is an answer right, and if not, which mistake does it look like?"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import CodeType

from s2s_course.exercises.engine.attempt import Attempt, attempt, has_no_time
from s2s_course.exercises.engine.combination import recognize_parts
from s2s_course.exercises.engine.compare import compare
from s2s_course.exercises.engine.crash import show_shapes
from s2s_course.exercises.engine.display import show_named, side_by_side
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.explain import Explanation
from s2s_course.exercises.engine.outcome import Fault, Outcome
from s2s_course.exercises.engine.recognition import Draws, Recognized, outcome_of, recognize
from s2s_course.exercises.engine.record import record_answer
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.result import NotRight, Result

SECONDS = 10.0
_TIMES_OURS = 500  # a machine that is slow for an answer is slow for the reference too
_EXPLAINED = {"value", "mask", "nan"}

_BORROWED = "This is the course's own function. Write yours in the cell of the exercise, and check that."


def check(exercise_id: str, function: object, *, hint: int = 0, strict: bool = False) -> Result:
    """Check ``function`` as the answer to an exercise; a notebook shows what is returned.

    ``hint=1`` also shows the first hint, ``hint=2`` the first two, ``hint=3`` all. Raises ValueError for an
    unknown exercise or hint; whatever is wrong with ``function`` is told in the result. In a notebook the
    result is kept for ``progress()``, in a file beside it.

    With ``strict`` it raises ``NotRight`` unless the answer is right, for graders that run notebooks, and
    keeps no record. Such a check runs where the answer does, so code that wants to deceive it can;
    `s2s grade` judges elsewhere. The course's own function is nobody's answer: it is noted, and with
    ``strict`` refused.
    """
    exercise = find_exercise(exercise_id)
    if hint not in range(len(exercise.hints) + 1):
        raise ValueError(f"hint must be 0, 1, 2 or 3, got {hint!r}")
    if strict and _is_ours(exercise, function):
        raise NotRight(_failed(exercise, Fault("borrowed", _BORROWED)))
    result = replace(diagnose(exercise, function), hints=exercise.hints[:hint])
    if not strict:
        note = record_answer(exercise, function, result.status, hint)
        result = replace(result, note=note or (_BORROWED if _is_ours(exercise, function) else ""))
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
        steps["failed"] = (
            "There is no further hint. The solution stands in the chapter, in the folded cell below the "
            "exercise."
        )
    result = replace(result, next_step=steps[result.status])
    if strict:
        raise NotRight(result)
    return result


def _is_ours(exercise: Exercise, function: object) -> bool:
    """Whether the course's own function was handed in, not its text in a cell: it is nobody's answer."""
    code = _code_of(function)
    ours = map(_code_of, (exercise.reference, *exercise.also_right))
    return code is not None and any(code is other for other in ours)  # equal code may be a learner's


def _code_of(function: object) -> CodeType | None:
    """What runs behind the wrappers of ``function``; None for what is no function of Python's."""
    try:
        code = getattr(inspect.unwrap(function), "__code__", None)
    except ValueError:  # wrappers without end
        return None
    return code if isinstance(code, CodeType) else None


@dataclass(frozen=True)
class Verdict:
    """What is said of an attempt, and what is wrong on each input (None: nothing), up to the last call."""

    result: Result
    faults: tuple[Fault | None, ...] = ()


def diagnose(exercise: Exercise, function: object, *, seed: int = 0, seconds: float = SECONDS) -> Result:
    """The verdict on ``function``. ``seed`` draws the inputs; ``seconds`` are as in ``seconds_for``."""
    draws = list(exercise.draws(seed))
    expected = [outcome_of(exercise.reference, *draw) for draw in draws]
    seconds = seconds_for(expected, seconds)
    inputs = (case.make(case_seed) for case, case_seed in draws)
    attempted = attempt(exercise.question, function, inputs, seconds=seconds)
    return judge(exercise, attempted, draws, seconds=seconds).result


def seconds_for(expected: Sequence[Outcome], seconds: float = SECONDS) -> float:
    """The processor time that an answer has for all calls: some hundred times what ours take, if longer."""
    return max(seconds, _TIMES_OURS * len(expected) * min(outcome.seconds for outcome in expected))


def judge(exercise: Exercise, attempted: Attempt, draws: Draws, *, seconds: float = SECONDS) -> Verdict:
    """What is said of an attempt on the inputs of ``draws``, which had ``seconds`` of processor time."""
    if attempted.fault:
        return Verdict(_failed(exercise, attempted.fault))
    expected = [outcome_of(exercise.reference, *draw) for draw in draws]
    trained = any(outcome.connected for outcome in expected)
    if attempted.unattempted:
        asked = " Its gradient is compared too." if trained else ""
        return Verdict(Result(exercise.id, exercise.title, "unattempted", exercise.goal + asked))
    # Where the reference runs under no_grad, or the input holds NaN, gradients are of no matter.
    answers = [
        answer if trained and case.gradient else answer.without_gradient()
        for answer, (case, _) in zip(attempted.outcomes, draws, strict=False)
    ]
    faults = tuple(_fault(exercise, *both) for both in zip(answers, expected, draws, strict=False))
    if has_no_time(answers[-1]):
        fault = _out_of_time(answers, seconds)
        return Verdict(_failed(exercise, fault, draws=draws, answers=answers, shown=-1), faults)
    if len(answers) != len(draws):
        raise ValueError(f"attempted must have {len(draws)} outcomes, one an input, got {len(answers)}")
    wrong = [i for i, fault in enumerate(faults) if fault]
    if not wrong:
        subject = "Your function and its gradient are" if trained else "Your function is"
        message = f"{subject} right on all {len(draws)} random inputs."
        passed = Result(exercise.id, exercise.title, "passed", message, printed=answers[0].printed)
        return Verdict(passed, faults)
    return Verdict(_explained(exercise, answers, expected, draws, faults), faults)


def _explained(
    exercise: Exercise,
    answers: Sequence[Outcome],
    expected: Sequence[Outcome],
    draws: Draws,
    faults: Sequence[Fault | None],
) -> Result:
    """The verdict on a wrong answer: the known mistake that it looks like, or what differs."""
    wrong = [i for i, fault in enumerate(faults) if fault]
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
