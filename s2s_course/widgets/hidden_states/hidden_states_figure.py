"""The static figure of HiddenStates: its maps, the chosen unit in numbers, and units that follow marks."""

import numpy as np

from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.charts import map_over_time
from s2s_course.widgets.shared.figure import Cell, StaticFigure, digits, paragraph, table

_SHOWN = 6  # units that are named, as on the page


def figure(widget) -> StaticFigure:
    maps, courses, found = [], {}, []
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
        marked = np.array([panel["first"] + step in widget.marks for step in range(len(states))])
        if marked.any() and not marked.all():
            found.append(_followers(panel, states, marked))
    return StaticFigure(
        widget.title,
        (*maps, *(_table(tokens, of_unit) for (_, tokens), of_unit in courses.items()), *found),
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


def _followers(panel: dict, states: np.ndarray, marked: np.ndarray) -> str:
    """The units that tell ``marked`` steps (S,) from the others best, with their areas under the curve."""
    inside, outside = states[marked][:, None], states[~marked][None]
    areas = ((inside > outside) + 0.5 * (inside == outside)).mean(axis=(0, 1))
    gaps = np.abs(states[marked].mean(axis=0) - states[~marked].mean(axis=0))
    best = np.lexsort((-gaps, -np.maximum(areas, 1 - areas)))[:_SHOWN]
    tokens = " ".join(token for token, is_marked in zip(panel["tokens"], marked, strict=True) if is_marked)
    return table(
        f"{panel['name']}: units that follow the marked tokens {tokens}",
        ["unit", "AUC: share of pairs in which it is higher at a marked step"],
        [[str(unit), digits(areas[unit])] for unit in best],
    )
