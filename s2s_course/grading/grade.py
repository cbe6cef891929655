"""Grading a class: one submission after the other, each result kept as soon as it is there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from s2s_course.grading.adjustments import Adjustments
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.judge import NOT_HANDED_IN, ExerciseGrade, judge_answer
from s2s_course.grading.kept import Outcomes, keep, kept, result_path
from s2s_course.grading.lateness import days_late
from s2s_course.grading.normalize import normalize
from s2s_course.grading.sandbox import Sandbox, answer
from s2s_course.grading.submission import Submission


@dataclass(frozen=True)
class Grade:
    """What one student gets.

    ``problem`` says why nothing could be graded. ``late_days`` is None where it is not known, ``penalty`` is
    in percent of ``points``, and ``manual`` are points that are added after it.
    """

    student: str
    key: str
    lms_id: str | None
    digest: str
    exercises: tuple[ExerciseGrade, ...]
    notes: tuple[str, ...] = ()
    problem: str | None = None
    late_days: float | None = None
    penalty: float = 0.0
    manual: float = 0.0
    comment: str = ""

    @property
    def ungraded(self) -> str | None:
        """Why there was nothing to grade, in one sentence; None where there was."""
        if self.problem is None and all(exercise.status == "missing" for exercise in self.exercises):
            return self.exercises[0].message if self.exercises else None
        return self.problem

    @property
    def points(self) -> float:
        return round(sum((exercise.earned for exercise in self.exercises), 0.0), 2)

    @property
    def out_of(self) -> float:
        return round(sum((exercise.out_of for exercise in self.exercises), 0.0), 2)

    @property
    def taken_off(self) -> float:
        """Points that the penalty costs."""
        return round(self.points * self.penalty / 100, 2)

    @property
    def total(self) -> float:
        """Never below 0; more than ``out_of`` where an instructor gives more."""
        return max(0.0, round(self.points - self.taken_off + self.manual, 2))


def grade_class(
    submissions: Sequence[Submission],
    assignment: Assignment,
    sandbox: Callable[[], Sandbox],
    results: Path,
    adjustments: Adjustments | None = None,
) -> Iterator[Grade]:
    """The grades of ``submissions`` in their order. What is kept in the folder ``results`` is not graded
    again. ``sandbox`` gives the place where answers run; it is asked once, and only where one is to run.

    Each is kept before the next is begun, so that an interrupt loses the one at hand and no other.
    """
    adjustments, decides, sandbox = adjustments or Adjustments(), assignment.digest, cache(sandbox)
    results.mkdir(parents=True, exist_ok=True)
    for submission in submissions:
        if submission.problem is not None:
            outcomes = Outcomes(_nothing(assignment, submission.problem))
        else:
            path = result_path(results, submission.digest, decides)
            outcomes = kept(path, assignment.points)
            if outcomes is None:
                outcomes = grade_submission(submission, assignment, sandbox)
                keep(path, outcomes)
        yield adjusted(submission, assignment, outcomes, adjustments)


def grade_submission(
    submission: Submission, assignment: Assignment, sandbox: Callable[[], Sandbox]
) -> Outcomes:
    """What ``submission`` is worth: found, run in what ``sandbox`` gives, and judged here."""
    exercises = assignment.exercises
    normalized = normalize(submission, exercises)
    answers = answer(sandbox(), normalized, exercises, assignment.seed) if normalized.answers else {}
    return Outcomes(
        tuple(
            judge_answer(
                exercise,
                assignment.points[exercise.id],
                answers.get(exercise.id) if exercise.id in normalized.answers else None,
                source=normalized.answers.get(exercise.id, ""),
                missing=normalized.problems.get(exercise.id, NOT_HANDED_IN),
                seed=assignment.seed,
            )
            for exercise in exercises
        ),
        tuple(normalized.notes),
    )


def adjusted(
    submission: Submission, assignment: Assignment, outcomes: Outcomes, adjustments: Adjustments
) -> Grade:
    """The grade that follows from what was handed in and from what the instructor says."""
    said = adjustments.for_student(submission.key, days_late(submission, assignment.due))
    return Grade(
        submission.student,
        submission.key,
        submission.lms_id,
        submission.digest,
        tuple(replace(each, by_hand=said.by_hand.get(each.exercise_id)) for each in outcomes.exercises),
        notes=outcomes.notes,
        problem=submission.problem,
        late_days=None if said.late_days is None else float(said.late_days),
        penalty=float(said.penalty or 0.0),
        manual=said.points,
        comment=said.comment,
    )


def _nothing(assignment: Assignment, problem: str) -> tuple[ExerciseGrade, ...]:
    """All exercises of a submission that cannot be read."""
    return tuple(
        judge_answer(exercise, assignment.points[exercise.id], None, missing=problem, seed=assignment.seed)
        for exercise in assignment.exercises
    )
