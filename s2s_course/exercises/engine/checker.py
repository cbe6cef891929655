"""``check``: is an answer right, and if not, which mistake does it look like?"""

import functools
import inspect
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from s2s_course.exercises.engine.compare import compare, compare_outputs
from s2s_course.exercises.engine.display import show_named
from s2s_course.exercises.engine.exercise import Case, Exercise, Misconception
from s2s_course.exercises.engine.outcome import Fault, Outcome, run
from s2s_course.exercises.engine.record import record_answer
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.result import Result

SECONDS = 5.0


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
    steps = {
        "unattempted": f"Write your code in the cell above, run it, then run `{call})` again.",
        "failed": f"For a hint run `{call}, hint={hint + 1})`.",
    }
    if hint == len(exercise.hints):
        steps["failed"] = "There is no further hint. The solution is in the folded cell below."
    return replace(result, next_step=steps[result.status])


def diagnose(exercise: Exercise, function: object, *, seed: int = 0, seconds: float = SECONDS) -> Result:
    """The verdict on ``function``. ``seed`` draws the inputs; ``seconds`` is for all calls together."""
    if fault := _unfit_to_call(exercise, function):
        return _failed(exercise, fault)
    draws = list(exercise.draws(seed))
    end = time.monotonic() + seconds
    answers = []
    for case, case_seed in draws:
        inputs = case.make(case_seed)
        answer = run(function, inputs, seconds=end - time.monotonic())
        if answer.fault:
            if answer.fault.kind == "unattempted" and not answers:
                return Result(exercise.id, exercise.title, "unattempted", exercise.goal)
            return _failed(exercise, answer.fault, case=case, inputs=inputs, printed=answer.printed)
        answers.append(answer)

    expected = list(_outcomes(exercise, exercise.reference, seed))
    trained = any(outcome.connected for outcome in expected)
    if not trained:  # the reference runs under no_grad: whether an answer has a gradient is of no matter
        answers = [answer.without_gradient() for answer in answers]
    names = {"outputs": exercise.outputs, "arguments": exercise.arguments}
    faults = (compare(mine, theirs, **names) for mine, theirs in zip(answers, expected, strict=True))
    wrong, fault = next(((i, fault) for i, fault in enumerate(faults) if fault), (None, None))
    if wrong is None:
        subject = "Your function and its gradient are" if trained else "Your function is"
        message = f"{subject} right on all {len(draws)} random inputs."
        return Result(exercise.id, exercise.title, "passed", message, printed=answers[0].printed)
    case, case_seed = draws[wrong]
    misconception = _recognize(exercise, answers, expected, seed)
    return _failed(
        exercise,
        fault,
        misconception=misconception,
        case=case,
        inputs=case.make(case_seed),
        printed=answers[wrong].printed,
    )


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
        return Fault(
            "arguments",
            f"Your function must take {len(exercise.arguments)} arguments, "
            f"`({', '.join(exercise.arguments)})`, but it takes `({', '.join(signature.parameters)})`.",
        )
    return None


def _outcomes(exercise: Exercise, function: Callable, seed: int) -> Iterator[Outcome]:
    """What one of our own functions gives on each input, computed when it is asked for."""
    for case, case_seed in exercise.draws(seed):
        yield _outcome(function, case, case_seed)


@functools.lru_cache(maxsize=1024)  # what our own functions give is the same for every answer
def _outcome(function: Callable, case: Case, case_seed: int) -> Outcome:
    return run(function, case.make(case_seed))


def _recognize(
    exercise: Exercise, answers: list[Outcome], expected: list[Outcome], seed: int
) -> Misconception | None:
    """The first misconception that behaves like the answer on every input.

    Where outputs are wrong they alone decide: a mistake is the same mistake in a detached answer.
    """

    def same_output(mine: Outcome, theirs: Outcome) -> bool:
        return compare_outputs(mine, theirs, exercise.outputs) is None

    def same(mine: Outcome, theirs: Outcome) -> bool:
        return compare(mine, theirs, outputs=exercise.outputs, arguments=exercise.arguments) is None

    alike = same if all(map(same_output, answers, expected)) else same_output
    for misconception in exercise.misconceptions:
        for wrong in (misconception.wrong, *misconception.variants):
            if all(map(alike, answers, _outcomes(exercise, wrong, seed))):
                return misconception
    return None


def _failed(
    exercise: Exercise,
    fault: Fault,
    *,
    misconception: Misconception | None = None,
    case: Case | None = None,
    inputs: tuple = (),
    printed: str = "",
) -> Result:
    details = []
    if case:
        details.append(f"For example, {case.name}:")
        details += map(show_named, exercise.arguments, inputs)
    if fault.details:
        details.append(fault.details)
    return Result(
        exercise.id,
        exercise.title,
        "failed",
        misconception.message if misconception else fault.message,
        fault=fault.kind,
        misconception=misconception.name if misconception else None,
        details="\n".join(details),
        printed=printed,
    )
