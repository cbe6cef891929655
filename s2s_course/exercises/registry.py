"""All exercises of the course, in the order of the book."""

from s2s_course.exercises import chapter_01, chapter_04
from s2s_course.exercises.exercise import Exercise


def all_exercises() -> tuple[Exercise, ...]:
    return (*chapter_01.EXERCISES, *chapter_04.EXERCISES)


def find_exercise(exercise_id: str) -> Exercise:
    """The exercise of that id; ValueError with all ids where there is none."""
    by_id = {exercise.id: exercise for exercise in all_exercises()}
    if not isinstance(exercise_id, str) or exercise_id not in by_id:
        shown = (
            repr(exercise_id) if isinstance(exercise_id, str | int | float) else type(exercise_id).__name__
        )
        raise ValueError(f"exercise_id must be one of {', '.join(map(repr, by_id))}, got {shown}")
    return by_id[exercise_id]
