"""Curves: the mean over the points of each series, with its 95 % interval, and a faint dot for each seed."""

from html import escape
from itertools import pairwise
from statistics import mean

from s2s_course.claim_cards.colors import family
from s2s_course.claim_cards.marks import DASHES, FORMS, form, percent
from s2s_course.claim_cards.numbers import Axis, bound
from s2s_course.claims.claim import Measured
from s2s_course.claims.figures import Curves, points
from s2s_course.claims.verdict import interval

HEIGHT = 230  # of the axes, in pixels
Series = dict[int, list[float]]  # for each point one number per seed


def curves_html(measured: Measured, curves: Curves, default: str) -> tuple[str, str]:
    """The picture and its description; ``default`` is the family of models that the labels do not name."""
    if len(curves.values) > len(FORMS):
        raise ValueError(f"figure must have at most {len(FORMS)} curves, got {len(curves.values)}")
    series = {label: _series(measured, beginning) for beginning, label in curves.values.items()}
    xs = [x for one in series.values() for x in one]
    numbers = [
        n for one in series.values() for values in one.values() for n in (*values, *_shown(values, curves))
    ]
    across = Axis.over(xs, log="x" in curves.log)
    up = Axis.over(numbers, log="y" in curves.log)
    if not up.log and up.low < 0 <= min(numbers):
        up = Axis(0.0, up.high)  # what cannot be negative has no room below zero
    drawn = "".join(
        _curve(n, one, across, up, curves, family(label, default))
        for n, (label, one) in enumerate(series.items())
    )
    legend = "".join(
        f'<li class="s2s-of-{family(label, default)}"><svg width="34" height="14">'
        f'<line x1="1" x2="33" y1="7" y2="7" stroke="currentColor" stroke-width="2" '
        f'stroke-dasharray="{DASHES[n]}" />{form(n, "17", "7")}</svg> {escape(label, quote=False)}</li>'
        for n, label in enumerate(series)
    )
    ends = "; ".join(f"{label} {_ends(one)}" for label, one in series.items())
    text = (
        f"{curves.label} over {curves.xlabel}, mean of {len(measured.seeds)} seeds with its 95 % interval: "
    )
    html = (
        f'<ul class="s2s-legend">{legend}</ul>\n<div class="s2s-axes"><svg width="100%" height="{HEIGHT}" '
        f'overflow="visible">{_grid(across, up, sorted(set(xs)))}{drawn}</svg></div>\n'
        f'<p class="s2s-xlabel">{escape(curves.xlabel, quote=False)}</p>'
    )
    return html, f"{text}{ends}."


def _series(measured: Measured, beginning: str) -> Series:
    found = {x: measured.values[f"{beginning}{x}"] for x in points(beginning, measured.values)}
    if not found:
        raise ValueError(f"figure must name numbers of {measured.claim_id}, got {beginning!r}")
    return found


def _shown(values: list[float], curves: Curves) -> tuple[float, ...]:
    """The interval, as far as it can be drawn: on a logarithmic axis not below the smallest number."""
    low, high = interval(values)
    return (max(low, min(values)) if "y" in curves.log else low, high)


def _curve(n: int, one: Series, across: Axis, up: Axis, curves: Curves, of: str) -> str:
    means = [(across.place(x), 100 - up.place(mean(values))) for x, values in one.items()]
    lines = "".join(
        f'<line x1="{percent(x)}" y1="{percent(y)}" x2="{percent(to_x)}" y2="{percent(to_y)}" '
        f'stroke="currentColor" stroke-width="2" stroke-dasharray="{DASHES[n]}" />'
        for (x, y), (to_x, to_y) in pairwise(means)
    )
    marks = []
    for (x, y), values in zip(means, one.values(), strict=True):
        low, high = (percent(100 - up.place(max(end, up.low))) for end in _shown(values, curves))
        seeds = (percent(100 - up.place(value)) for value in values)
        marks += [f'<circle cx="{percent(x)}" cy="{seed}" r="2.2" fill="currentColor" fill-opacity=".45" />'
                  for seed in seeds]  # fmt: skip
        marks += [
            f'<line x1="{percent(x)}" x2="{percent(x)}" y1="{low}" y2="{high}" stroke="currentColor" '
            f'stroke-width="1.5" />',
            form(n, percent(x), percent(y)),
        ]
    return f'<g class="s2s-of-{of}">{lines}{"".join(marks)}</g>\n'


def _grid(across: Axis, up: Axis, xs: list[int]) -> str:
    """A line and a number for each tick; where points lie too close, some go without a number."""
    rows = "".join(
        f'<line class="s2s-grid" x1="0" x2="100%" y1="{percent(y)}" y2="{percent(y)}" />'
        f'<text x="-7" y="{percent(y)}" dy=".35em" text-anchor="end">{bound(tick)}</text>'
        for tick in up.ticks()
        for y in (100 - up.place(tick),)
    )
    columns, last = [], -100.0
    for x in xs:
        place = across.place(x)
        if place - last >= 8:
            columns.append(
                f'<text x="{percent(place)}" y="100%" dy="1.4em" text-anchor="middle">{bound(x)}</text>'
            )
            last = place
    return rows + "".join(columns)


def _ends(one: Series) -> str:
    (first, start), *_, (last, end) = [*one.items()] if len(one) > 1 else [*one.items()] * 2
    return f"from {mean(start):.3g} at {first} to {mean(end):.3g} at {last}"
