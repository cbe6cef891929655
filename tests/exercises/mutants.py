"""Wrong answers that nobody has thought of: every reference, changed in one place, or in two.

    .venv/bin/python tests/exercises/mutants.py [--seconds 0.5] [--two 20] [ID …]

shows for each exercise how many are taken for right, how many are named as known mistakes, how many are
explained in another way, and how many hear nothing but that values are wrong; then it lists those that are
taken for right, and the ones that hear nothing.
"""

import argparse
import ast
import collections
import contextlib
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

sys.path.append(str(Path(__file__).parents[1]))  # where pytest finds it already
from mutation_finder import Finder, Mutation

from s2s_course.exercises import all_exercises
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.result import Result

NUMBERS = {"value", "mask", "nan", "gradient"}


@dataclass(frozen=True)
class Mutant:
    """An exercise with the source of a wrong answer, and what was changed in it."""

    exercise: Exercise
    source: str
    change: str


def mutants_of(exercise: Exercise, two: int = 0) -> Iterator[Mutant]:
    """All that differ in one place, and ``two`` that differ in two."""
    mutations = _mutations(exercise)
    for mutation in mutations:
        yield Mutant(exercise, _changed(_source(exercise), [mutation]), str(mutation))
    pairs = [(a, b) for a in mutations for b in mutations if a.end <= b.start]
    for pair in random.Random(0).sample(pairs, min(two, len(pairs))):
        yield Mutant(exercise, _changed(_source(exercise), pair), " and ".join(map(str, pair)))


def _mutations(exercise: Exercise) -> list[Mutation]:
    source = _source(exercise)
    finder = Finder(exercise.id, source)
    finder.visit(ast.parse(source))
    return [mutation for mutation in finder.found if mutation.inside_function]


def _source(exercise: Exercise) -> str:
    """The solution under the name that an answer has."""
    return exercise.solution.replace(f"def {exercise.solution_name}(", f"def {exercise.function_name}(")


def _changed(source: str, mutations: list[Mutation]) -> str:
    for mutation in sorted(mutations, key=lambda mutation: -mutation.start):
        source = source[: mutation.start] + mutation.new + source[mutation.end :]
    return source


def judge(mutant: Mutant, seconds: float) -> Result | None:
    """The verdict; None for what is no program."""
    namespace = {"torch": torch}
    with contextlib.suppress(SyntaxError):
        exec(mutant.source, namespace)
        return diagnose(mutant.exercise, namespace[mutant.exercise.function_name], seconds=seconds)
    return None


def how_told(result: Result) -> str:
    """``right``, ``named``, ``crash`` and the like, ``explained``, or ``values only``."""
    if result.passed:
        return "right"
    if result.misconception:
        return "named"
    if result.fault not in NUMBERS:
        return result.fault
    told = re.sub(
        r"[^.]*(has wrong values|is wrong: True at|contains NaN|contains inf)[^.]*\.", "", result.message
    )
    told = re.sub(r"Look for the logarithm of 0[^.]*\.", "", told)
    told = re.sub(r"(All \d+|\d+ of \d+) numbers are wrong.*", "", told)
    told = re.sub(r"Right are [^.]*\.", "", told)
    return "explained" if told.strip() else "values only"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--two", type=int, default=0)
    parser.add_argument("--list", default="right,values only")
    arguments = parser.parse_args()
    exercises = [find_exercise(i) for i in arguments.ids] or all_exercises()
    total, listed = collections.Counter(), []
    for exercise in exercises:
        told = collections.Counter()
        for mutant in mutants_of(exercise, arguments.two):
            if result := judge(mutant, arguments.seconds):
                told[how_told(result)] += 1
                if how_told(result) in arguments.list.split(","):
                    listed.append(f"{exercise.id} {how_told(result)}: {mutant.change}")
        print(exercise.id, dict(told), flush=True)
        total += told
    of_numbers = total["named"] + total["explained"] + total["values only"]
    print("all", dict(total))
    print(f"of {of_numbers} wrong numbers {1 - total['values only'] / max(of_numbers, 1):.0%} hear more")
    print(*listed, sep="\n")


if __name__ == "__main__":
    main()
