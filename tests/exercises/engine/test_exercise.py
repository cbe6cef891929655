"""What an exercise makes of its reference: cells, names, inputs."""

from dataclasses import replace

import pytest

from s2s_course.exercises.engine.exercise import Case, Exercise, Task

TASK = Task(
    id="5.10",
    title="Twice",
    goal="Double it.",
    points=2,
    difficulty="easy",
    minutes=5,
    outputs=("twice",),
    hints=("a", "b", "c"),
)


def double(number, times):
    """Twice ``number``.

    number: any size
    """
    return 2 * number  # double(number, times) is not called here


def helper(number):
    return number + 1


def broken(number, times):
    """Another docstring."""
    return helper(number)


def bare(number, times):
    return number


CASES = (Case("small", lambda seed: (seed % 7, 1)), Case("large", lambda seed: (seed, 2)))
EXERCISE = Exercise.from_task(TASK, double, CASES, ())
HEAD = 'def double(number, times):\n    """Twice ``number``.\n\n    number: any size\n    """\n'


def test_it_takes_all_of_its_task():
    assert all(getattr(EXERCISE, name) == value for name, value in vars(TASK).items())
    assert (EXERCISE.reference, EXERCISE.cases, EXERCISE.misconceptions) == (double, CASES, ())
    assert (EXERCISE.exact_zeros, EXERCISE.also_right, EXERCISE.broken) == (False, (), ())
    other = Exercise.from_task(
        TASK, double, CASES, (), exact_zeros=True, also_right=(bare,), broken=(helper, broken)
    )
    assert (other.exact_zeros, other.also_right, other.broken) == (True, (bare,), (helper, broken))


def test_the_cells_of_the_chapter():
    body = "    return 2 * number  # double(number, times) is not called here\n"
    assert EXERCISE.template == f"{HEAD}    raise NotImplementedError  # replace this line with your code\n"
    assert EXERCISE.solution == HEAD.replace("double(", "double_solution(") + body
    assert EXERCISE.arguments == ("number", "times")
    assert (EXERCISE.chapter, EXERCISE.number) == (5, 10)
    assert replace(EXERCISE, id="P3.2").chapter == 3


def test_the_cell_with_a_bug_has_the_head_of_the_reference():
    body = "    return helper(number)\n"
    for last, code in ((broken, body), (bare, "    return number\n")):
        exercise = replace(EXERCISE, broken=(helper, last))
        assert exercise.template == f"def helper(number):\n    return number + 1\n\n\n{HEAD}{code}"


def test_inputs_are_drawn_three_times_a_case_and_never_twice_alike():
    draws = list(EXERCISE.draws(0))
    assert [case.name for case, _ in draws] == ["small"] * 3 + ["large"] * 3
    seeds = {seed for _, seed in draws}
    assert len(seeds) == 6 and list(EXERCISE.draws(0)) == draws
    assert seeds.isdisjoint(seed for _, seed in EXERCISE.draws(1))
    assert seeds.isdisjoint(seed for _, seed in replace(EXERCISE, id="5.1").draws(0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "5"}, "id must be chapter and number, such as '5.1', got '5'"),
        ({"id": "5.0"}, "id must be chapter"),
        ({"id": "Q5.1"}, "id must be chapter"),
        ({"points": 0}, "points must be at least 1, got 0"),
        ({"minutes": 0}, "minutes must be at least 1, got 0"),
        ({"difficulty": "tough"}, "difficulty must be one of easy, medium, hard, got 'tough'"),
    ],
)
def test_a_task_that_cannot_be_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(TASK, **change)
