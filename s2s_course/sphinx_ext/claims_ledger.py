"""The page that lists every claim with its numbers, and two roles for other pages, that never type a number.

The directive ``claims-ledger`` writes the page. The role ``measured`` gives a mean over seeds, of
``claim-id:value-name`` with one decimal, or of ``claim-id:value-name:,.0f`` with a Python format. The role
``verdict`` gives the verdict on ``claim-id``, linked to the claim's entry on the page.
"""

import re
import sys
from pathlib import Path
from statistics import mean

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.logging import getLogger

from s2s_course import claim_cards
from s2s_course.claim_cards.figure import measured_claim
from s2s_course.claims import claim as claim_module
from s2s_course.claims import ledger, registry
from s2s_course.claims.registry import CLAIMS, find_claim
from s2s_course.sphinx_ext import ledger_page as page_module
from s2s_course.sphinx_ext.ledger_page import Addresses, ledger_page

_logger = getLogger(__name__)


class ClaimsLedger(SphinxDirective):
    """Writes the page."""

    def run(self) -> list[nodes.Node]:
        cards = Path(claim_cards.__file__).parent.glob("*.py")
        for path in (
            claim_module.__file__,
            registry.__file__,
            __file__,
            page_module.__file__,
            *map(str, cards),
        ):
            self.env.note_dependency(path)
        for claim in CLAIMS.values():
            _depend_on(self.env, claim.id)
        # Where a chapter appears, the table of contents has changed.
        self.env.note_dependency(str(Path(self.env.srcdir) / self.config.external_toc_path))
        self.env.metadata[self.env.docname]["s2s_ledger"] = "yes"
        options = getattr(self.config, "html_theme_options", {})
        repository, branch = options.get("repository_url", ""), options.get("repository_branch", "main")
        addresses = Addresses(
            page=self.env.docname,
            chapters=_chapters(self.env),
            source=f"{repository}/blob/{branch}" if repository else "",
        )
        return self.parse_text_to_nodes(ledger_page(addresses), allow_section_headings=True)


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
            measured = measured_claim(self.text)
        except ValueError as error:
            return _warned(self, error)
        link = pending_xref(
            self.rawtext, refdomain="std", reftype="ref", reftarget=f"claim-{self.text}", refexplicit=True,
            refwarn=True, refdoc=self.env.docname,
        )  # fmt: skip
        link += nodes.inline("", measured.verdict)
        self.set_source_info(link)
        return [nodes.inline("", "", link, classes=["s2s-verdict", f"s2s-{measured.verdict}"])], []


def add_ledger_files(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Only the page itself loads what filters and sorts it."""
    if app.env.metadata.get(page, {}).get("s2s_ledger"):
        app.add_css_file("claims-ledger.css")
        app.add_js_file("claims-ledger.js", defer="defer")


def measured_mean(text: str) -> str:
    """What the role ``measured`` shows for ``claim-id:value-name`` or ``claim-id:value-name:format``.

    Raises ``ValueError`` for an unknown claim, name or format, and for a claim that was not measured.
    """
    claim_id, name, spec = (*text.split(":", 2), "", "")[:3]
    values = measured_claim(claim_id).values
    if name not in values:
        raise ValueError(f"measured must name one of {', '.join(values)} of {claim_id}, got {name!r}")
    try:
        return format(mean(values[name]), spec or ".1f").replace("-", "−")
    except ValueError:
        raise ValueError(f"measured must end in a format such as ,.0f or .2f, got {text!r}") from None


def _chapters(env: BuildEnvironment) -> dict[int, str]:
    """The names of the chapters in this build, by number: book/02-recurrent-network has the number 2."""
    found = [(re.match(r"(\d+)-", name.rpartition("/")[2]), name) for name in sorted(env.found_docs)]
    return {int(match[1]): name for match, name in found if match}


def _depend_on(env: BuildEnvironment, claim_id: str) -> None:
    """The page is read again when the claim's result or its own file changes."""
    if claim_id in CLAIMS:
        env.note_dependency(str(ledger.RESULTS / f"{claim_id}.json"))
        env.note_dependency(sys.modules[find_claim(claim_id).experiment.__module__].__file__)


def _warned(role: SphinxRole, error: ValueError) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    _logger.warning(str(error), location=role.get_location())
    return [nodes.literal(role.rawtext, role.text)], []


def connect(app: Sphinx) -> None:
    app.add_directive("claims-ledger", ClaimsLedger)
    app.add_role("measured", MeasuredRole())
    app.add_role("verdict", VerdictRole())
    app.connect("html-page-context", add_ledger_files)
