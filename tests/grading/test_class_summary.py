"""The numbers of the report, against counting by hand."""

import random
import statistics

import pytest

from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.grading.class_summary import BINS, summarize
from s2s_course.grading.judge import ExerciseGrade

from .grades_made import exercise_grade, grade_of

EXERCISES = tuple(map(find_exercise, ("5.1", "5.2", "5.3")))
STATUSES = ("passed", "partly", "failed", "unattempted", "missing")


def random_answer(chance, exercise) -> ExerciseGrade:
    status = chance.choice(STATUSES)
    points = {"passed": 4.0, "partly": chance.choice([1.0, 2.5])}.get(status, 0.0)
    names = [known.name for known in exercise.misconceptions[:3]]
    misconception, fault = None, None
    if status in ("partly", "failed"):
        fault = chance.choice(["value", "shape", "crash"])
        misconception = chance.choice([None, *names, f"{names[0]} + {names[1]}"])
    return exercise_grade(exercise.id, points, 4.0, status, fault=fault, misconception=misconception)


@pytest.fixture(scope="module")
def grades():
    chance = random.Random(17)
    made = []
    for i in range(60):
        exercises = tuple(random_answer(chance, exercise) for exercise in EXERCISES)
        fields = {"late_days": chance.choice([None, 0.0, 2.0]), "penalty": chance.choice([0.0, 10.0])}
        if i % 10 == 0:
            missing = tuple(exercise_grade(e.id, 0.0, 4.0, "missing") for e in EXERCISES)
            made.append(grade_of(f"s{i}", f"s{i}", exercises=missing, problem="No notebook.", **fields))
        else:
            made.append(
                grade_of(f"s{i}", f"s{i}", exercises=exercises, manual=chance.choice([0.0, 3.0]), **fields)
            )
    return made


def test_counts_means_and_bins(grades):
    summary = summarize(grades, EXERCISES)
    read = [g for g in grades if not g.problem and not all(e.status == "missing" for e in g.exercises)]
    assert (summary.count, summary.graded, summary.out_of) == (60, len(read), 12.0) and len(read) < 55
    assert summary.late == len([g for g in grades if g.late_days == 2.0])
    totals = sorted(grade.total for grade in read)
    assert summary.mean == pytest.approx(sum(totals) / len(totals))
    assert summary.median == statistics.median(totals)
    assert sum(summary.bins) == len(read) and len(summary.bins) == BINS
    for i, count in enumerate(summary.bins):
        low, high = 1.2 * i, 1.2 * (i + 1) if i < BINS - 1 else 1e9
        assert count == len([t for t in totals if low - 1e-9 <= t < high - 1e-9])
    for i, exercise in enumerate(summary.exercises):
        mine = [grade.exercises[i].status for grade in read]
        assert exercise.attempts == len([s for s in mine if s in ("passed", "partly", "failed")])
        assert (exercise.passed, exercise.partly) == (mine.count("passed"), mine.count("partly"))
        assert exercise.success == exercise.passed / exercise.attempts
        points = [grade.exercises[i].points for grade in read]
        assert exercise.points == pytest.approx(sum(points) / len(points))


def test_mistakes_are_counted_for_each_who_made_them(grades):
    summary = summarize(grades, EXERCISES)
    for i, exercise in enumerate(summary.exercises):
        answers = [(grade.key, grade.exercises[i]) for grade in grades]
        for trouble in exercise.troubles:
            if trouble.known:
                who = [k for k, a in answers if trouble.name in (a.misconception or "").split(" + ")]
                [message] = [m.message for m in EXERCISES[i].misconceptions if m.name == trouble.name]
                assert trouble.explanation == message
            else:
                who = [k for k, a in answers if a.fault == trouble.name and not a.misconception]
            assert list(trouble.keys) == who and who
        told = {key for trouble in exercise.troubles for key in trouble.keys}
        assert told == {key for key, answer in answers if answer.fault}
        counts = [len(trouble.keys) for trouble in exercise.troubles]
        assert counts == sorted(counts, reverse=True)
    counts = [len(trouble.keys) for trouble in summary.troubles]
    assert counts == sorted(counts, reverse=True) and all(trouble.known for trouble in summary.troubles)


def test_an_empty_class_and_one_without_answers_have_numbers_too():
    empty = summarize([], EXERCISES)
    assert (empty.count, empty.mean, empty.median, empty.exercises[0].success) == (0, None, None, None)
    assert sum(empty.bins) == 0
