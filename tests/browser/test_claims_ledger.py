"""The claims ledger on the course's own site: complete, described, and readable on a narrow page."""

import pytest

from s2s_course.claims.registry import CLAIMS

from .crawl import serve

PAGE = "book/claims-ledger.html"
SIGNS = {"holds": "✓", "contradicted": "✗", "inconclusive": "?"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_page_and_describes_its_figures(site, open_page, scheme):
    with serve(site) as address:
        page = open_page(f"{address}/{PAGE}", viewport={"width": 360, "height": 800}, color_scheme=scheme)
        for details in page.locator("main details").all():
            details.evaluate("node => (node.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        figures = page.locator("main svg[role=img][aria-label]")
        assert figures.count() == sum(len(claim.figures) for claim in CLAIMS.values())
        assert all(
            len(label) > 20 for label in figures.evaluate_all("all => all.map((svg) => svg.ariaLabel)")
        )
        ids = page.evaluate("[...document.querySelectorAll('main [id]')].map((node) => node.id)")
        assert all(ids.count(f"claim-{claim_id}") == 1 for claim_id in CLAIMS)


def test_a_verdict_leads_to_its_claim(site, open_page):
    with serve(site) as address:
        page = open_page(f"{address}/{PAGE}")
        verdicts = page.locator("main table .s2s-verdict a")
        assert verdicts.count() == len(CLAIMS)
        for link, claim in zip(verdicts.all(), CLAIMS.values(), strict=True):
            assert link.get_attribute("href") == f"#claim-{claim.id}"
        sign = "node => getComputedStyle(node.parentElement, '::before').content"
        for link in verdicts.all():
            assert SIGNS[link.inner_text()] in link.evaluate(sign)
        verdicts.last.click()
        assert page.locator(f"#claim-{list(CLAIMS)[-1]}").evaluate(
            "node => Math.abs(node.getBoundingClientRect().top) < innerHeight / 2"
        )
