"""The static figure of GradientFlow: a line for each cell over the lag, and the same in numbers."""

import math

import numpy as np

from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.charts import lines
from s2s_course.widgets.shared.figure import StaticFigure, digits, power_of_ten, table

_MARKS = 10  # at most, on the axis of the lag


def figure(widget, *, floor: int, below: float, nothing: float) -> StaticFigure:
    """``below`` and ``nothing`` are the codes for what is smaller than 10**``floor`` and for 0."""
    sizes = {}
    for cell in widget.cells:
        start = widget.step * (widget.step + 1) // 2
        row = decode_array(cell["relative"])[start : start + widget.step + 1]
        sizes[cell["name"]] = row[::-1]  # lag 0 first
    shown = {
        name: [(lag, max(value, floor)) for lag, value in enumerate(row) if value > below]
        for name, row in sizes.items()
    }
    lowest = min([value for points in shown.values() for _, value in points], default=0.0)
    highest = max([value for points in shown.values() for _, value in points], default=0.0)
    powers = range(math.floor(lowest), max(math.ceil(highest), math.floor(lowest) + 1) + 1)
    stride = max(1, -(-len(powers) // 8))
    names = {float(power): power_of_ten(power) for power in powers[::stride]}
    names.setdefault(float(powers[-1]), "")
    lags = range(0, widget.step + 1, max(1, -(-(widget.step + 1) // _MARKS)))
    marks = {float(lag): str(lag) for lag in lags} | {float(max(widget.step, 1)): str(max(widget.step, 1))}
    description = "; ".join(
        f"{name} falls to {_size(row[-1], floor, below, nothing)} of its size at lag 0"
        for name, row in sizes.items()
    )
    rows = [
        [
            str(lag),
            widget.tokens[widget.step - lag],
            *(_size(row[lag], floor, below, nothing) for row in sizes.values()),
        ]
        for lag in range(widget.step + 1)
    ]
    return StaticFigure(
        widget.title,
        (
            lines(
                {name: points for name, points in shown.items() if points},
                x="lag: steps back from the loss",
                y="size of the gradient",
                ticks=(marks, names),
                description=f"Size of the gradient over {widget.step} steps back: {description}.",
            ),
            table("Size of the gradient, lag 0 = 1", ["lag", "token", *sizes], rows),
        ),
        f"How much the input of each earlier step moves the loss at step {widget.step + 1}, "
        "compared with the input of that step itself.",
    )


def _size(power: float, floor: int, below: float, nothing: float) -> str:
    if power <= nothing:
        return "0"
    if power <= below:
        return f"below {power_of_ten(floor)}"
    if power > -4:
        return np.format_float_positional(10**power, precision=3, fractional=False, trim="-")
    whole = math.floor(power)
    return f"{digits(10 ** (power - whole), 1)} · {power_of_ten(whole)}"
