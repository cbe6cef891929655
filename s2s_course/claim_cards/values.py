"""Measured numbers as a table: plain names, means, and their intervals over seeds."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import groupby
from statistics import mean

from s2s_course.claim_cards.figure import measured_claim
from s2s_course.claim_cards.style import STYLE
from s2s_course.claims.claim import Claim, Measured
from s2s_course.claims.figures import Bars, points
from s2s_course.claims.registry import find_claim
from s2s_course.claims.verdict import interval


@dataclass(frozen=True, repr=False)
class ClaimNumbers:
    """Some of a claim's numbers. In a notebook they show themselves; ``repr`` has them in words."""

    claim: Claim
    measured: Measured
    names: tuple[str, ...]

    def __repr__(self) -> str:
        plain = self.claim.plain_names(self.measured.values)
        return "\n".join(
            f"{plain[name]}: {mean_of(values)} [{interval_of(values)}]"
            for name, values in self.measured.values.items()
            if name in self.names
        )

    def _repr_html_(self) -> str:
        table = numbers_table(self.claim, self.measured, self.names)
        return f'<div class="s2s-claim s2s-alone"><style>{STYLE}</style>\n{table}</div>'


def claim_numbers(claim_id: str, *names: str) -> ClaimNumbers:
    """The means of some values of a measured claim. Raises ``ValueError`` where there is no such value."""
    measured = measured_claim(claim_id)
    for name in names:
        if name not in measured.values:
            raise ValueError(f"names must be of {', '.join(measured.values)} of {claim_id}, got {name!r}")
    return ClaimNumbers(find_claim(claim_id), measured, names)


def numbers_table(claim: Claim, measured: Measured, names: Iterable[str] | None = None) -> str:
    """A row for each value, or for each of ``names``; what one figure shows stands together."""
    shown = [name for name in measured.values if names is None or name in set(names)]
    plain = claim.plain_names(measured.values)
    groups = sorted(shown, key=lambda name: _figure_of(claim, name))
    rows = []
    for figure, members in groupby(groups, key=lambda name: _figure_of(claim, name)):
        if names is None:
            drawn = figure < len(claim.figures)
            label = claim.figures[figure].label if drawn else "measured besides"
            rows.append(f'<tr class="s2s-group"><th colspan="3">{escape(label, quote=False)}</th></tr>\n')
        rows += [_row(plain[name], measured.values[name]) for name in members]
    return (
        '<table><thead><tr><th scope="col">value</th><th scope="col">mean</th>'
        f'<th scope="col">95 % interval</th></tr></thead>\n<tbody>{"".join(rows)}</tbody></table>\n'
    )


def _row(name: str, values: list[float]) -> str:
    cells = f"<td>{mean_of(values)}</td><td>{interval_of(values)}</td>"
    return f'<tr><th scope="row">{escape(name, quote=False)}</th>{cells}</tr>\n'


def mean_of(values: list[float]) -> str:
    return significant(mean(values))


def interval_of(values: list[float]) -> str:
    low, high = (significant(end) for end in interval(values))
    return f"{low} to {high}"


def significant(x: float) -> str:
    """Four significant digits, or a whole number with separators."""
    return (f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.4g}").replace("-", "−")


def _figure_of(claim: Claim, value: str) -> int:
    """The first figure that shows the value; the number of figures where none does."""
    for number, figure in enumerate(claim.figures):
        if isinstance(figure, Bars):
            shows = value in figure.values
        else:
            shows = any(points(beginning, [value]) for beginning in figure.values)
        if shows:
            return number
    return len(claim.figures)
