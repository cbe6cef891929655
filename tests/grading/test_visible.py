"""Text of strangers: nothing hidden stays hidden, and all of it can be encoded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s_course.grading.visible import on_one_line, shortened, visible

ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
def test_what_is_returned_can_be_encoded_and_hides_nothing(text):
    shown = visible(text)
    shown.encode()
    for character in shown:
        if character not in "\n\t":
            assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
            assert unicodedata.bidirectional(character) not in (
                "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"
            ) or character in "\u200c\u200d"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x07", "a␛[31mred␇"),
        ("exe\u202etxt", "exe⟨U+202E⟩txt"),
        ("\ud83d", "⟨U+D83D⟩"),
        ("\x7f\x85\ufeff", "␡⟨U+0085⟩⟨U+FEFF⟩"),
        ("a\r\nb\rc\td", "a\nb␍c\td"),
        ("می‌خواهم", "می‌خواهم"),  # Persian needs its joiner
        ("José 李小龙 👩‍💻", "José 李小龙 👩‍💻"),
    ],
)
def test_hidden_characters_are_written_out_and_letters_left(text, shown):
    assert visible(text) == shown


@given(ANY, st.integers(2, 30))
def test_a_line_is_one_line_and_not_longer(text, most):
    line = on_one_line(text, most)
    assert len(line) <= most and len(line.splitlines()) <= 1 and "\t" not in line


def test_what_is_cut_says_how_much():
    assert shortened("abc", 3) == "abc"
    assert shortened("x" * 1_007, 7) == "xxxxxxx\n… and 1,000 more characters, which are not shown"
