"""``check(…, strict=True)``, for graders that run notebooks."""

import functools

import pytest
import torch

from s2s_course.exercises import NotRight, all_exercises, check
from s2s_course.exercises.engine.registry import find_exercise


def right(scores, src_mask):
    return scores.masked_fill(~src_mask, float("-inf")).softmax(dim=1)


def wrong(scores, src_mask):
    return scores.softmax(dim=1)


def empty(scores, src_mask):
    raise NotImplementedError


def crashing(scores, src_mask):
    raise ZeroDivisionError


@pytest.mark.parametrize("answer", [wrong, empty, crashing, "text", None, lambda x: x])
def test_what_is_not_right_raises_and_says_why(answer):
    loose = check("5.2", answer)
    assert not loose.passed
    with pytest.raises(NotRight) as caught:
        check("5.2", answer, strict=True)
    assert caught.value.result == loose and loose.message in str(caught.value)
    assert isinstance(caught.value, AssertionError)
    assert caught.value._render_traceback_() == repr(loose).splitlines()


def test_what_is_right_is_returned_as_ever():
    assert check("5.2", right, strict=True) == check("5.2", right)
    assert check("5.2", right).passed


def test_what_is_no_exercise_is_an_error_of_its_own():
    with pytest.raises(ValueError, match="exercise_id must be one of"):
        check("5.99", right, strict=True)


@pytest.mark.parametrize("strict", [False, True])
def test_the_hint_is_in_the_result(strict):
    try:
        result = check("5.2", wrong, hint=1, strict=strict)
    except NotRight as error:
        result = error.result
    assert result.hints == find_exercise("5.2").hints[:1]


@pytest.mark.parametrize("exercise", all_exercises()[::9], ids=lambda exercise: exercise.id)
def test_the_course_s_own_functions_are_nobody_s_answer(exercise):
    for function in (exercise.reference, *exercise.also_right, torch.no_grad()(exercise.reference)):
        assert "course's own function. Write yours" in check(exercise.id, function).note
        with pytest.raises(NotRight, match="course's own function") as caught:
            check(exercise.id, function, strict=True)
        assert caught.value.result.fault == "borrowed"


def test_the_text_of_the_solution_in_a_cell_is_right():
    exercise = find_exercise("5.2")
    namespace = {"torch": torch}
    exec(exercise.solution, namespace)
    assert check("5.2", namespace[exercise.solution_name], strict=True).passed


def test_an_answer_that_pretends_to_be_wrapped_is_looked_at_as_it_is():
    @functools.wraps(wrong)
    def around(*arguments):
        return right(*arguments)

    assert check("5.2", around).passed
    around.__wrapped__ = around
    assert check("5.2", around).status in ("passed", "failed")
    around.__wrapped__ = 5
    assert check("5.2", around).status in ("passed", "failed")
