"""A claim's seeds, and what a result says of how it was measured."""

from dataclasses import replace

import pytest

from s2s_course.claims.claim import SEEDS, Carried, Measured


def test_what_the_book_shows_has_at_least_three_seeds():
    assert len(SEEDS["quick"]) >= 3 and len(SEEDS["full"]) >= 3


@pytest.mark.parametrize(
    ("seconds", "shown"), [(1.2, "in 1 s with"), (89.0, "in 89 s with"), (300.0, "in 5 min with")]
)
def test_a_result_shows_its_verdict_and_how_it_was_measured(seconds, shown):
    result = Measured(
        "x", "quick", (0, 1, 2), {}, "contradicted", "", "1234567", {"torch": "2.0"}, "2026-01-01", seconds
    )
    text = repr(result)
    assert "contradicted." in text and "3 seeds, measured 2026-01-01 at commit 1234567 in" in text
    assert shown in text and text.endswith("with torch 2.0.")
    assert text.endswith(result.circumstances)
    apart = replace(result, measured_at="")  # from outside of git
    assert f"measured 2026-01-01 {shown}" in repr(apart)


def test_a_result_that_was_carried_says_when():
    result = Measured(
        "x", "quick", (0, 1), {}, "holds", "", "1234567 and changes", {"torch": "2.0"}, "2026-01-01", 1.0,
        carried=(Carried("2026-02-03", "2345678", "3456789"), Carried("2026-04-05", "3456789", "4567890")),
    )  # fmt: skip
    shown = "measured 2026-01-01 at commit 1234567 and changes in 1 s with torch 2.0, "
    shown += "carried to commit 4567890 on 2026-04-05 (smoke scale bit-identical)."
    assert repr(result).endswith(shown)
    apart = replace(result, carried=(Carried("2026-04-05", "3456789", ""),))
    assert "carried to newer code on 2026-04-05" in repr(apart)
    assert (result.belongs_to, replace(result, carried=()).belongs_to) == ("4567890", "1234567 and changes")
