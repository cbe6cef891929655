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


def test_pieces_stand_in_their_order_below_the_name_of_their_function():
    assert excerpt(CODE, "return b") == "def first(x):\n    # …\n    return b"
    assert excerpt(CODE, "a = x … b = a", "return b") == CODE[: CODE.index("def second")].rstrip()
    assert excerpt(CODE, "return b", "return a") == (
        "def first(x):\n    # …\n    return b\n\ndef second(x):\n    # …\n    return a"
    )
    assert excerpt(CODE) == ""


def test_a_method_stands_in_its_class():
    code = "class One:\n    a = 1\n\n    def f(\n        self,\n    ):\n        b = 1\n        return b"
    assert excerpt(code, "return b") == "class One:\n    def f(\n        # …\n        return b"
    assert excerpt(code, "a = 1", "def f … )") == "class One:\n    a = 1\n\n    def f(\n        self,\n    ):"


@pytest.mark.parametrize("pieces", [("c = a",), ("def first … c = a",), ("def second", "def first")])
def test_a_piece_that_is_not_there_any_more_is_an_error(pieces):
    with pytest.raises(ValueError, match=r"must contain .(c = a|def first)."):
        excerpt(CODE, *pieces)
