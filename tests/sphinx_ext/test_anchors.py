"""Addresses of letters, exercises and claims: there, lasting, and open to plain Markdown links."""

import re

import pytest

from s2s_course.sphinx_ext.anchors import letter_anchor

from .small_book import build, write_book

PAGE = """
| letter | what it means | chapters |
| --- | --- | --- |
| $H$ | units | 2, 3 |
| $H$ | heads | 7 |
| $H$ | heads again | 7, 8 |
| $d_\\text{ff}$ | a size | 9 |

| sign | what it means |
| --- | --- |
| $Q$ | no letter of ours |

## Exercise 5.1: The score

(claim-clipping)=
## A claim

[H](page.md#letter-H-7), [the exercise](page.md#exercise-5-1), [a claim](page.md#claim-clipping).
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(write_book(tmp_path_factory.mktemp("anchors")), PAGE)


def test_rows_of_letters_and_exercises_have_addresses(built):
    html, warnings = built
    assert warnings == []
    rows = re.findall(r'<tr[^>]*id="([^"]*)"', html)
    assert rows == ["letter-H-2", "letter-H-7", "letter-H-7-2", "letter-d-ff-9"]
    assert re.search(r'id="exercise-5-1">\s*<span id="exercise-5-1-the-score">', html)
    for anchor in (*rows, "exercise-5-1"):  # the sign that leads there
        assert re.search(rf'<a class="headerlink[^"]*" href="#{anchor}" title="Link to this', html)


def test_markdown_links_lead_there(built):
    html, _ = built
    for anchor, text in (
        ("letter-H-7", "H"),
        ("exercise-5-1", "the exercise"),
        ("claim-clipping", "a claim"),
    ):
        assert re.search(rf'href="#{anchor}"><span[^>]*>{text}<', html), anchor


def test_a_link_to_no_letter_is_a_warning(tmp_path):
    _, warnings = build(write_book(tmp_path), "[Q](page.md#letter-Q-1)")
    assert any("letter-Q-1" in warning for warning in warnings)


def test_an_address_does_not_depend_on_other_rows():
    assert letter_anchor("d_ff", "9") == "letter-d-ff-9"
    assert letter_anchor("α", "4, 5") == "letter-α-4"
    assert letter_anchor("I", "") == "letter-I"
