import pytest

from s2s_course.checks import check_at_least, check_one_of, check_share


def test_what_is_allowed_passes():
    check_at_least(1, steps=1, patience=2.5)
    check_one_of(["dot", "general"], score="general")
    check_share(dropout=0.0, smoothing=0.999)


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: check_at_least(1, width=1, depth=0), "depth must be at least 1, got 0"),
        (lambda: check_at_least(0, rate=-0.5), "rate must be at least 0, got -0.5"),
        (lambda: check_one_of(iter("ab"), first="b", then="c"), "then must be one of a, b, got 'c'"),
        (lambda: check_share(dropout=1), r"dropout must lie in \[0, 1\), got 1"),
        (lambda: check_share(dropout=-0.1), r"dropout must lie in \[0, 1\), got -0.1"),
    ],
)
def test_what_is_not_allowed_is_named(check, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        check()
