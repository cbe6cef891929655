"""Everything that is changed in a formula, with what the changed formula gives, worked out by hand."""

import math
from collections import Counter

import pytest
import torch

from s2s_course.exercises.engine.slips import slips_of


def power(a, b):
    return a**b


def product(a, b):
    return a * b


def total(a):
    return a + 0.5


def difference(a):
    return a - 3


def quotient(a, b):
    return (a // b) % 4


def axis(x):
    return x.sum(0, keepdim=True)


def chosen(a, b):
    return torch.where(a < b, a, -b)


def halves(x):
    first, second = x[:2], x[2:]
    return first - second


def bounds(a, b):
    return (a <= b) | ((a == 7) & (b > 1))


def compared(a, b, c):
    return (a >= b) & (c < a) & (a != 9)


def squashed(x, scale):
    return torch.tanh(~x * scale)


def nothing():
    return None


SLIPS = [
    (
        power,
        (3.0, 2.0),
        [
            ("`a` and `b` are exchanged", 8), ("`b` is missing", 3), ("two parts are exchanged", 8),
            ("you multiply where a power belongs", 6),
            ("`b` stands where `a` belongs", 4), ("`a` has a minus", 9),
            ("`1 - a` stands where `a` belongs", 4),
            ("`a` stands where `b` belongs", 27), ("`b` has a minus", 1 / 9),
            ("`1 - b` stands where `b` belongs", 1 / 3),
        ],
    ),
    (
        product,
        (3.0, 5.0),
        [
            ("`a` and `b` are exchanged", 15), ("you divide where you must multiply", 0.6),
            ("`a` is missing", 5), ("`b` is missing", 3), ("you add where you must multiply", 8),
            ("`b` stands where `a` belongs", 25), ("`a` has a minus", -15),
            ("`1 - a` stands where `a` belongs", -10),
            ("`a` stands where `b` belongs", 9), ("`b` has a minus", -15),
            ("`1 - b` stands where `b` belongs", -12),
        ],
    ),
    (
        total,
        (7.0,),
        [
            ("a minus stands where a plus belongs", 6.5), ("`a` is missing", 0.5), ("`0.5` is missing", 7),
            ("you multiply where you must add", 3.5), ("`a` has a minus", -6.5),
            ("`1 - a` stands where `a` belongs", -5.5),
            *((f"{other:g} stands where 0.5 belongs", 7 + other)
              for other in (0, 1, 2, -0.5, 1, 0.25, 0.25, 0.75)),
        ],
    ),
    (
        difference,
        (7.0,),
        [
            ("a plus stands where a minus belongs", 10), ("`3` is missing", 7),
            ("two parts are exchanged", -4),
            ("`a` has a minus", -10), ("`1 - a` stands where `a` belongs", -9),
            *((f"{other} stands where 3 belongs", 7 - other) for other in (-2, -1, 0, 1, 2, 4, 6, 4, 2)),
        ],
    ),
    (
        axis,
        (torch.tensor([[1.0, 2.0], [3.0, 4.0]]),),
        [
            ("`mean` stands where `sum` belongs", [[2, 3]]), ("`amax` stands where `sum` belongs", [[3, 4]]),
            ("`sum` is missing", [[1, 2], [3, 4]]), ("`sum` has no axis, or another one", [4, 6]),
            ("-2 stands where 0 belongs", [[4, 6]]),
            *((f"{other} stands where 0 belongs", [[3], [7]]) for other in (-1, 1, 1, -1)),
            ("`x` has a minus", [[-4, -6]]), ("`1 - x` stands where `x` belongs", [[-2, -4]]),
            ("`x` is transposed", [[3, 7]]), ("False stands where True belongs", [4, 6]),
        ],
    ),
    (
        halves,
        (torch.tensor([[1.0], [2.0], [3.0], [5.0]]),),
        [
            ("`first` and `second` are exchanged", [[2], [3]]),
            ("`first` and `second` are exchanged", [[2], [3]]),
            ("a plus stands where a minus belongs", [[4], [7]]), ("`second` is missing", [[1], [2]]),
            ("two parts are exchanged", [[2], [3]]),
            ("`second` stands where `first` belongs", [[0], [0]]), ("`first` has a minus", [[-4], [-7]]),
            ("`1 - first` stands where `first` belongs", [[-3], [-6]]),
            ("`first` is transposed", [[-2, -1], [-4, -3]]),
            ("`first` stands where `second` belongs", [[0], [0]]), ("`second` has a minus", [[4], [7]]),
            ("`1 - second` stands where `second` belongs", [[3], [6]]),
            ("`second` is transposed", [[-2, -4], [-1, -3]]),
            ("`x` has a minus", [[-4], [-7]]), ("`x` has a minus", [[4], [7]]),
            ("`1 - x` stands where `x` belongs", [[-3], [-6]]),
            ("`1 - x` stands where `x` belongs", [[3], [6]]),
            ("`x` is transposed", [[-2, -1, 0, 2], [-4, -3, -2, 0]]),
            *(("-2 stands where 2 belongs", [[-2], [-3]]) for _ in range(2)),
            *((f"{one} stands where 2 belongs", [[-2], [-4]]) for one in (1, 1)),
            *((f"{other} stands where 2 belongs", [[-4], [-3]]) for other in (-1, 3, 3)),
        ],
    ),
]  # fmt: skip


def found(function, arguments) -> Counter:
    """What each changed function says of itself and gives, where it gives anything."""
    given = []
    for slip in slips_of(function):
        try:
            given.append((slip.text.rsplit(", where ", 1)[0], slip.function(*arguments)))
        except (RuntimeError, IndexError, AttributeError, UnboundLocalError, TypeError):
            assert "transposed" in slip.text or "stands where" in slip.text or "missing" in slip.text
    return counted(given)


def counted(pairs) -> Counter:
    numbers = ((text, torch.as_tensor(value, dtype=torch.float64)) for text, value in pairs)
    return Counter((text, str(value.round(decimals=6).tolist())) for text, value in numbers)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("function, arguments, expected", SLIPS, ids=[case[0].__name__ for case in SLIPS])
def test_every_change_of_a_formula(function, arguments, expected):
    assert found(function, arguments) == counted(expected)


@pytest.mark.parametrize(
    ("function", "text", "at", "value"),
    [
        (quotient, "the rest of a division stands where its quotient belongs", (17, 5), 2),
        (quotient, "the quotient of a division stands where its rest belongs", (45, 5), 2),
        (bounds, "a bound is left out that must be included", (3, 3), False),
        (bounds, "a bound is included that must be left out", (7, 1), True),
        (bounds, "a condition is inverted", (5, 2), True),
        (bounds, "you join by *and* what must be joined by *or*", (1, 2), False),
        (bounds, "you join by *or* what must be joined by *and*", (5, 2), True),
        (compared, "a bound is left out that must be included", (3, 3, 0), False),
        (compared, "a bound is included that must be left out", (5, 4, 5), True),
        (compared, "a condition is inverted", (3, 3, 0), False),
    ],
)
def test_a_change_of_whole_numbers_and_conditions(function, text, at, value):
    changed = [slip.function(*at) for slip in slips_of(function) if slip.text.startswith(text)]
    assert function(*at) != value and value in changed and len(changed) == 1


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_choice_and_a_sign():
    a, b = torch.tensor([1.0, 2.0]), torch.tensor([2.0, 2.0])
    changed = {slip.text: slip.function(a, b).tolist() for slip in slips_of(chosen)}
    where = ", where the result is computed"
    assert chosen(a, b).tolist() == [1, -2]
    assert changed[f"a choice is inverted{where}"] == [-2, 2]
    assert changed[f"a minus is missing{where}"] == [1, 2]
    assert changed[f"a bound is included that must be left out{where}"] == [1, 2]


def test_a_function_of_torch_and_a_negation_can_be_left_out():
    texts = {slip.text: slip.function for slip in slips_of(squashed)}
    x = torch.tensor([True, False])
    where = ", where the result is computed"
    assert texts[f"`tanh` is missing{where}"](x, 2.0).tolist() == [0, 2]
    assert texts[f"a negation is missing{where}"](x, 2.0).tolist() == pytest.approx([math.tanh(2.0), 0])
    alike = {text for text in texts if text.endswith(f"stands where `tanh` belongs{where}")}
    assert alike == {f"`{name}` stands where `tanh` belongs{where}" for name in ("sigmoid", "relu")}


def test_a_change_is_placed_in_its_statement():
    where = {slip.text.rsplit(", where ", 1)[1] for slip in slips_of(halves)}
    assert where == {"`first, second` is computed", "the result is computed"}
    assert [slip.text for slip in slips_of(nothing)] == []
