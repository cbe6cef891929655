"""The view state of widgets that show maps of units by time: one time step and one unit."""

from s2s_course.widgets.shared.base import CourseWidget
from s2s_course.widgets.shared.view import Whole


class StepAndUnit(CourseWidget):
    """A widget with a time cursor and a chosen unit, counted from 0. A subclass says how many there are."""

    step = Whole(last=lambda widget: widget.num_steps - 1)
    unit = Whole(last=lambda widget: widget.num_units - 1)

    @property
    def num_steps(self) -> int:
        raise NotImplementedError

    @property
    def num_units(self) -> int:
        raise NotImplementedError
