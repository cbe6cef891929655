"""The page that lists every claim with its numbers, and two roles for other pages, that never type a number.

The directive ``claims-ledger`` writes the page. The role ``measured`` gives a mean over seeds, of
``claim-id:value-name`` with one decimal, or of ``claim-id:value-name:,.0f`` with a Python format. The role
``verdict`` gives the verdict on ``claim-id``, linked to the claim's entry on the page.
"""

import re
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path
from statistics import mean
from typing import get_args

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.logging import getLogger

from s2s_course import plots
from s2s_course.claims import claim as claim_module
from s2s_course.claims import ledger, registry
from s2s_course.claims.claim import Claim, Measured, Verdict
from s2s_course.claims.registry import CLAIMS, find_claim

FEW_NUMBERS = 12  # more are folded
NOT_MEASURED = "not measured yet"
VERDICTS = (*get_args(Verdict), NOT_MEASURED)

_logger = getLogger(__name__)


class ClaimsLedger(SphinxDirective):
    """Writes the page."""

    def run(self) -> list[nodes.Node]:
        for path in (claim_module.__file__, registry.__file__, plots.__file__, __file__):
            self.env.note_dependency(path)
        for claim in CLAIMS.values():
            _depend_on(self.env, claim.id)
        # Where a chapter appears, the table of contents has changed.
        self.env.note_dependency(str(Path(self.env.srcdir) / self.config.external_toc_path))
        return self.parse_text_to_nodes(ledger_page(_chapters(self.env)), allow_section_headings=True)


class MeasuredRole(SphinxRole):
    """A mean over seeds."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        _depend_on(self.env, self.text.split(":")[0])
        try:
            return [nodes.inline(self.rawtext, measured_mean(self.text), classes=["s2s-measured"])], []
        except ValueError as error:
            return _warned(self, error)


class VerdictRole(SphinxRole):
    """A verdict that leads to the claim's entry on the page."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        _depend_on(self.env, self.text)
        try:
            measured = _stored(self.text)
        except ValueError as error:
            return _warned(self, error)
        link = pending_xref(
            self.rawtext, refdomain="std", reftype="ref", reftarget=f"claim-{self.text}", refexplicit=True,
            refwarn=True, refdoc=self.env.docname,
        )  # fmt: skip
        link += nodes.inline("", measured.verdict)
        self.set_source_info(link)
        return [nodes.inline("", "", link, classes=["s2s-verdict", f"s2s-{measured.verdict}"])], []


def measured_mean(text: str) -> str:
    """What the role ``measured`` shows for ``claim-id:value-name`` or ``claim-id:value-name:format``.

    Raises ``ValueError`` for an unknown claim, name or format, and for a claim that was not measured.
    """
    claim_id, name, spec = (*text.split(":", 2), "", "")[:3]
    values = _stored(claim_id).values
    if name not in values:
        raise ValueError(f"measured must name one of {', '.join(values)} of {claim_id}, got {name!r}")
    try:
        return _minus(format(mean(values[name]), spec or ".1f"))
    except ValueError:
        raise ValueError(f"measured must end in a format such as ,.0f or .2f, got {text!r}") from None


def ledger_page(chapters: dict[int, str]) -> str:
    """Counts, a table and an entry for each claim, as MyST; ``chapters`` has the names of built chapters."""
    # All of it under headings: MyST puts sections that a directive makes before its other nodes.
    parts = ["## All claims\n", _counts(), _table(chapters)]
    for number, claims in groupby(CLAIMS.values(), key=lambda claim: claim.chapter):
        parts.append(f"## Chapter {number}\n\n{_chapter_link(number, chapters)}\n")
        parts += [_entry(claim, chapters) for claim in claims]
    return "\n".join(parts)


def _counts() -> str:
    """How many claims came out how."""
    found = Counter(_verdict(claim.id) for claim in CLAIMS.values())
    rows = "".join(f"| {verdict} | {found[verdict]} |\n" for verdict in VERDICTS if found[verdict])
    return f"| verdict | claims |\n| --- | ---: |\n{rows}| all | {len(CLAIMS)} |\n"


