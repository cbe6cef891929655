import math
import operator
import statistics
from dataclasses import replace

import pytest

from s2s_course.claims.claim import SEEDS, Carried, Measured, all_of, compare_paired, interval, within


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


def test_what_the_book_shows_has_at_least_three_seeds():
    assert len(SEEDS["quick"]) >= 3 and len(SEEDS["full"]) >= 3


@pytest.mark.parametrize(
    ("seconds", "shown"), [(1.2, "in 1 s with"), (89.0, "in 89 s with"), (300.0, "in 5 min with")]
)
def test_a_result_shows_its_verdict_and_how_it_was_measured(seconds, shown):
    result = Measured(
        "x", "quick", (0, 1, 2), {}, "contradicted", "", "1234567", {"torch": "2.0"}, "2026-01-01", seconds
    )
    for text in (repr(result), result._repr_markdown_()):
        assert "contradicted." in text and "3 seeds, measured 2026-01-01 at commit 1234567 in" in text
        assert shown in text and text.endswith("with torch 2.0.")
    apart = replace(result, measured_at="")  # from outside of git
    assert f"measured 2026-01-01 {shown}" in repr(apart)


def test_a_result_that_was_carried_says_when():
    result = Measured(
        "x", "quick", (0, 1), {}, "holds", "", "1234567 and changes", {"torch": "2.0"}, "2026-01-01", 1.0,
        carried=(Carried("2026-02-03", "2345678", "3456789"), Carried("2026-04-05", "3456789", "4567890")),
    )  # fmt: skip
    shown = "measured 2026-01-01 at commit 1234567 and changes in 1 s with torch 2.0, "
    shown += "carried to commit 4567890 on 2026-04-05 (smoke scale bit-identical)."
    for text in (repr(result), result._repr_markdown_()):
        assert text.endswith(shown)
    apart = replace(result, carried=(Carried("2026-04-05", "3456789", ""),))
    assert "carried to newer code on 2026-04-05" in repr(apart)
    assert (result.belongs_to, replace(result, carried=()).belongs_to) == ("4567890", "1234567 and changes")
