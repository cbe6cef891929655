"""The static figure of HiddenStates: its maps, and the values of the chosen unit."""

import numpy as np

from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.charts import map_over_time
from s2s_course.widgets.shared.figure import Cell, StaticFigure, digits, paragraph, table


def figure(widget) -> StaticFigure:
    maps, courses = [], {}
    for panel in widget.panels:
        states = decode_array(panel["states"])
        unit = min(widget.unit, states.shape[1] - 1)
        name = f"{panel['name']} ({panel['note']})"
        description = (
            f"{name}: {states.shape[1]} units by {len(states)} steps, orange above 0, blue below. "
            f"The tokens are {' '.join(panel['tokens'])}."
        )
        maps += [paragraph(name), map_over_time(states, panel["tokens"], description)]
        # Cells that read the same tokens are columns of one table.
        of_unit = courses.setdefault((panel["first"], tuple(panel["tokens"])), {})
        of_unit[f"{panel['name']}: unit {unit}"] = states[:, unit]
    return StaticFigure(
        widget.title,
        (*maps, *(_table(tokens, of_unit) for (_, tokens), of_unit in courses.items())),
        "Hidden states: a row for each unit, a column for each token; below, one unit in numbers.",
    )


def _table(tokens: tuple[str, ...], of_unit: dict[str, np.ndarray]) -> str:
    rows = [
        [token, *(Cell(digits(values[step]), values[step] / _most(values)) for values in of_unit.values())]
        for step, token in enumerate(tokens)
    ]
    return table("The chosen unit at every step", ["token", *of_unit], rows)


def _most(values: np.ndarray) -> float:
    return float(np.abs(values).max()) or 1.0
