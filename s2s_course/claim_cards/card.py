"""The card of a claim: what is said, what came out clause by clause, the figures, and how it was measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from s2s_course.claim_cards.figure import draw, measured_claim
from s2s_course.claim_cards.marks import dots, interval_line, percent
from s2s_course.claim_cards.measurement import measurement_html
from s2s_course.claim_cards.numbers import Axis, bound, number, with_unit
from s2s_course.claim_cards.style import STYLE
from s2s_course.claims.claim import Claim, Measured
from s2s_course.claims.clause import Clause, More, Outcome
from s2s_course.claims.registry import find_claim
from s2s_course.claims.verdict import Verdict

SIGNS: dict[Verdict, str] = {"holds": "✓", "contradicted": "✗", "inconclusive": "?"}
MOST_DRAWN = 5  # of clauses whose intervals are drawn one by one


@dataclass(frozen=True, repr=False)
class ClaimCard:
    """A claim with its stored result. In a notebook it shows itself; ``repr`` says the same in words."""

    claim: Claim
    measured: Measured
    figures: tuple[int, ...]  # of the claim's figures those that are shown

    def __repr__(self) -> str:
        return "\n".join(
            [f"Claim: {self.claim.statement}", f"Verdict: {verdict_words(self.claim, self.measured)}.",
             *(f"- {line}" for line in self.lines()), f"Source: {self.claim.source}.",
             f"Conditions: {self.claim.conditions}", self.measured.circumstances]
        )  # fmt: skip

    def _repr_html_(self) -> str:
        claim = self.claim
        return (
            f'<div class="s2s-claim" id="claim-{claim.id}"><style>{STYLE}</style>\n'
            f'<p class="s2s-kind">Claim</p>\n'
            f'<p class="s2s-statement">{escape(claim.statement, quote=False)}</p>\n'
            f"{outcome_html(claim, self.measured)}{self.figures_html()}"
            f"{measurement_html(claim, self.measured)}</div>"
        )

    def figures_html(self) -> str:
        return "".join(draw(self.claim, self.measured, n).html for n in self.figures)

    def lines(self) -> list[str]:
        """For each clause what it says, the verdict and the numbers, in words."""
        return [
            f"{f'{clause.text} ' if clause.text else ''}{clause.verdict(self.measured.values)}: "
            f"{outcome.label} {amount(clause, outcome)} ({asked(outcome)})"
            for clause, outcome in outcomes(self.claim, self.measured)
        ]


def claim(claim_id: str, figures: Sequence[int] | None = None) -> ClaimCard:
    """The card of a measured claim, with all of its figures or those that are counted in ``figures``.

    Raises ``ValueError`` for an unknown claim, and for one that was not measured.
    """
    found, measured = find_claim(claim_id), measured_claim(claim_id)
    return ClaimCard(found, measured, tuple(range(len(found.figures)) if figures is None else figures))


def outcomes(claim: Claim, measured: Measured) -> list[tuple[Clause, Outcome]]:
    """Each clause with what came out for it."""
    names = claim.plain_names(measured.values)
    return [(clause, clause.outcome(measured.values, names)) for clause in claim.clauses]


def verdict_words(claim: Claim, measured: Measured) -> str:
    """The verdict, and of how many clauses it is: a bundle has none of its own."""
    if len(claim.clauses) == 1:
        return measured.verdict
    found = [clause.verdict(measured.values) for clause in claim.clauses]
    count, all_in_all = found.count(measured.verdict), len(found)
    if count == all_in_all:
        return f"{measured.verdict} in {'both' if count == 2 else f'all {count}'} clauses"
    others = {v: found.count(v) for v in ("holds", "inconclusive") if v != measured.verdict and v in found}
    rest = ", ".join(f"{v} in {n}" for v, n in others.items())
    return f"{measured.verdict} in {count} of {all_in_all} clauses, {rest}"


def badge(verdict: str, words: str = "") -> str:
    """A verdict, told by word, sign and form of its frame, not by color alone."""
    sign = SIGNS.get(verdict, "")
    return (
        f'<span class="s2s-badge {verdict}"><span aria-hidden="true">{sign}</span> {words or verdict}</span>'
    )


def outcome_html(claim: Claim, measured: Measured) -> str:
    """Verdict and numbers: one clause alone, or a list of them below their sum."""
    found = outcomes(claim, measured)
    if len(found) == 1:
        [(clause, outcome)] = found
        return (
            f'<div class="s2s-clause s2s-only"><p class="s2s-said">{badge(measured.verdict)}</p>'
            f"{_numbers(clause, outcome)}{forest(outcome)}</div>\n"
        )
    words = verdict_words(claim, measured)
    head, _, rest = words.partition(", ")
    items = "".join(
        f'<li class="s2s-clause"><p class="s2s-said"><span>{escape(clause.text, quote=False)}</span> '
        f"{badge(clause.verdict(measured.values))}</p>{_numbers(clause, outcome)}"
        f"{forest(outcome) if len(found) <= MOST_DRAWN else ''}</li>\n"
        for clause, outcome in found
    )
    return (
        f'<p class="s2s-sum">{badge(measured.verdict, head)}{f" {rest}" if rest else ""}</p>\n'
        f"<ol>{items}</ol>\n"
    )


def amount(clause: Clause, outcome: Outcome) -> str:
    """The mean with its unit, and the interval: +3.3 BLEU [0.5 to 6.1]."""
    signed = isinstance(clause, More) and not isinstance(clause.larger, float | int)
    signed = signed and not isinstance(clause.smaller, float | int)
    center = number(outcome.mean, clause.digits, sign=signed)
    ends = " to ".join(number(end, clause.digits, sign=signed) for end in (outcome.low, outcome.high))
    return f"{with_unit(center, clause.unit)} [{ends}]"


def asked(outcome: Outcome) -> str:
    """Where the number was said to be."""
    each = "each seed " if outcome.each_seed else ""
    if outcome.above == outcome.below:
        return f"claimed: {each}{bound(outcome.above)}"
    if math.isfinite(outcome.above) and math.isfinite(outcome.below):
        return f"claimed: {each}{bound(outcome.above)} to {bound(outcome.below)}"
    if math.isfinite(outcome.above):
        return f"claimed: {each}more than {bound(outcome.above)}"
    return f"claimed: {each}less than {bound(outcome.below)}"


def _numbers(clause: Clause, outcome: Outcome) -> str:
    what, _, ends = amount(clause, outcome).partition(" [")
    kind = "smallest and largest" if outcome.each_seed else "95 % interval"
    return (
        f'<p class="s2s-what">{escape(outcome.label, quote=False)}: <b>{what}</b> '
        f'<span title="{kind} over seeds">[{ends}</span>, {asked(outcome)}</p>'
    )


def forest(outcome: Outcome) -> str:
    """The interval beside the bound, and a ground where the number was said to be."""
    bounds = [end for end in (outcome.above, outcome.below) if math.isfinite(end)]
    axis = Axis.over([*bounds, outcome.low, outcome.high, *outcome.seeds], room=0.12)
    left = axis.place(outcome.above) if math.isfinite(outcome.above) else 0.0
    right = axis.place(outcome.below) if math.isfinite(outcome.below) else 100.0
    lines = "".join(
        f'<line class="s2s-grid" x1="{x}" x2="{x}" y1="0" y2="20" />'
        f'<text x="{x}" y="32" text-anchor="middle">{bound(end)}</text>'
        for end in dict.fromkeys(bounds)
        for x in (percent(axis.place(end)),)
    )
    places = (axis.place(value) for value in (outcome.low, outcome.high, outcome.mean))
    return (
        '<svg class="s2s-forest" width="100%" height="36" aria-hidden="true">'
        f'<rect class="s2s-asked" x="{percent(left)}" width="{percent(right - left)}" y="0" height="20" '
        f'fill-opacity=".07" />{lines}{dots([axis.place(seed) for seed in outcome.seeds], 10)}'
        f"{interval_line(*places, 10)}</svg>"
    )
