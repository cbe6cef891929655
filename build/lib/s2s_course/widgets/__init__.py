"""Widgets that show what a model does. They work with a kernel and, unchanged, on the published page.

One widget is one Python class, one JavaScript module and one style sheet of the same name.
"""

from s2s_course.widgets.base import CourseWidget
from s2s_course.widgets.hidden_states import HiddenStates

# Every widget of the course, in the order in which the chapters introduce them.
WIDGETS: tuple[type[CourseWidget], ...] = (HiddenStates,)

__all__ = ["WIDGETS", "CourseWidget", "HiddenStates"]
