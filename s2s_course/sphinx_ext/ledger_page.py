"""The claims ledger as MyST: a table of all claims, and below it an entry for each, by chapter.

All of it is there without JavaScript; static/claims-ledger.js filters and sorts.
"""

import posixpath
from collections import Counter
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import get_args

from s2s_course.claim_cards.card import amount, badge, outcome_html, outcomes, verdict_words
from s2s_course.claim_cards.card import claim as card_of
from s2s_course.claim_cards.measurement import measurement_html
from s2s_course.claim_cards.style import STYLE
from s2s_course.claim_cards.values import numbers_table
from s2s_course.claims import ledger
from s2s_course.claims.claim import Claim, Measured
from s2s_course.claims.registry import CLAIMS
from s2s_course.claims.verdict import Verdict

NOT_MEASURED = "not measured yet"
VERDICTS = (*get_args(Verdict), NOT_MEASURED)


@dataclass(frozen=True)
class Addresses:
    """Where things are: this page, the chapters of this build by number, and the repository's files."""

    page: str
    chapters: dict[int, str]
    source: str = ""  # without it files have no links

    def chapter(self, claim: Claim, text: str) -> str:
        """A link to the place in the chapter where the claim stands; the text alone without the chapter."""
        if claim.chapter not in self.chapters:
            return text
        target = posixpath.relpath(self.chapters[claim.chapter], posixpath.dirname(self.page) or ".")
        return f'<a href="{target}.html#claim-{claim.id}">{text}</a>'

    def file(self, path: str, text: str) -> str:
        return f'<a href="{self.source}/{path}">{text}</a>' if self.source else f"{text}: <code>{path}</code>"


def ledger_page(addresses: Addresses) -> str:
    """The page as MyST."""
    # All of it under headings: MyST puts sections that a directive makes before its other nodes.
    parts = ["## All claims\n", _raw(_tools() + _count() + _table(addresses))]
    for number, claims in groupby(CLAIMS.values(), key=lambda claim: claim.chapter):
        chapter = f"{{doc}}`/{addresses.chapters[number]}`" if number in addresses.chapters else ""
        parts.append(f"## Chapter {number}\n\n{chapter or 'This chapter is not in the book yet.'}\n")
        parts += [_entry(claim, addresses) for claim in claims]
    return "\n".join(parts)


def _raw(html: str) -> str:
    return f"```{{raw}} html\n{html}\n```\n"


def _tools() -> str:
    """What filters and sorts; JavaScript shows it."""
    chapters = dict.fromkeys(claim.chapter for claim in CLAIMS.values())
    verdicts = [verdict for verdict in VERDICTS if _found()[verdict]]
    choices = {
        "chapter": ("Chapter", {"": "all", **{str(number): str(number) for number in chapters}}),
        "verdict": ("Verdict", {"": "all", **{verdict: verdict for verdict in verdicts}}),
        "order": ("Order", {"book": "of the book", "title": "of titles", "verdict": "of verdicts"}),
    }
    selects = "".join(
        f'<span><label for="s2s-{name}">{label}</label> <select id="s2s-{name}" name="{name}">'
        + "".join(f'<option value="{value}">{text}</option>' for value, text in options.items())
        + "</select></span>\n"
        for name, (label, options) in choices.items()
    )
    return f'<form class="s2s-tools" aria-label="Filter and sort the claims" hidden>\n{selects}</form>\n'


def _found() -> Counter[str]:
    return Counter(_verdict(claim) for claim in CLAIMS.values())


def _count() -> str:
    """How many claims came out how."""
    counts = ", ".join(f"{verdict} {_found()[verdict]}" for verdict in VERDICTS if _found()[verdict])
    return f'<p class="s2s-count" aria-live="polite">{len(CLAIMS)} claims: {counts}.</p>\n'


def _table(addresses: Addresses) -> str:
    rows = "".join(_table_row(number, claim, addresses) for number, claim in enumerate(CLAIMS.values()))
    heads = "".join(
        f'<th scope="col">{text}</th>' for text in ("claim", "chapter", "verdict", "what came out")
    )
    return (
        f'<div class="s2s-claim s2s-alone s2s-all"><style>{STYLE}</style>\n'
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _table_row(number: int, claim: Claim, addresses: Addresses) -> str:
    measured, verdict = ledger.stored(claim.id), _verdict(claim)
    title = escape(claim.title, quote=False)
    return (
        f'<tr data-claim="{claim.id}" data-chapter="{claim.chapter}" data-verdict="{verdict}" '
        f'data-place="{number}"><th scope="row"><a href="#{claim.id}">{title}</a></th>'
        f'<td class="s2s-chapter">{addresses.chapter(claim, f"chapter {claim.chapter}")}</td>'
        f"<td>{badge(verdict)}</td><td>{_came_out(claim, measured) if measured else ''}</td></tr>\n"
    )


def _came_out(claim: Claim, measured: Measured) -> str:
    found = outcomes(claim, measured)
    return verdict_words(claim, measured) if len(found) > 1 else amount(*found[0])


def _entry(claim: Claim, addresses: Addresses) -> str:
    heading = f"({claim.id})=\n(claim-{claim.id})=\n### {claim.title}\n\n{claim.statement}\n"
    measured = ledger.stored(claim.id)
    if measured is None:
        text = f"{claim.source}. {claim.conditions}"
        html = f"<p>{badge(NOT_MEASURED)}</p><p>{escape(text, quote=False)}</p>"
        return f'{heading}\n{_raw(f"""<div class="s2s-claim">{html}</div>""")}'
    code = "/".join(claim.experiment.__module__.split(".")) + ".py"
    links = (
        addresses.chapter(claim, f"in chapter {claim.chapter}"),
        addresses.file(code, "experiment"),
        addresses.file(f"s2s_course/claims/results/{claim.id}.json", "record"),
    )
    numbers = (
        f"<details><summary>All {len(measured.values)} numbers</summary>\n"
        f"{numbers_table(claim, measured)}</details>\n"
    )
    below = f'<p class="s2s-links">{" · ".join(links)}</p>'
    figures = card_of(claim.id).figures_html()
    html = f"{outcome_html(claim, measured)}{figures}{numbers}{measurement_html(claim, measured, below)}"
    return f'{heading}\n{_raw(f"""<div class="s2s-claim">{html}</div>""")}'


def _verdict(claim: Claim) -> str:
    measured = ledger.stored(claim.id)
    return measured.verdict if measured else NOT_MEASURED
