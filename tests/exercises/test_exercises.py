"""The exercises themselves: right references, named mistakes, empty cells that run."""

import ast
import inspect

import pytest
import torch

from s2s_course.exercises import all_exercises, check
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.exercises.engine.exercise import DIFFICULTIES

EXERCISES = all_exercises()
EACH = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
MISTAKES = [
    pytest.param(exercise, misconception.name, wrong, id=f"{exercise.id} {wrong.__name__}")
    for exercise in EXERCISES
    for misconception in exercise.misconceptions
    for wrong in (misconception.wrong, *misconception.variants)
]


def run_cell(source: str, name: str):
    namespace = {"torch": torch}
    exec(source, namespace)
    return namespace[name]


@EACH
def test_the_reference_passes_on_any_seed(exercise):
    assert [diagnose(exercise, exercise.reference, seed=seed).status for seed in range(5)] == ["passed"] * 5


@EACH
def test_the_empty_cell_is_unattempted(exercise):
    result = check(exercise.id, run_cell(exercise.template, exercise.function_name))
    assert result.status == "unattempted" and not result.passed
    assert "unattempted" in repr(result) and exercise.goal in repr(result)


@EACH
def test_code_to_repair_is_in_the_cell_of_each_find_the_bug(exercise):
    assert bool(exercise.broken) == exercise.title.startswith("Find the bug")
    if exercise.broken:
        broken = run_cell(exercise.template, exercise.function_name)
        result = diagnose(exercise, lambda *inputs: broken(*inputs))
        assert result.misconception == exercise.misconceptions[0].name == "the bug is still there"


@EACH
def test_the_solution_cell_passes_and_begins_like_the_empty_cell(exercise):
    assert check(exercise.id, run_cell(exercise.solution, exercise.solution_name)).passed
    [definition] = ast.parse(exercise.solution).body
    end, lines = definition.body[0].end_lineno, exercise.solution.splitlines()
    head = "\n".join(lines[:end]).replace(f"def {exercise.solution_name}(", f"def {exercise.function_name}(")
    assert head in exercise.template
    assert 1 <= len(lines[end:]) <= 12 and max(map(len, exercise.template.splitlines())) <= 88


@EACH
def test_the_solution_cell_leaves_the_learner_s_function_as_it_was(exercise):
    namespace = {"torch": torch}
    exec(exercise.template, namespace)
    exec(exercise.solution, namespace)
    assert check(exercise.id, namespace[exercise.function_name]).status == "unattempted"


@pytest.mark.parametrize("exercise, name, wrong", MISTAKES)
def test_each_misconception_is_diagnosed_as_itself(exercise, name, wrong):
    result = diagnose(exercise, wrong)  # on the inputs of seed 0, as every learner meets them
    assert (result.status, result.misconception) == ("failed", name)
    [message] = [m.message for m in exercise.misconceptions if m.name == name]
    assert result.message == message


@EACH
def test_it_is_complete(exercise):
    names = [misconception.name for misconception in exercise.misconceptions]
    assert len(names) >= 3 and len(set(names)) == len(names)
    assert len(set(exercise.hints)) == 3 and all(len(hint.split()) >= 10 for hint in exercise.hints)
    assert exercise.points >= 1 and exercise.title and exercise.goal
    assert exercise.difficulty in DIFFICULTIES and 3 <= exercise.minutes <= 30
    assert exercise.effort in repr(check(exercise.id, run_cell(exercise.template, exercise.function_name)))
    assert exercise.id.startswith(f"{exercise.chapter}.")
    for misconception in exercise.misconceptions:
        for wrong in (misconception.wrong, *misconception.variants):
            assert tuple(inspect.signature(wrong).parameters) == exercise.arguments


def lines_of(code: str) -> set[str]:
    """The statements of ``code`` and their right sides, without spaces; short ones say nothing."""
    lines = ["".join(line.split("#")[0].split()) for line in code.splitlines()]
    return {part for line in lines for part in (line, line.rpartition("=")[2]) if len(part) > 12}


@EACH
def test_the_middle_hint_does_not_hold_the_solution(exercise):
    """No statement of the solution's body stands in it; the last hint may come close to that."""
    begin = exercise.template.rsplit("    raise", 1)[0].count("\n")
    body = "\n".join(exercise.solution.splitlines()[begin:])
    hint = "".join(exercise.hints[1].split())
    assert not [line for line in lines_of(body) if line in hint]
    assert "`" not in exercise.hints[1], "a plan in words: code stands in the last hint"


@EACH
def test_inputs_are_fresh_in_every_draw_and_the_same_for_a_seed(exercise):
    texts = [str(case.make(seed)) for case, seed in exercise.draws(0)]
    assert len(set(texts)) == len(texts) == 3 * len(exercise.cases)
    assert texts == [str(case.make(seed)) for case, seed in exercise.draws(0)]
    assert not set(texts) & {str(case.make(seed)) for case, seed in exercise.draws(1)}
