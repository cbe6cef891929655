"""How close an answer must be. The bounds are those of ``compare.py``, from both sides."""

import pytest
import torch

from s2s_course.exercises.engine.compare import compare
from s2s_course.exercises.engine.outcome import Outcome


def fault(got: torch.Tensor, wanted: torch.Tensor) -> str | None:
    """The fault of an answer that gives ``got``."""
    found = compare(Outcome(got), Outcome(wanted), outputs=("x",), arguments=())
    return found and found.kind


def gradient_fault(got: torch.Tensor | None, wanted: torch.Tensor | None) -> str | None:
    """The fault of an answer with the right value and the gradient ``got``."""
    answer, expected = (
        Outcome(torch.ones(()), gradients=(gradient,), connected=True) for gradient in (got, wanted)
    )
    found = compare(answer, expected, outputs=("x",), arguments=("a",))
    return found and found.kind


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("of", [fault, gradient_fault])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("size", [1000.0, 1e6])
def test_large_numbers_may_differ_by_a_ten_thousandth_of_themselves(of, dtype, sign, size):
    wanted = torch.full((3,), sign * size, dtype=dtype)
    kind = "value" if of is fault else "gradient"
    for direction in (1, -1):
        assert of(wanted * (1 + direction * 0.9e-4), wanted) is None
        assert of(wanted * (1 + direction * 1.1e-4), wanted) == kind


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("of", [fault, gradient_fault])
@pytest.mark.parametrize("sign", [1, -1])
def test_where_zero_is_right_a_hundred_thousandth_is_allowed(of, dtype, sign):
    wanted = torch.zeros(3, dtype=dtype)
    kind = "value" if of is fault else "gradient"
    assert of(wanted + sign * 0.9e-5, wanted) is None
    assert of(wanted + sign * 1.1e-5, wanted) == kind


@pytest.mark.parametrize("of", [fault, gradient_fault])
def test_one_number_that_is_off_is_enough(of):
    got = torch.arange(6.0).reshape(2, 3)
    got[1, 1] += 0.01
    assert of(got, torch.arange(6.0).reshape(2, 3)) == ("value" if of is fault else "gradient")


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8])
def test_whole_numbers_must_be_equal(dtype):
    wanted = torch.tensor([0, 100, torch.iinfo(dtype).max], dtype=dtype)
    assert fault(wanted.clone(), wanted) is None
    for place in range(3):
        got = wanted.clone()
        got[place] += -1 if place == 2 else 1
        assert fault(got, wanted) == "value"


@pytest.mark.parametrize("special", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_is_right_where_it_is_expected(special):
    wanted = torch.tensor([1.0, special])
    assert fault(wanted.clone(), wanted) is None
    assert fault(torch.tensor([1.0, 1e9]), wanted) == "value"
    assert fault(torch.tensor([special, special]), wanted) == "nan"


def test_infinity_of_the_other_sign_is_wrong():
    assert fault(torch.tensor([-float("inf")]), torch.tensor([float("inf")])) == "value"


def test_no_gradient_is_a_gradient_of_zero():
    assert gradient_fault(None, None) is None
    assert gradient_fault(None, torch.zeros(2)) is None and gradient_fault(torch.zeros(2), None) is None
    assert gradient_fault(None, torch.ones(2)) == gradient_fault(torch.ones(2), None) == "gradient"
