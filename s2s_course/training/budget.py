"""How long training may go on."""

from dataclasses import dataclass

from s2s_course.checks import check_at_least, check_more_than_0


@dataclass(frozen=True, kw_only=True)
class Budget:
    """``steps`` or ``minutes``; of two the one that is used up first."""

    steps: int | None = None
    minutes: float | None = None

    def __post_init__(self):
        if self.steps is None and self.minutes is None:
            raise ValueError("steps or minutes must be given: training would have no end")
        if self.steps is not None:
            check_at_least(1, steps=self.steps)
        if self.minutes is not None:
            check_more_than_0(minutes=self.minutes)

    def spent(self, step: int, seconds: float) -> str:
        """Which budget is used up after ``step`` steps and ``seconds``, if one is."""
        if self.steps is not None and step >= self.steps:
            return "steps"
        if self.minutes is not None and seconds >= 60 * self.minutes:
            return "minutes"
        return ""
