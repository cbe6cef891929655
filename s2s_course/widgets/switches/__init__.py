"""Switches: a trained model with parts that the reader breaks, and what that does to its translations."""

from s2s_course.widgets.switches.switches import Switches

__all__ = ["Switches"]
