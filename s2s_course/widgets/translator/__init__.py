"""Translator: the reader's own sentence in one of our models, or in several side by side."""

from s2s_course.widgets.translator.translator import Translator

__all__ = ["Translator"]
