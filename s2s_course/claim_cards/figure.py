"""A claim's figures: pictures of what was measured, each with a description in words."""

from dataclasses import dataclass
from html import escape

from s2s_course.claim_cards.bars import bars_html
from s2s_course.claim_cards.curves import curves_html
from s2s_course.claim_cards.style import STYLE
from s2s_course.claims import ledger
from s2s_course.claims.claim import Claim, Measured
from s2s_course.claims.figures import Bars
from s2s_course.claims.registry import find_claim


@dataclass(frozen=True, repr=False)
class ClaimFigure:
    """A picture with its description. In a notebook it shows itself; ``repr`` is the description."""

    html: str  # needs STYLE around it
    description: str

    def __repr__(self) -> str:
        return f"Figure: {self.description}"

    def _repr_html_(self) -> str:
        return f'<div class="s2s-claim s2s-alone"><style>{STYLE}</style>\n{self.html}</div>'


def claim_figure(claim_id: str, index: int = 0) -> ClaimFigure:
    """The stored result of a claim, drawn as the claim says; ``index`` counts the claim's ``figures``."""
    claim, measured = find_claim(claim_id), measured_claim(claim_id)
    if not 0 <= index < len(claim.figures):
        raise ValueError(f"index must be below {len(claim.figures)} for {claim_id}, got {index}")
    return draw(claim, measured, index)


def measured_claim(claim_id: str) -> Measured:
    """What was measured. Raises ``ValueError`` for an unknown claim, and for one that was not measured."""
    find_claim(claim_id)
    measured = ledger.stored(claim_id)
    if measured is None:
        raise ValueError(f"claim must be measured, {claim_id!r} is not: s2s claims run {claim_id}")
    return measured


def draw(claim: Claim, measured: Measured, index: int = 0) -> ClaimFigure:
    """One of a claim's ``figures``, with the numbers of ``measured``."""
    figure = claim.figures[index]
    kind = bars_html if isinstance(figure, Bars) else curves_html
    picture, description = kind(measured, figure, claim.family)
    label = figure.label[:1].upper() + figure.label[1:]
    return ClaimFigure(
        f'<div class="s2s-picture"><p class="s2s-label" aria-hidden="true">{escape(label, quote=False)}</p>\n'
        f'<div role="img" aria-label="{escape(description)}">{picture}</div></div>\n',
        description,
    )
