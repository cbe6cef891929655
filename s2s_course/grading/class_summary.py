"""What a class has understood and what not: the numbers of the report."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.grading.grade import Grade
from s2s_course.grading.judge import ExerciseGrade

BINS = 10


@dataclass(frozen=True)
class Trouble:
    """A known mistake, by ``name`` and ``explanation``, or a kind of fault that is none, and who met it."""

    exercise_id: str
    title: str
    name: str
    explanation: str
    known: bool
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ExerciseSummary:
    """One exercise over the class. ``points`` is the mean over all whose submission can be read."""

    exercise_id: str
    title: str
    out_of: float
    attempts: int
    passed: int
    partly: int
    points: float
    troubles: tuple[Trouble, ...]

    @property
    def success(self) -> float | None:
        """The share of passed answers among attempts; None where there are none."""
        return self.passed / self.attempts if self.attempts else None


@dataclass(frozen=True)
class ClassSummary:
    """The class. ``bins`` counts the totals in tenths of ``out_of``, the last with its end and beyond."""

    count: int
    graded: int
    late: int
    out_of: float
    mean: float | None
    median: float | None
    bins: tuple[int, ...]
    exercises: tuple[ExerciseSummary, ...]
    troubles: tuple[Trouble, ...]


def summarize(grades: Sequence[Grade], exercises: Sequence[Exercise]) -> ClassSummary:
    """The numbers of ``grades``. What could not be graded counts as handed in and for nothing else."""
    graded = [grade for grade in grades if grade.ungraded is None]
    totals = [grade.total for grade in graded]
    out_of = graded[0].out_of if graded else 0.0
    each = tuple(_of_exercise(graded, i, exercise) for i, exercise in enumerate(exercises))
    troubles = [trouble for one in each for trouble in one.troubles if trouble.known]
    return ClassSummary(
        count=len(grades),
        graded=len(graded),
        late=sum(bool(grade.late_days) for grade in grades),
        out_of=out_of,
        mean=statistics.fmean(totals) if totals else None,
        median=statistics.median(totals) if totals else None,
        bins=_bins(totals, out_of),
        exercises=each,
        troubles=tuple(sorted(troubles, key=lambda trouble: -len(trouble.keys))),
    )


def _of_exercise(grades: Sequence[Grade], index: int, exercise: Exercise) -> ExerciseSummary:
    answers = [(grade.key, grade.exercises[index]) for grade in grades]
    status = Counter(answer.status for _, answer in answers)
    return ExerciseSummary(
        exercise.id,
        exercise.title,
        answers[0][1].out_of if answers else 0.0,
        attempts=sum(answer.attempted for _, answer in answers),
        passed=status["passed"],
        partly=status["partly"],
        points=statistics.fmean(answer.earned for _, answer in answers) if answers else 0.0,
        troubles=_troubles(answers, exercise),
    )


def _troubles(answers: Sequence[tuple[str, ExerciseGrade]], exercise: Exercise) -> tuple[Trouble, ...]:
    """Mistakes and faults of an exercise, the most frequent first; an answer with two mistakes has both."""
    explanations = {known.name: known.message for known in exercise.misconceptions}
    found: dict[tuple[bool, str], list[str]] = {}
    for key, answer in answers:
        names = answer.misconception.split(" + ") if answer.misconception else []
        for name in names:
            found.setdefault((True, name), []).append(key)
        if not names and answer.fault:
            found.setdefault((False, answer.fault), []).append(key)
    troubles = (
        Trouble(exercise.id, exercise.title, name, explanations.get(name, ""), known, tuple(keys))
        for (known, name), keys in found.items()
    )
    return tuple(sorted(troubles, key=lambda trouble: (-len(trouble.keys), not trouble.known, trouble.name)))


def _bins(totals: Sequence[float], out_of: float) -> tuple[int, ...]:
    bins = [0] * BINS
    for total in totals:
        bins[min(BINS - 1, int(BINS * total / out_of)) if out_of else 0] += 1
    return tuple(bins)
