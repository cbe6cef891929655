"""Bars: for each value a row with its mean, the 95 % interval of the mean, and a dot for each seed."""

from html import escape
from statistics import mean

from s2s_course.claim_cards.colors import family
from s2s_course.claim_cards.marks import dots, interval_line, percent
from s2s_course.claim_cards.numbers import Axis, bound, number
from s2s_course.claims.claim import Measured
from s2s_course.claims.figures import Bars
from s2s_course.claims.verdict import interval

HEIGHT, MIDDLE = 34, 23  # of a row's picture, in pixels


def bars_html(measured: Measured, bars: Bars, default: str) -> tuple[str, str]:
    """The picture and its description; ``default`` is the family of models that the labels do not name."""
    for name in bars.values:
        if name not in measured.values:
            raise ValueError(f"figure must name numbers of {measured.claim_id}, got {name!r}")
    numbers = {label: measured.values[name] for name, label in bars.values.items()}
    ends = [end for values in numbers.values() for end in (*interval(values), *values)]
    axis = Axis.over([0.0, *ends])
    rows = "".join(_row(label, values, axis, bars.digits, default) for label, values in numbers.items())
    means = "; ".join(f"{label} {_in_words(values, bars.digits)}" for label, values in numbers.items())
    text = (
        f"{bars.label}, a bar for the mean, a line for its 95 % interval and a dot for each of "
        f"{len(measured.seeds)} seeds: {means}."
    )
    return f'<div class="s2s-bars">{rows}{_ticks(axis)}</div>', text


def _row(label: str, values: list[float], axis: Axis, digits: int, default: str) -> str:
    zero, center = axis.place(0.0), axis.place(mean(values))
    anchor = "start" if center < 8 else "end" if center > 92 else "middle"
    left, width = min(zero, center), abs(center - zero)
    return (
        f'<div class="s2s-row s2s-of-{family(label, default)}"><span>{escape(label, quote=False)}</span>'
        f'<svg width="100%" height="{HEIGHT}">'
        f'<line class="s2s-grid" x1="{percent(zero)}" x2="{percent(zero)}" y1="0" y2="{HEIGHT}" />'
        f'<rect x="{percent(left)}" y="{MIDDLE - 8}" width="{percent(width)}" height="16" '
        f'fill="currentColor" fill-opacity=".22" />'
        f"{dots([axis.place(value) for value in values], MIDDLE)}"
        f"{interval_line(*(axis.place(end) for end in interval(values)), center, MIDDLE)}"
        f'<text x="{percent(center)}" y="11" text-anchor="{anchor}">{number(mean(values), digits)}</text>'
        "</svg></div>\n"
    )


def _in_words(values: list[float], digits: int) -> str:
    low, high = (number(end, digits) for end in interval(values))
    return f"{number(mean(values), digits)} ({low} to {high})"


def _ticks(axis: Axis) -> str:
    labels = "".join(
        f'<text x="{percent(axis.place(tick))}" y="13" text-anchor="middle">{bound(tick)}</text>'
        for tick in axis.ticks()
    )
    return f'<div class="s2s-row s2s-ticks"><span></span><svg width="100%" height="18">{labels}</svg></div>\n'
