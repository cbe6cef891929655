"""The loss curve of a run that is still going on: an SVG small enough to be sent again every two seconds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from s2s_course.training.history import History

BLUE, ORANGE = "#0072B2", "#E69F00"  # those of the figures: training and validation
POINTS, DOTS = 100, 40  # at most: means of the training loss, measurements of the validation loss
_WIDTH, _HEIGHT = 640.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 630.0, 26.0, 182.0  # of the axes

Point = tuple[float, float]


@dataclass
class Means:
    """A growing series as fewer than ``POINTS`` means, each of ``width`` neighbors; those at the end wait."""

    width: int = 1
    values: list[float] = field(default_factory=list)

    def follow(self, series: Sequence[float]) -> None:
        """Take in what ``series`` has more than the last time; that alone costs time."""
        start = self.width * len(self.values)
        while start + self.width <= len(series):
            self.values.append(fmean(series[start : start + self.width]))
            start += self.width
            if len(self.values) == POINTS:
                pairs = zip(self.values[::2], self.values[1::2], strict=True)
                self.width, self.values = 2 * self.width, [(a + b) / 2 for a, b in pairs]

    @property
    def points(self) -> list[Point]:
        """Each mean at the middle of its steps."""
        return [((n + 0.5) * self.width + 0.5, value) for n, value in enumerate(self.values)]


def curve_svg(training: Means, history: History) -> str:
    """The curves as SVG, described in its label, in the color of the text around it.

    Empty while there is nothing to see: fewer than two means of the training loss.
    """
    every = max(1, math.ceil(len(history.validation_steps) / DOTS))
    measured = list(zip(map(float, history.validation_steps), history.validation_losses, strict=True))
    dots, line = measured[::-every][::-1], _finite(training.points)  # the last dot is the last measurement
    if len(line) < 2:
        return ""
    axes, rounded = _Axes.around(line + dots), "training"
    if training.width > 1:
        rounded += f", mean of {training.width:,} steps"
    parts = [
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" width="{_WIDTH:g}" style="max-width:100%;height:auto" '
        f'role="img" aria-label="{_description(line, measured, rounded)}" '
        'font-family="sans-serif" font-size="12" fill="currentColor">',
        axes.frame(),
        axes.line(line, BLUE),
        f'<path d="M{_LEFT + 10},12h24" stroke="{BLUE}" stroke-width="2"/>',
        _text(_LEFT + 40, 16.0, f"loss in {rounded}", "start"),
    ]
    if dots:
        places = [(_LEFT + 300, 12.0), *(axes.place(dot) for dot in dots)]
        parts += [axes.line(dots, ORANGE), _text(_LEFT + 310, 16.0, "validation", "start")]
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ORANGE}" stroke="currentColor"/>'
            for x, y in places
        ]
    return "".join([*parts, "</svg>"])


@dataclass(frozen=True)
class _Axes:
    steps: float  # from 0
    low: float
    high: float

    @classmethod
    def around(cls, points: list[Point]) -> "_Axes":
        losses = [loss for _, loss in points]
        low, high = min(0.0, *losses), max(losses)
        return cls(max(step for step, _ in points), low, high if high > low else low + 1.0)

    def place(self, point: Point) -> Point:
        """Where ``point`` lies in the drawing."""
        right, up = point[0] / self.steps, (point[1] - self.low) / (self.high - self.low)
        return _LEFT + (_RIGHT - _LEFT) * right, _BOTTOM - (_BOTTOM - _TOP) * up

    def line(self, points: list[Point], color: str) -> str:
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self.place, points))
        return f'<polyline points="{places}" fill="none" stroke="{color}" stroke-width="2"/>'

    def frame(self) -> str:
        parts = [f'<path d="M{_LEFT},{_TOP}V{_BOTTOM}H{_RIGHT}" fill="none" stroke="currentColor"/>']
        for loss in _ticks(self.low, self.high):
            parts.append(_text(_LEFT - 6, self.place((0.0, loss))[1] + 4, f"{loss:.6g}", "end"))
        for step in _ticks(0.0, self.steps):
            if step == int(step):
                parts.append(_text(self.place((step, 0.0))[0], _BOTTOM + 16, f"{step:,.0f}", "middle"))
        return "".join([*parts, _text(_RIGHT, _HEIGHT - 4, "step", "end")])


def _finite(points: list[Point]) -> list[Point]:
    return [(step, loss) for step, loss in points if math.isfinite(loss)]


def _description(line: list[Point], measured: list[Point], rounded: str) -> str:
    (first, before), (last, now) = line[0], line[-1]
    text = f"Loss in {rounded}: {before:.3f} at step {first:,.0f}, {now:.3f} at step {last:,.0f}."
    if measured:
        (step, loss), (best_step, best) = measured[-1], min(measured, key=lambda point: point[1])
        text += f" Validation: {loss:.3f} at step {step:,.0f}; lowest {best:.3f} at step {best_step:,.0f}."
    return text


def _ticks(low: float, high: float) -> list[float]:
    """Three to eight round numbers from ``low`` to ``high``."""
    power = 10.0 ** math.floor(math.log10((high - low) / 3))
    step = next((factor * power for factor in (5, 2) if 3 * factor * power <= high - low), power)
    return [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
