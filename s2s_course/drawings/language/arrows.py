"""Where an arrow's line runs and where its head lies: heads are drawn, so that a page needs no ids."""

from collections.abc import Sequence
from math import hypot

from s2s_course.drawings.language.measures import Number, Point


def arrow_path(
    points: Sequence[Point], *, head: bool, radius: Number, gap: Number, width: Number
) -> tuple[str, str]:
    """The paths of line and head. Both ends keep ``gap`` pixels from the forms; corners are rounded."""
    if len(points) < 2:
        raise ValueError(f"an arrow must have at least two points, got {len(points)}")
    places = list(points)
    places[0] = _toward(places[0], places[1], gap)
    tip = places[-1] = _toward(places[-1], places[-2], gap)
    length, half = 7 + width, 3 + width / 2
    if head:
        places[-1] = _toward(tip, places[-2], length - 1)
    line = f"M{_at(places[0])}"
    for before, corner, after in zip(places, places[1:], places[2:], strict=False):
        cut = min(radius, _distance(before, corner) / 2, _distance(corner, after) / 2)
        line += f"L{_at(_toward(corner, before, cut))}Q{_at(corner)} {_at(_toward(corner, after, cut))}"
    line += f"L{_at(places[-1])}"
    if not head:
        return line, ""
    foot = _toward(tip, points[-2], length)
    across_x, across_y = (tip[1] - foot[1]) / length * half, (foot[0] - tip[0]) / length * half
    sides = (foot[0] + across_x, foot[1] + across_y), (foot[0] - across_x, foot[1] - across_y)
    return line, f"M{_at(tip)}L{_at(sides[0])}L{_at(sides[1])}Z"


def _distance(one: Point, other: Point) -> Number:
    return hypot(other[0] - one[0], other[1] - one[1])


def _toward(start: Point, end: Point, length: Number) -> Point:
    """The point ``length`` pixels from ``start`` on the way to ``end``."""
    whole = _distance(start, end)
    share = length / whole if whole else 0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _at(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"
