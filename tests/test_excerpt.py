import pytest

from s2s_course.excerpt import excerpt, lines_between

CODE = """\
def first(x):
    a = x
    b = a

    return b

def second(x):
    a = x
    return a"""


def test_lines_are_counted_from_one_text_to_the_next():
    assert lines_between(CODE, "def first", "b = a") == range(3)
    assert lines_between(CODE, "a = x", "a = x", begin=2) == range(7, 8)


def test_pieces_stand_in_their_order_and_what_is_left_out_is_marked():
    assert excerpt(CODE, "def first", "return b") == "def first(x):\n    # …\n    return b"
    assert excerpt(CODE, "a = x … b = a", "return b") == "a = x\nb = a\n\nreturn b"
    assert excerpt(CODE, "return b", "a = x … return a") == "return b\n# …\na = x\nreturn a"
    assert excerpt(CODE) == ""


@pytest.mark.parametrize("pieces", [("c = a",), ("def first … c = a",), ("def second", "def first")])
def test_a_piece_that_is_not_there_any_more_is_an_error(pieces):
    with pytest.raises(ValueError, match=r"must contain .(c = a|def first)."):
        excerpt(CODE, *pieces)
