"""Drawings written as boxes and arrows."""

import re
from xml.etree import ElementTree

import pytest

from s2s_course.drawings.language.palette import PALETTE
from s2s_course.slides.assets import STATIC
from s2s_course.slides.diagram import COLUMN, ROLES, ROW, diagram_html

TEXT = """
says: A state reads <a word>.
h state 0 0 "h₀"
x source words 2 1.5 "le"
p key parameter 1 0 "W"
h -> p "U"
x ..> p
p =0.5> h
x ~> h
"""


def drawn(text):
    [svg] = ElementTree.fromstring(diagram_html(text))
    return svg


def test_boxes_stand_on_the_grid_in_their_form_and_color():
    svg = drawn(TEXT)
    boxes = {"".join(box.itertext()): box for box in svg if "box" in box.get("class")}
    assert set(boxes) == {"h₀", "le", "W"}
    assert [child.tag for child in boxes["h₀"]] == ["rect", "text"]
    assert [child.tag for child in boxes["W"]] == ["polygon", "text"]
    assert [child.tag for child in boxes["le"]] == ["text"]
    assert "source" in boxes["le"].get("class") and "state" in boxes["h₀"].get("class")
    assert float(boxes["le"][0].get("x")) == 2 * COLUMN
    rect = boxes["h₀"][0]
    assert float(rect.get("x")) + float(rect.get("width")) / 2 == 0
    assert float(boxes["le"][0].get("y")) == pytest.approx(1.5 * ROW, abs=8)


def test_arrows_end_outside_of_boxes_and_all_lies_within_the_view():
    svg = drawn(TEXT)
    left, top, width, height = map(float, svg.get("viewBox").split())
    arrows = [group for group in svg if "arrow" in group.get("class")]
    assert [("dashed" in a.get("class"), "weighed" in a.get("class")) for a in arrows] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]
    start, end = re.match(r"M(\S+) 0L(\S+) 0", arrows[0][0].get("d")).groups()
    assert 23 < float(start) < float(end) < COLUMN - 23, "between the borders of two boxes 46 wide"
    assert float(re.search(r"[\d.]+", arrows[2][0].get("style"))[0]) == 1.5 + 9 * 0.5
    for number in re.finditer(r"[ML C](-?[\d.]+) (-?[\d.]+)", " ".join(a[0].get("d") for a in arrows)):
        assert left <= float(number[1]) <= left + width
        assert top - 40 <= float(number[2]) <= top + height
    assert svg.get("aria-label") == "A state reads <a word>."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("h state 0 0", "a line of a diagram must be a box or an arrow, got 'h state 0 0'"),
        ('h blue 0 0 "h"', "got 'blue' in"),
        ("h -> z", "an arrow must join boxes that the diagram has, got 'z'"),
    ],
)
def test_a_line_that_is_not_understood_is_quoted(line, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        diagram_html(f'says: x\nh state 0 0 "h"\n{line}')


def test_a_drawing_must_say_what_it_shows():
    with pytest.raises(ValueError, match="must have a line 'says"):
        diagram_html('h state 0 0 "h"')


def test_colors_are_those_of_the_drawings():
    css = (STATIC / "slides.css").read_text(encoding="utf-8")
    for role in set(ROLES) - {"plain"}:
        assert tuple(re.findall(rf"--{role}: (#\w+);", css)) == PALETTE[role], role
