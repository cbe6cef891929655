"""Answers that the tests themselves write, run here and in no sandbox, and submissions of them."""

import json

import torch

from s2s_course.exercises.engine.attempt import Attempt, attempt
from s2s_course.exercises.engine.outcome import Fault
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.submission import Submission

SEED = 20_270_115
IDS = ("5.1", "5.2", "5.3")


class NoSandbox:
    """Stands where a sandbox is handed on; nothing runs in it."""

    name = "none"

    def run(self, *arguments, **options):
        raise AssertionError("nothing runs here")


def answer_here(sandbox, normalized, exercises, seed) -> dict[str, Attempt | Fault]:
    """As the sandbox's ``answer``, for code that a test wrote."""
    answers: dict[str, Attempt | Fault] = {}
    for exercise in exercises:
        if exercise.id in normalized.answers:
            namespace = {"torch": torch}
            exec(normalized.helpers + "\n" + normalized.answers[exercise.id], namespace)
            inputs = [case.make(case_seed) for case, case_seed in exercise.draws(seed)]
            function = namespace[exercise.function_name]
            answers[exercise.id] = attempt(exercise.question, function, inputs, seconds=10.0)
    return answers


def assignment_in(folder, ids=IDS, **changes) -> Assignment:
    """An assignment of exercises of the course, worth twice their points."""
    points = {name: 2.0 * find_exercise(name).points for name in ids}
    chosen = {"name": "hw5", "title": "Homework 5", "due": None, "seed": SEED, **changes}
    return Assignment(notebooks=("05-exercises.ipynb",), points=points, folder=folder, **chosen)


def notebook(*cells: str) -> bytes:
    """A notebook of code cells."""
    made = [
        {"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def submission(key: str, *cells: str, student: str | None = None, **changes) -> Submission:
    """What a student of that key handed in."""
    chosen = {"lms_id": None, "submitted": None, "late": None, "problem": None, **changes}
    content = (("05-exercises.ipynb", notebook(*cells)),)
    return Submission(student=student or key, key=key, notebooks=content, **chosen)


def solution(exercise_id: str) -> str:
    """A right answer under the name that is asked for."""
    exercise = find_exercise(exercise_id)
    return exercise.solution.replace(exercise.solution_name, exercise.function_name)


def body(exercise_id: str, *lines: str) -> str:
    """An answer made of ``lines`` below the head of the exercise."""
    exercise = find_exercise(exercise_id)
    head = f"def {exercise.function_name}({', '.join(exercise.arguments)}):"
    return "\n".join([head, *(f"    {line}" for line in lines)]) + "\n"
