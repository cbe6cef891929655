"""Formulas of the book and of the slides: TeX to MathML when they are built, and the font that draws it."""

from s2s_course.formulas.math_font import write_math_font
from s2s_course.formulas.mathml import FormulaError, mathml

__all__ = ["FormulaError", "mathml", "write_math_font"]
