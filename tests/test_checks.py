"""What the sentences say, and where each border lies."""

import math

import numpy as np
import pytest

from s2s_course.checks import check_at_least, check_more_than_0, check_one_of, check_share


def test_what_is_allowed_passes():
    check_at_least(1, size=1, layers=7)
    check_at_least(0.5, share=0.5, much=math.inf)
    check_more_than_0(rate=1e-9, norm=1e300)
    check_at_least(1, steps=np.int64(3))
    check_share(none=0, half=0.5, most=0.999)
    check_one_of({"a": 1, "b": 2}, first="a", second="b")
    check_one_of((name for name in ("a", "b")), first="b", second="a")  # gone through only once


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: check_at_least(1, size=0), "size must be at least 1, got 0"),
        (lambda: check_at_least(0, padding=-1), "padding must be at least 0, got -1"),
        (lambda: check_at_least(1, good=1, bad=-3, worse=-4), "bad must be at least 1, got -3"),
        (lambda: check_at_least(1.0, size=math.nan), "size must be at least 1.0, got nan"),
        (lambda: check_at_least(1, size=math.nan), "size must be a whole number, got nan"),
        (lambda: check_at_least(1, good=1, steps=2.5), "steps must be a whole number, got 2.5"),
        (lambda: check_at_least(1, steps=math.inf), "steps must be a whole number, got inf"),
        (lambda: check_at_least(1, steps="3"), "steps must be a whole number, got '3'"),
        (lambda: check_more_than_0(rate=math.inf), "rate must be finite, got inf"),
        (lambda: check_more_than_0(good=1, rate=0.0), "rate must be more than 0, got 0.0"),
        (lambda: check_more_than_0(rate=math.nan), "rate must be more than 0, got nan"),
        (lambda: check_share(dropout=1), "dropout must lie in [0, 1), got 1"),
        (lambda: check_share(good=0.0, dropout=-0.1), "dropout must lie in [0, 1), got -0.1"),
        (lambda: check_share(dropout=math.nan), "dropout must lie in [0, 1), got nan"),
        (lambda: check_one_of(("a", "b"), good="a", cell="c"), "cell must be one of a, b, got 'c'"),
        (lambda: check_one_of("ab", cell="ab"), "cell must be one of a, b, got 'ab'"),
        (lambda: check_one_of(iter(["a"]), cell=None), "cell must be one of a, got None"),
    ],
)
def test_what_is_not_allowed_is_named(check, message):
    with pytest.raises(ValueError) as caught:
        check()
    assert str(caught.value) == message
