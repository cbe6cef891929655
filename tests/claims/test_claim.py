import statistics

import pytest

from s2s_course.claims.claim import SEEDS, Measured, all_of, compare_paired, interval, within


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


def test_within_asks_for_the_whole_interval():
    values = [0.9, 1.0, 1.1]  # 1 ± 0.25
    assert within(values, 0.7, 1.3) == "holds"
    assert within(values, 0.8, 1.3) == within(values, 0.7, 1.2) == "inconclusive"
    assert within(values, 1.3, 2.0) == within(values, 0.0, 0.7) == "contradicted"


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
        "x", "quick", (0, 1, 2), {}, "contradicted", "", {"torch": "2.0"}, "2026-01-01", seconds
    )
    for text in (repr(result), result._repr_markdown_()):
        assert "contradicted." in text and "3 seeds, measured 2026-01-01" in text
        assert shown in text and text.endswith("with torch 2.0.")
