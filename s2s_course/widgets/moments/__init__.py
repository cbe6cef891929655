"""Moments: attention and output of a few sentences while a model was trained."""

from s2s_course.widgets.moments.moments import Moments

__all__ = ["Moments"]
