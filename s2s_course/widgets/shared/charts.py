"""Charts that several static figures have: maps of units over time, curves, tables of weights."""

from collections.abc import Mapping, Sequence

import numpy as np

from s2s_course.widgets.shared.figure import Cell, digits, table
from s2s_course.widgets.shared.picture import INK, LINES, SOFT, Number, Picture

_LEFT, _COLUMN = 44, 22  # pixels
_WIDEST = 640


def map_over_time(
    values: np.ndarray,
    tokens: Sequence[str],
    description: str,
    *,
    scale: str = "diverging",
    row: str = "unit",
) -> str:
    """A map of ``values`` (steps, units), a column for each token, with the numbers that its colors mean."""
    steps, units = values.shape
    column = min(_COLUMN, (_WIDEST - _LEFT) / steps)
    cell = max(2.0, min(10.0, 260 / units))
    most = float(np.abs(values).max()) or 1.0
    width, height = column * steps, cell * units
    room = 12 + 7 * max(map(len, tokens))
    picture = Picture(_LEFT + max(width, 230) + 4, height + room + 40)
    picture.text(_LEFT - 6, 12, "0", anchor="end", color=SOFT)
    picture.text(_LEFT - 6, height + 2, str(units - 1), anchor="end", color=SOFT)
    picture.text(12, height / 2, row, anchor="middle", turned=True, color=SOFT)
    picture.map(_LEFT, 2, width, height, (values / most).T, scale)
    for step, token in enumerate(tokens):
        picture.text(_LEFT + (step + 0.7) * column, height + 8, token, anchor="end", turned=True)
    foot = height + room + 24
    low = -most if scale == "diverging" else 0.0
    picture.text(_LEFT + 42, foot + 10, digits(low), anchor="end", color=SOFT)
    picture.map(_LEFT + 48, foot, 90, 12, np.linspace(-1 if low else 0, 1, 33)[None], scale)
    picture.text(_LEFT + 144, foot + 10, digits(most), color=SOFT)
    return picture.html(description)


def lines(
    curves: Mapping[str, Sequence[tuple[Number, Number]]],
    *,
    x: str,
    y: str,
    ticks: tuple[Mapping[Number, str], Mapping[Number, str]],
    description: str,
) -> str:
    """Curves through points, by their name, with ``ticks`` on both axes: what is written at which value."""
    width, height, left, top = 550, 250, 72, 14 + 18 * len(curves)
    picture = Picture(width + left + 18, height + top + 46)
    (low_x, high_x), (low_y, high_y) = ((min(marks), max(marks)) for marks in ticks)

    def place(point: tuple[Number, Number]) -> tuple[Number, Number]:
        return (
            left + width * (point[0] - low_x) / ((high_x - low_x) or 1),
            top + height * (1 - (point[1] - low_y) / ((high_y - low_y) or 1)),
        )

    for value, text in ticks[1].items():
        picture.line([place((low_x, value)), place((high_x, value))])
        picture.text(left - 8, place((low_x, value))[1] + 4, text, anchor="end", color=SOFT)
    for value, text in ticks[0].items():
        picture.text(place((value, low_y))[0], top + height + 18, text, anchor="middle", color=SOFT)
    picture.text(left + width / 2, top + height + 38, x, anchor="middle", color=SOFT)
    picture.text(14, top + height / 2, y, anchor="middle", turned=True, color=SOFT)
    for points, (color, dash) in zip(curves.values(), LINES, strict=False):
        picture.line([place(point) for point in points], color, dash=dash, width=2.2)
    for number, (name, (color, dash)) in enumerate(zip(curves, LINES, strict=False)):
        picture.line([(left, 12 + 18 * number), (left + 40, 12 + 18 * number)], color, dash=dash, width=2.2)
        picture.text(left + 48, 16 + 18 * number, name, color=INK)
    return picture.html(description)


def weights_table(
    caption: str, weights: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, gold: Sequence = (),
    corner: str = "",
) -> str:  # fmt: skip
    """Weights (T, S) with their words; links of ``gold``, (column, row), are strong and have a star."""
    links = {tuple(link) for link in gold}
    return table(
        caption,
        [corner, *columns],
        [
            [word, *(Cell(
                digits(weight) + ("*" if (s, t) in links else ""), float(weight), (s, t) in links
            ) for s, weight in enumerate(line))]
            for t, (word, line) in enumerate(zip(rows, weights, strict=True))
        ],
    )  # fmt: skip


def likely_words(tokens: Sequence[str], choices: Sequence[Sequence[str]], probabilities: np.ndarray) -> str:
    """The likeliest words at each step, with probabilities; the written one is strong."""
    rows = [
        [token, *(
            Cell(f"{word} {digits(share)}", float(share), word == token)
            for word, share in list(zip(words, shares, strict=False))[:5]
        )]
        for token, words, shares in zip(tokens, choices, probabilities, strict=True)
    ]  # fmt: skip
    return table("The likeliest words at each step", ["written", "1st", "2nd", "3rd", "4th", "5th"], rows)
