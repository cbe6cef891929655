"""The judge: what an answer is worth, case by case, and what is told to the student.

It holds the references and runs none of the student's code. What the code gave comes out of the sandbox as an
``Attempt``, and the verdict on it is the one that ``check`` gives.
"""

from dataclasses import dataclass
from typing import Literal

from s2s_course.exercises.engine.attempt import Attempt
from s2s_course.exercises.engine.checker import judge
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.outcome import Fault
from s2s_course.grading.visible import shortened

Status = Literal["passed", "partly", "failed", "unattempted", "missing"]

# Characters that are kept of what a student wrote or made us write: a page is to be read.
MOST_SOURCE, MOST_SHOWN = 20_000, 6_000
NOT_HANDED_IN = "There is no answer to this exercise in what was handed in."


@dataclass(frozen=True)
class ExerciseGrade:
    """What one answer is worth and why.

    ``cases`` are the kinds of input in order, each with whether the answer is right on all its draws.
    ``fault``, ``misconception``, ``message``, ``details`` and ``printed`` are those of a ``Result`` of the
    engine. ``source`` is the student's own code. ``by_hand`` are points that an instructor gives instead.
    """

    exercise_id: str
    title: str
    points: float
    out_of: float
    status: Status
    cases: tuple[tuple[str, bool], ...]
    message: str
    fault: str | None = None
    misconception: str | None = None
    details: str = ""
    printed: str = ""
    source: str = ""
    by_hand: float | None = None

    @property
    def earned(self) -> float:
        """The points that count."""
        return self.points if self.by_hand is None else self.by_hand

    @property
    def attempted(self) -> bool:
        return self.status in ("passed", "partly", "failed")


def judge_answer(
    exercise: Exercise,
    out_of: float,
    answer: Attempt | Fault | None,
    *,
    source: str = "",
    missing: str = NOT_HANDED_IN,
    seed: int,
) -> ExerciseGrade:
    """The grade of ``answer``: what the sandbox gave for ``source``, or None where there is none.

    ``missing`` says why there is none. A case counts when the answer is right on all draws of it. ``seed`` is
    the one that drew the inputs in the sandbox.
    """
    if answer is None:
        return _without_verdict(exercise, out_of, "missing", missing, source)
    if isinstance(answer, Fault):
        return _without_verdict(exercise, out_of, "failed", answer.message, source, answer.kind)
    draws, case_draws = list(exercise.draws(seed)), exercise.DRAWS_PER_CASE
    try:
        verdict = judge(exercise, answer, draws)
    except Exception as error:  # what came out is hostile: one answer must not end the grading of a class
        told = f"What your function returned could not be compared ({type(error).__name__})."
        return _without_verdict(exercise, out_of, "failed", told, source, "type")
    result, faults = verdict.result, verdict.faults
    told_of = [(case.name, fault) for (case, _), fault in zip(draws, faults, strict=False)]
    right = {
        case.name: [fault for name, fault in told_of if name == case.name] == [None] * case_draws
        for case in exercise.cases
    }
    share = sum(right.values()) / len(right)
    status = result.status if result.status == "unattempted" or share in (0, 1) else "partly"
    return ExerciseGrade(
        exercise.id,
        exercise.title,
        round(out_of * share, 2),
        float(out_of),
        status,
        tuple(right.items()),
        shortened(result.message, MOST_SHOWN),
        fault=result.fault,
        misconception=result.misconception,
        details=shortened(result.details, MOST_SHOWN),
        printed=shortened(result.printed, MOST_SHOWN),
        source=shortened(source, MOST_SOURCE),
    )


def _without_verdict(
    exercise: Exercise, out_of: float, status: Status, message: str, source: str, fault: str | None = None
) -> ExerciseGrade:
    """No points, and no case that is right."""
    return ExerciseGrade(
        exercise.id,
        exercise.title,
        0.0,
        float(out_of),
        status,
        tuple((case.name, False) for case in exercise.cases),
        shortened(message, MOST_SHOWN),
        fault=fault,
        source=shortened(source, MOST_SOURCE),
    )
