"""The marks of all figures. Places across are percent of the width, so that text stays as large as it is."""

from collections.abc import Iterable

# One form for each curve, as paths around 0 that fit into 9 pixels.
FORMS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "M-3.6-3.6h7.2v7.2h-7.2z",
    "M0-4.8L4.8 0L0 4.8L-4.8 0z",
    "M0-4.6L4.4 3.6H-4.4z",
    "M0 4.6L4.4-3.6H-4.4z",
    "M-4.4-1.4h3v-3h2.8v3h3v2.8h-3v3h-2.8v-3h-3z",
    "M-4.4-3L-3-4.4L0-1.4L3-4.4L4.4-3L1.4 0L4.4 3L3 4.4L0 1.4L-3 4.4L-4.4 3L-1.4 0z",
)
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "12 4", "1 4")


def percent(place: float) -> str:
    return f"{place:.2f}".rstrip("0").rstrip(".") + "%"


def form(number: int, x: str, y: str) -> str:
    """The form of curve ``number`` at a place."""
    return f'<svg x="{x}" y="{y}" overflow="visible"><path d="{FORMS[number]}" fill="currentColor" /></svg>'


def dots(places: Iterable[float], y: int) -> str:
    """A dot for each seed, faint enough that those on one another can be told."""
    return "".join(
        f'<circle cx="{percent(place)}" cy="{y}" r="3" fill="currentColor" fill-opacity=".55" />'
        for place in places
    )


def interval_line(low: float, high: float, center: float, y: int) -> str:
    """A line from ``low`` to ``high`` with ends, and a longer one across it at the mean."""
    ends = "".join(
        f'<line x1="{percent(end)}" x2="{percent(end)}" y1="{y - 4}" y2="{y + 4}" />' for end in (low, high)
    )
    return (
        f'<g class="s2s-interval" stroke="currentColor" stroke-width="1.5">'
        f'<line x1="{percent(low)}" x2="{percent(high)}" y1="{y}" y2="{y}" />{ends}'
        f'<line x1="{percent(center)}" x2="{percent(center)}" y1="{y - 8}" y2="{y + 8}" '
        'stroke-width="2.5" /></g>'
    )
