"""Numbers in words and on an axis."""

import pytest

from s2s_course.claim_cards.numbers import Axis, bound, number, with_unit


@pytest.mark.parametrize(
    ("x", "digits", "sign", "shown"),
    [
        (-0.04, 1, True, "0.0"),
        (0.06, 1, True, "+0.1"),
        (-12345.6, 0, False, "−12,346"),
        (2.5, 2, False, "2.50"),
    ],
)
def test_a_number_has_its_digits_and_a_real_minus(x, digits, sign, shown):
    assert number(x, digits, sign=sign) == shown


def test_bounds_are_short_and_units_stay_with_their_number():
    assert [bound(x) for x in (0.0, -3.0, 0.75, 100.0)] == ["0", "−3", "0.75", "100"]
    assert [with_unit("1.0", unit) for unit in ("", "BLEU", "%")] == ["1.0", "1.0 BLEU", "1.0\u00a0%"]


def test_places_on_an_axis():
    assert [Axis(0.0, 50.0).place(x) for x in (0, 25, 50)] == [0, 50, 100]
    assert [Axis(1.0, 100.0, log=True).place(x) for x in (1, 10, 100)] == pytest.approx([0, 50, 100])
    around = Axis.over([3.0, 5.0, 4.0])
    assert 0 < around.place(3.0) < around.place(5.0) < 100
    assert Axis.over([7.0, 7.0]).place(7.0) == pytest.approx(50)


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis(-3.0, 98.0), [0, 20, 40, 60, 80]),
        (Axis(-15.2, 0.4), [-15, -10, -5, 0]),
        (Axis(0.0, 0.5), [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (Axis(3.0, 150.0, log=True), [5, 10, 20, 50, 100]),
        (Axis(20.0, 20_000.0, log=True), [100, 1000, 10_000]),
    ],
)
def test_ticks_are_round_numbers_on_the_axis(axis, ticks):
    assert axis.ticks() == pytest.approx(ticks)
