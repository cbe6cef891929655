"""The view state of widgets that show maps of units by time: one time step and one unit."""

import traitlets

from s2s_course.widgets.base import CourseWidget, check_index


class StepAndUnit(CourseWidget):
    """A widget with a time cursor and a chosen unit, counted from 0. A subclass says how many there are."""

    step = traitlets.Int(0).tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)

    @property
    def num_steps(self) -> int:
        raise NotImplementedError

    @property
    def num_units(self) -> int:
        raise NotImplementedError

    @traitlets.validate("step", "unit")
    def _check_view(self, proposal: traitlets.Bunch) -> int:
        name = proposal["trait"].name
        check_index(name, proposal["value"], self._last(name))
        return proposal["value"]

    def _last(self, name: str) -> int:
        return (self.num_steps if name == "step" else self.num_units) - 1

    def set_state(self, sync_data: dict) -> None:
        """What the front end sends. A linked widget may be longer than this one: stay at the last step."""
        clamped = {
            name: min(max(value, 0), self._last(name)) if name in ("step", "unit") else value
            for name, value in sync_data.items()
        }
        super().set_state(clamped)
