"""How long training may go on."""

from dataclasses import dataclass

from s2s_course.checks import check_more_than_0


@dataclass(frozen=True, kw_only=True)
class Budget:
    """``steps`` or ``minutes``; of two the one that is used up first."""

    steps: int | None = None
    minutes: float | None = None

    def __post_init__(self):
        given = {name: value for name, value in vars(self).items() if value is not None}
        if not given:
            raise ValueError("steps or minutes must be given: training would have no end")
        check_more_than_0(**given)

    def spent(self, step: int, seconds: float) -> str:
        """Which budget is used up after ``step`` steps and ``seconds``, if one is."""
        if step == self.steps:
            return "steps"
        if self.minutes is not None and seconds >= 60 * self.minutes:
            return "minutes"
        return ""
