"""The static figure of Positions: what each way gives a position, or a pair of them."""

import numpy as np
import torch

from s2s_course.layers.positions import RelativeBias, sinusoids
from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.charts import map_over_time
from s2s_course.widgets.shared.figure import Cell, StaticFigure, digits, paragraph, table


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
            [_distances(bucket), *(Cell(digits(value), value / most) for value in row)]
            for bucket, row in enumerate(biases)
        ]
        head = ["bucket of distances", *(f"head {n + 1}" for n in range(biases.shape[1]))]
        parts.append(table("Learned relative bias, added to a score", head, rows))
    parts += [paragraph(f"{way.capitalize()}: {text}") for way, text in widget.origin.items()]
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


def _distances(bucket: int) -> str:
    """The distances, key minus query, of one bucket, by the layer's own rule."""
    farthest = RelativeBias.FARTHEST
    distances = torch.arange(-farthest, farthest + 1)
    of = RelativeBias._bucket(RelativeBias, distances)  # of the class: a layer would draw random numbers
    inside = distances[of == bucket].tolist()
    if not inside:
        return f"{bucket}: none"
    low, high = (
        f"{distance:+d}".replace("-", "−") if distance else "0" for distance in (inside[0], inside[-1])
    )
    return f"{bucket}: {low}" if low == high else f"{bucket}: {low} … {high}"
