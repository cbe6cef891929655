"""The visual language: colors that can be read, letters, arrows, forms."""

import re
from itertools import product
from math import hypot

import pytest

from s2s_course.drawings.language.arrows import arrow_path
from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.letters import as_html, as_svg, as_words
from s2s_course.drawings.language.palette import (
    MEANINGS,
    PALETTE,
    STRONGEST_TINT,
    STYLE,
    channels,
    contrast,
    tint,
    variable,
)


def test_contrast_is_that_of_known_pairs():
    black, white = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    assert contrast(black, white) == contrast(white, black) == 21
    assert contrast(channels("#777777"), white) == pytest.approx(4.48, abs=0.005)  # known to fail AA narrowly


@pytest.mark.parametrize("shade", [0, 1], ids=["light", "dark"])
class TestContrast:
    def test_every_role_can_be_read_on_paper(self, shade):
        paper = channels(PALETTE["paper"][shade])
        for role in PALETTE.keys() - {"paper"}:
            assert contrast(channels(PALETTE[role][shade]), paper) >= 4.5, role

    def test_words_can_be_read_on_every_tint_that_lies_behind_words(self, shade):
        paper = channels(PALETTE["paper"][shade])
        for (role, colors), strength in product(PALETTE.items(), (0.05, 0.1, STRONGEST_TINT)):
            mixed = tuple(
                strength * c + (1 - strength) * p for c, p in zip(channels(colors[shade]), paper, strict=True)
            )
            assert contrast(channels(PALETTE["ink"][shade]), mixed) >= 4.5, (role, strength)
            if strength == 0.05:  # frames hold notes and names in the frame's own color
                assert contrast(channels(PALETTE["quiet"][shade]), mixed) >= 4.5, role
                if role != "paper":
                    assert contrast(channels(colors[shade]), mixed) >= 4.5, role


def test_the_style_sheet_has_every_role_for_light_and_for_dark():
    for role, (light, dark) in PALETTE.items():
        assert f"--s2s-{role}:{light};" in STYLE and f"--s2s-{role}:{dark};" in STYLE
    assert set(MEANINGS) < set(PALETTE)


def test_a_color_that_the_language_does_not_have_is_refused():
    with pytest.raises(ValueError, match=r"role must be one of paper, .*, got 'red'"):
        variable("red")
    with pytest.raises(ValueError, match=r"strength must be from 0 to 1, got 1\.5"):
        tint("key", 1.5)


class TestLetters:
    def test_single_letters_are_italic_and_the_rest_upright(self):
        assert as_html("the state $h_t$") == "the state <i>h</i><sub><i>t</i></sub>"
        assert as_html("$tanh(W x_t)$") == "tanh(<i>W</i> <i>x</i><sub><i>t</i></sub>)"
        assert as_html("$α_{ts}$, $h_{t−1}$ < 2") == (
            "<i>α</i><sub><i>ts</i></sub>, <i>h</i><sub><i>t</i></sub><sub>−1</sub> &lt; 2"
        )
        assert as_html("$K^⊤$") == "<i>K</i><sup>⊤</sup>"

    def test_an_index_is_moved_and_what_follows_is_moved_back(self):
        moves = [float(dy) for dy in re.findall(r'dy="([-\d.]+)"', as_svg("$h_t$ and $K^2$ end"))]
        assert len(moves) == 4 and moves[0] > 0 and moves[2] < 0
        assert moves[0] + moves[1] == moves[2] + moves[3] == 0

    def test_words_are_left_when_marks_are_taken_away(self):
        text = "a $x_{t−1}$ b"
        assert as_words(text) == "a xt−1 b" == re.sub("<.*?>", "", as_svg(text))

    def test_an_open_formula_is_refused(self):
        with pytest.raises(ValueError, match="between two dollar signs each, got 'a \\$b'"):
            as_svg("a $b")


class TestArrows:
    def test_both_ends_keep_their_distance_and_the_head_points_along(self):
        line, head = arrow_path([(0, 0), (100, 0)], head=True, radius=8, gap=3, width=1.5)
        assert line.startswith("M3 0L")
        tip, *sides = ([float(n) for n in place.split()] for place in re.findall(r"[ML]([-\d. ]+)", head))
        assert tip == [97, 0]
        assert {side[0] for side in sides} == {97 - 8.5} and sides[0][1] == -sides[1][1] != 0

    def test_corners_are_rounded_by_no_more_than_half_of_their_sides(self):
        line, _ = arrow_path([(0, 0), (6, 0), (6, 60)], head=False, radius=8, gap=0, width=1.5)
        start, corner, end = re.search(r"L([\d.]+ [\d.]+)Q([\d.]+ [\d.]+) ([\d.]+ [\d.]+)", line).groups()
        assert corner == "6 0"
        for place in (start, end):
            x, y = map(float, place.split())
            assert hypot(x - 6, y) == pytest.approx(3)

    def test_one_point_is_refused(self):
        with pytest.raises(ValueError, match="at least two points, got 1"):
            arrow_path([(0, 0)], head=True, radius=8, gap=3, width=1)


def test_a_vector_shows_its_numbers_as_strengths():
    canvas = Canvas(100, 50)
    box = canvas.vector(50, 20, (0, 0.5, 1), "state", cell=10)
    shares = [int(share) for share in re.findall(r"--s2s-state\) (\d+)%", canvas.body())]
    assert shares == [10, 51, 92]  # evenly from the weakest to the strongest
    assert (box.width, box.left(), box.right()) == (30, (35, 20), (65, 20))


def test_words_of_a_drawing_cannot_become_markup():
    canvas = Canvas(100, 50)
    canvas.token(50, 20, "<bos>", "target")
    canvas.text(10, 10, "a < b & c")
    assert "&lt;bos&gt;" in canvas.body() and "a &lt; b &amp; c" in canvas.body()
