"""Letters of drawings and code get the names that those of formulas have."""

import json
import re

from s2s_course.sphinx_ext.symbols import with_symbols

LETTERS = {r"\alpha": "a weight", "h": "a state", "W": "weights", "t": "a step", "d_{ff}": "a size"}
DRAWING = '<text><tspan class="m l">{}</tspan><tspan class="m l i" dy="4">t</tspan></text>'


def marked(text: str) -> str:
    return with_symbols(text, LETTERS).split("\n<script")[0]


def test_a_letter_of_a_drawing_is_marked_and_its_index_is_not():
    assert marked(DRAWING.format("α")).count("data-tex") == 1
    assert r'<tspan class="m l" data-tex="\alpha">α</tspan>' in marked(DRAWING.format("α"))


def test_a_letter_without_a_meaning_in_the_chapter_is_not_marked():
    for text in (DRAWING.format("q"), '<span class="n">q</span>', '<span class="n">hidden</span>'):
        assert marked(text) == text


def test_a_variable_has_the_letter_s_name_or_begins_with_it():
    for variable, name in [("alpha", r"\alpha"), ("h", "h"), ("W_q", "W"), ("h_0", "h"), ("d_ff", "d_{ff}")]:
        expected = f'<span class="n" data-tex="{name}">{variable}</span>'
        assert marked(f'<span class="n">{variable}</span>') == expected


def test_what_counts_anything_in_code_is_not_marked():
    assert marked('<span class="n">t</span>') == '<span class="n">t</span>'


def test_a_formula_on_a_line_of_its_own_can_be_reached_by_key_and_one_in_a_text_is_no_stop():
    display = '<div class="math notranslate nohighlight">\n<math display="block">…</math></div>'
    numbered = display.replace("\n", '<span class="eqno">(1)<a href="#x">#</a></span>')
    inline = '<span class="math notranslate nohighlight"><math>…</math></span>'
    assert [marked(each).count('tabindex="0"') for each in (display, numbered, inline)] == [1, 1, 0]


def test_the_meanings_stand_in_the_page_and_cannot_end_their_script():
    text = with_symbols("<p></p>", {"h": "a </script> & a state"})
    data = re.search(r'<script type="application/json" id="s2s-letters">(.*?)</script>', text)[1]
    assert json.loads(data) == {"h": "a </script> & a state"}


def test_a_chapter_without_letters_stays_as_it_is():
    assert with_symbols("<p>h</p>", {}) == "<p>h</p>"
