"""The font of the formulas holds what they are drawn with, its license, and little more."""

import pytest
from fontTools.ttLib import TTFont

from s2s_course.formulas import mathml, write_math_font
from s2s_course.formulas.math_font import math_characters


def test_the_characters_are_those_that_are_drawn():
    formula = mathml(r"\alpha \ge 0", display=False)
    assert math_characters([f"<p>§ {formula} ü</p>"]) == set("α≥0")


def test_it_holds_them_and_stretches_and_is_small(tmp_path):
    path = write_math_font(tmp_path, [mathml(r"\sum_t \alpha_t \le \sqrt{x}", display=True)])
    assert path.stat().st_size < 40_000
    font = TTFont(path)
    have = set(font.getBestCmap())
    assert {ord(one) for one in "∑α≤xXt+=()"} <= have and {0x1D465, 0x1D6FC, 0x210E} <= have  # italic too
    assert ord("∯") not in have
    stretched = font["MATH"].table.MathVariants.VertGlyphCoverage.glyphs
    assert font.getBestCmap()[ord("(")] in stretched
    assert "Open Font License" in font["name"].getDebugName(13)


def test_a_character_that_the_font_lacks_is_said(tmp_path):
    with pytest.raises(ValueError, match=r"characters of STIX Two Math, got \['漢'\]"):
        write_math_font(tmp_path, ["<math><mtext>漢</mtext></math>"])
