"""What stands in an exercise, by its id."""

import itertools

from s2s_course.exercises.engine.registry import find_exercise


def draws_of(exercise_id: str) -> list[tuple]:
    """The inputs that an answer meets in five checks with different seeds."""
    exercise = find_exercise(exercise_id)
    draws = itertools.chain.from_iterable(exercise.draws(seed) for seed in range(5))
    return [case.make(case_seed) for case, case_seed in draws]


def message_of(exercise_id: str, name: str) -> str:
    """What the exercise says to those who make the mistake ``name``."""
    [found] = [m.message for m in find_exercise(exercise_id).misconceptions if m.name == name]
    return found
