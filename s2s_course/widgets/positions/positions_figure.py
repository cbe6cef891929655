"""The static figure of Positions: what each way gives a position, or a pair of them."""

import numpy as np
import torch

from s2s_course.layers.positions import sinusoids
from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.charts import map_over_time
from s2s_course.widgets.shared.figure import Cell, StaticFigure, digits, table


def figure(widget) -> StaticFigure:
    shown = {"Sinusoidal": sinusoids(torch.arange(widget.count), widget.size).numpy()}
    if widget.learned:
        shown["Learned"] = decode_array(widget.learned)
    parts = [
        map_over_time(
            values,
            [str(position) if position % 4 == 0 else "" for position in range(len(values))],
            f"{name} positions: {values.shape[1]} numbers of each of {len(values)} positions, "
            "orange above 0, blue below.",
            row=f"{name.lower()}: number",
        )
        for name, values in shown.items()
    ]
    if widget.relative:
        biases = decode_array(widget.relative)
        most = float(np.abs(biases).max()) or 1.0
        rows = [
            [f"bucket {bucket}", *(Cell(digits(value), value / most) for value in row)]
            for bucket, row in enumerate(biases)
        ]
        head = ["distance", *(f"head {n + 1}" for n in range(biases.shape[1]))]
        parts.append(table("Learned relative bias, added to a score", head, rows))
    vectors = shown["Sinusoidal"]
    one, other = (min(place, len(vectors) - 1) for place in (widget.position, widget.other))
    lengths = np.linalg.norm(vectors[[one, other]], axis=1)
    cosine = float(vectors[one] @ vectors[other] / lengths.prod())
    return StaticFigure(
        widget.title,
        tuple(parts),
        f"What positions look like to a model: a column for each position, a row for each number. The "
        f"sinusoidal vectors of positions {one} and {other} have a cosine of {digits(cosine)}.",
    )