def _table(chapters: dict[int, str]) -> str:
    rows = "".join(
        f"| {claim.statement} | {_chapter_link(claim.chapter, chapters, str(claim.chapter))} "
        f"| {_verdict_link(claim.id)} |\n"
        for claim in CLAIMS.values()
    )
    return f"| claim | ch. | verdict |\n| --- | --- | --- |\n{rows}"


def _entry(claim: Claim, chapters: dict[int, str]) -> str:
    measured = ledger.stored(claim.id)
    heading = f"(claim-{claim.id})=\n### {claim.id}\n\n{claim._repr_markdown_()}\n"
    if measured is None:
        return f"{heading}>\n> **Verdict:** {NOT_MEASURED}.\n"
    figures = "".join(
        f"```{{raw}} html\n{_without_ids(f.svg)}\n```\n\n" for f in plots.claim_figures(claim.id)
    )
    seeds = ", ".join(map(str, measured.seeds))
    code = "/".join(claim.experiment.__module__.split(".")) + ".py"
    return (
        f"{heading}\n{measured._repr_markdown_()}\n\n{figures}{_numbers(measured)}\n"
        f"{_chapter_link(claim.chapter, chapters, f'Chapter {claim.chapter}')}. Seeds {seeds}. "
        f"The experiment is in `{code}`.\n"
    )


def _numbers(measured: Measured) -> str:
    """Mean and range over seeds of every value; folded when there are many."""
    rows = "".join(
        f"| `{name}` | {' | '.join(_number(x) for x in (mean(values), min(values), max(values)))} |\n"
        for name, values in measured.values.items()
    )
    table = f"| value | mean | smallest | largest |\n| --- | ---: | ---: | ---: |\n{rows}"
    if len(measured.values) <= FEW_NUMBERS:
        return table
    summary = f"All {len(measured.values)} numbers"
    return f"<details><summary>{summary}</summary>\n\n{table}\n</details>\n"


def _number(x: float) -> str:
    """Four significant digits, or a whole number with separators."""
    return _minus(f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.4g}")


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _without_ids(svg: str) -> str:
    """Matplotlib gives groups the same ids in every figure, and nothing refers to them."""
    return re.sub(r'<g id="[^"]*"', "<g", svg)


def _verdict(claim_id: str) -> str:
    measured = ledger.stored(claim_id)
    return measured.verdict if measured else NOT_MEASURED


def _verdict_link(claim_id: str) -> str:
    if ledger.stored(claim_id) is None:
        return f"[{NOT_MEASURED}](#claim-{claim_id})"
    return f"{{verdict}}`{claim_id}`"


def _chapter_link(number: int, chapters: dict[int, str], text: str = "") -> str:
    if number not in chapters:
        return text or "This chapter is not in the book yet."
    return f"{{doc}}`{text} </{chapters[number]}>`" if text else f"{{doc}}`/{chapters[number]}`"


def _chapters(env: BuildEnvironment) -> dict[int, str]:
    """The names of the chapters in this build, by number: book/02-recurrent-network has the number 2."""
    found = [(re.match(r"(\d+)-", name.rpartition("/")[2]), name) for name in sorted(env.found_docs)]
    return {int(match[1]): name for match, name in found if match}


def _stored(claim_id: str) -> Measured:
    measured = ledger.stored(claim_id)
    if measured is None:
        raise ValueError(f"claim {claim_id} has not been measured: s2s claims run {claim_id}")
    return measured


def _depend_on(env: BuildEnvironment, claim_id: str) -> None:
    """The page is read again when the claim's result or its own file changes."""
    if claim_id in CLAIMS:
        env.note_dependency(str(ledger.RESULTS / f"{claim_id}.json"))
        env.note_dependency(sys.modules[find_claim(claim_id).experiment.__module__].__file__)


def _warned(role: SphinxRole, error: ValueError) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    _logger.warning(str(error), location=role.get_location())
    return [nodes.literal(role.rawtext, role.text)], []
