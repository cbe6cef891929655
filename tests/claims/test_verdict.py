"""From numbers to a verdict: Student's interval, pairs of seeds, bounds."""

import math
import operator
import statistics

import pytest

from s2s_course.claims.verdict import all_of, compare_paired, interval, within


def test_a_clear_difference_is_decided_either_way():
    large, small = [10.0, 12.0, 11.0], [1.0, 2.5, 1.5]
    assert compare_paired(large, small) == "holds"
    assert compare_paired(small, large) == "contradicted"


def test_a_difference_within_the_noise_is_inconclusive():
    assert compare_paired([1.0, 5.0, 3.0], [2.0, 3.0, 3.5]) == "inconclusive"
    assert compare_paired([1.0, 1.0], [1.0, 1.0]) == "inconclusive"


def test_pairing_takes_out_what_seeds_have_in_common():
    common = [0.0, 50.0, 100.0]
    assert compare_paired([c + d for c, d in zip(common, [1.0, 1.1, 0.9], strict=True)], common) == "holds"


def test_the_boundary_is_the_95_percent_interval_of_student():
    """For differences 0, 1, 2 the half width is 4.303 · 1 / √3 = 2.4843; shift them around it."""
    half_width = 4.303 * statistics.stdev([0, 1, 2]) / 3**0.5
    below, above = half_width - 1 - 0.001, half_width - 1 + 0.001
    assert compare_paired([d + below for d in (0, 1, 2)], [0.0, 0.0, 0.0]) == "inconclusive"
    assert compare_paired([d + above for d in (0, 1, 2)], [0.0, 0.0, 0.0]) == "holds"


def test_the_interval_is_that_of_student_by_scipys_table():
    """Mean 2, standard deviation 1, five values: 2 ± 2.776 / √5."""
    values = [2 + d for d in (-1.2649, -0.6325, 0.0, 0.6325, 1.2649)]
    low, high = interval(values)
    assert low == pytest.approx(2 - 2.776 / 5**0.5, abs=1e-3)
    assert high == pytest.approx(2 + 2.776 / 5**0.5, abs=1e-3)
    assert interval([3.0, 3.0, 3.0]) == (3.0, 3.0)


def student_cdf(t, freedom):
    """Of Student's distribution: 1/2 and the integral of its density from 0 to ``t``, by Simpson's rule."""
    scale = math.gamma((freedom + 1) / 2) / (math.sqrt(freedom * math.pi) * math.gamma(freedom / 2))
    steps = 4_000
    points = [scale * (1 + (t * i / steps) ** 2 / freedom) ** (-(freedom + 1) / 2) for i in range(steps + 1)]
    weights = [1, *([4, 2] * (steps // 2))[:-1], 1]
    return 0.5 + t / steps / 3 * sum(map(operator.mul, weights, points))


@pytest.mark.parametrize("count", range(2, 11))
def test_the_quantile_is_that_of_student_for_every_number_of_values(count):
    """To three decimals, the precision of printed tables: 97.5 % lie below it."""
    values = [float(i) for i in range(count)]
    low, high = interval(values)
    assert high - statistics.mean(values) == pytest.approx(statistics.mean(values) - low)
    quantile = (high - low) / 2 * math.sqrt(count) / statistics.stdev(values)
    assert student_cdf(quantile - 0.0006, count - 1) < 0.975 < student_cdf(quantile + 0.0006, count - 1)


def test_within_asks_for_the_whole_interval():
    values = [0.9, 1.0, 1.1]  # 1 ± 0.25
    assert within(values, 0.7, 1.3) == "holds"
    assert within(values, 0.8, 1.3) == within(values, 0.7, 1.2) == "inconclusive"
    assert within(values, 1.3, 2.0) == within(values, 0.0, 0.7) == "contradicted"


def test_an_interval_that_touches_a_bound():
    """Its ends belong to the interval, and a bound belongs to what is allowed."""
    least, most = interval([0.0, 1.0, 2.0])
    assert within([0.0, 1.0, 2.0], least, most) == "holds"
    assert within([0.0, 1.0, 2.0], most, most + 1) == "inconclusive"
    assert within([0.0, 1.0, 2.0], least - 1, least) == "inconclusive"


def test_a_difference_that_touches_zero_is_inconclusive():
    assert compare_paired([1.0, 1.0], [1.0, 1.0]) == "inconclusive"
    shift = interval([0.0, 1.0, 2.0])[0]
    touching = [value - shift for value in (0.0, 1.0, 2.0)]
    assert interval(touching)[0] == 0
    assert compare_paired(touching, [0.0] * 3) == compare_paired([0.0] * 3, touching) == "inconclusive"


def test_differences_are_taken_seed_by_seed():
    with pytest.raises(ValueError, match="shorter"):
        compare_paired([1.0, 2.0, 3.0], [1.0, 2.0])


def test_a_sentence_of_several_parts_holds_when_all_do():
    assert all_of("holds", "holds") == "holds"
    assert all_of("holds", "inconclusive") == "inconclusive"
    assert all_of("inconclusive", "contradicted", "holds") == "contradicted"


@pytest.mark.parametrize("count", [1, 11])
def test_too_few_or_too_many_seeds_are_refused(count):
    with pytest.raises(ValueError, match="values must be 2 to 10"):
        compare_paired([1.0] * count, [0.0] * count)
    with pytest.raises(ValueError, match=f"values must be 2 to 10, got {count}"):
        interval([1.0] * count)
