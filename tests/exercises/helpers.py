"""What the tests of exercises and quizzes of several chapters need."""

import itertools

import torch

from s2s_course.exercises.registry import find_exercise
from s2s_course.widgets.quiz import Choice, Question


def draws_of(exercise_id: str) -> list[tuple]:
    """The inputs that an answer meets in five checks with different seeds."""
    exercise = find_exercise(exercise_id)
    draws = itertools.chain.from_iterable(exercise.draws(seed) for seed in range(5))
    return [case.make(case_seed) for case, case_seed in draws]


def in_float64(inputs) -> list:
    return [
        value.double() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
        for value in inputs
    ]


def is_close(mine: torch.Tensor, theirs: torch.Tensor) -> bool:
    return mine.shape == theirs.shape and torch.allclose(mine, theirs, rtol=1e-10, atol=1e-10)


def message_of(exercise_id: str, name: str) -> str:
    """What the exercise says to those who make the mistake ``name``."""
    [found] = [m.message for m in find_exercise(exercise_id).misconceptions if m.name == name]
    return found


def right(question: Question) -> Choice:
    [choice] = [choice for choice in question.choices if choice.right]
    return choice


def find(question: Question, start: str) -> Choice:
    """The one choice that begins so."""
    [choice] = [choice for choice in question.choices if choice.text.startswith(start)]
    return choice
