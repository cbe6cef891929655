"""Small models that the reader trains in the page, side by side, and watches."""

from s2s_course.widgets.training.training import Training

__all__ = ["Training"]
