import statistics

import pytest

from s2s_course.claims.claim import SEEDS, compare_paired


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


@pytest.mark.parametrize("count", [1, 11])
def test_too_few_or_too_many_seeds_are_refused(count):
    with pytest.raises(ValueError, match="must hold 2 to 10 values"):
        compare_paired([1.0] * count, [0.0] * count)


def test_what_the_book_shows_has_at_least_three_seeds():
    assert len(SEEDS["quick"]) >= 3 and len(SEEDS["full"]) >= 3
