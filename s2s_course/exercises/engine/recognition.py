"""Which known mistake an answer behaves like."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from s2s_course.exercises.engine.compare import compare, compare_outputs
from s2s_course.exercises.engine.exercise import Case, Exercise
from s2s_course.exercises.engine.misconception import Answer, Misconception
from s2s_course.exercises.engine.outcome import Outcome, run

Draws = Sequence[tuple[Case, int]]


@dataclass(frozen=True)
class Recognized:
    """The names of the mistakes, joined by `` + ``, and what is said about them; no name for a mere slip."""

    name: str | None
    message: str


@functools.lru_cache(maxsize=4096)  # what our own functions give is the same for every answer
def outcome_of(function: Callable, case: Case, case_seed: int) -> Outcome:
    """What one of our own functions gives on an input."""
    outcome = run(function, case.make(case_seed))
    return outcome if case.gradient else outcome.without_gradient()


def recognize(exercise: Exercise, answers: Sequence[Outcome], draws: Draws) -> Recognized | None:
    """The one mistake that behaves like the answer on every input; the first where there are several.

    Where outputs are wrong they alone decide: a mistake is the same mistake in a detached answer.
    """
    names = {"outputs": exercise.outputs, "arguments": exercise.arguments}

    def same_output(mine: Outcome, theirs: Outcome) -> bool:
        if mine.fault or theirs.fault:
            return bool(mine.fault and theirs.fault)
        return compare_outputs(mine, theirs, exercise.outputs) is None

    def same(mine: Outcome, theirs: Outcome) -> bool:
        return same_output(mine, theirs) and (bool(mine.fault) or compare(mine, theirs, **names) is None)

    if all(answer.fault for answer in answers):
        return None
    expected = (outcome_of(exercise.reference, *draw) for draw in draws)
    alike = same if all(map(same_output, answers, expected)) else same_output
    for misconception, wrong in each_way(exercise):
        theirs = (outcome_of(wrong, *draw) for draw in draws)
        if all(map(alike, answers, theirs)):
            return Recognized(misconception.name, misconception.message)
    return None


def each_way(exercise: Exercise) -> Iterator[tuple[Misconception, Answer]]:
    """Every known mistake in all the ways in which it is made."""
    for misconception in exercise.misconceptions:
        for wrong in (misconception.wrong, *misconception.variants):
            yield misconception, wrong
