"""The static figure of Gates: a map of the states, and the gates of the chosen unit at every step."""

import numpy as np

from s2s_course.widgets.shared.arrays import decode_precise
from s2s_course.widgets.shared.charts import map_over_time
from s2s_course.widgets.shared.figure import Cell, StaticFigure, digits, table


def figure(widget) -> StaticFigure:
    states, unit = decode_precise(widget.states), widget.unit
    gates = {name: decode_precise(values)[:, unit] for name, values in widget.gates.items()}
    course, before = states[1:, unit], states[:-1, unit]
    columns = {name.replace("_", " "): values for name, values in gates.items()}
    if widget.cell == "lstm":
        columns |= {"cell c": course, "hidden h": gates["output"] * np.tanh(course)}
        says = "c = forget · c before + input · candidate, and h = output · tanh(c)."
    else:
        candidate = np.tanh(gates["candidate_from_input"] + gates["reset"] * gates["candidate_from_hidden"])
        columns |= {"candidate": candidate, "h before": before, "hidden h": course}
        says = "h = (1 − update) · candidate + update · h before."
    most = {name: max(1.0, float(np.abs(values).max())) for name, values in columns.items()}
    rows = [
        [token, *(Cell(digits(values[step]), values[step] / most[name]) for name, values in columns.items())]
        for step, token in enumerate(widget.tokens)
    ]
    letter = "c" if widget.cell == "lstm" else "h"
    return StaticFigure(
        widget.title,
        (
            map_over_time(
                states[1:],
                widget.tokens,
                f"The state {letter} of {states.shape[1]} units over {len(widget.tokens)} steps, "
                "orange above 0, blue below.",
            ),
            table(f"Unit {unit} at every step", ["token", *columns], rows),
        ),
        f"The state {letter} of all units of the {widget.cell.upper()}, and one unit in numbers: {says}",
    )
