"""Grades that tests make without grading anything."""

from s2s_course.grading.grade import Grade
from s2s_course.grading.judge import ExerciseGrade


def exercise_grade(exercise_id="5.1", points=2.0, out_of=4.0, status=None, **fields):
    status = status or ("passed" if points == out_of else "failed" if points == 0 else "partly")
    chosen = {
        "title": "A title",
        "cases": (("a case", status == "passed"),),
        "message": "A message.",
        **fields,
    }
    return ExerciseGrade(exercise_id, points=points, out_of=out_of, status=status, **chosen)


def grade_of(student="Jane Doe", key="jane", points=(2.0,), out_of=4.0, **fields):
    """A grade with those points in exercises 5.1, 5.2, …"""
    exercises = tuple(exercise_grade(f"5.{i}", each, out_of) for i, each in enumerate(points, start=1))
    return Grade(
        student, key, fields.pop("lms_id", None), "0" * 64, fields.pop("exercises", exercises), **fields
    )
