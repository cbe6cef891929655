"""All exercises of the course, in the order of the book."""

from s2s_course.exercises import masked_cross_entropy, teacher_forcing
from s2s_course.exercises.exercise import Exercise


def all_exercises() -> tuple[Exercise, ...]:
    return (teacher_forcing.EXERCISE, masked_cross_entropy.EXERCISE)


def find_exercise(exercise_id: str) -> Exercise:
    """The exercise of that id; ValueError with all ids where there is none."""
    for exercise in all_exercises():
        if exercise.id == exercise_id:
            return exercise
    known = ", ".join(repr(exercise.id) for exercise in all_exercises())
    raise ValueError(f"exercise_id must be one of {known}, got {exercise_id!r}")
