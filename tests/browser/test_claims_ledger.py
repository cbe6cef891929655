"""The claims ledger on the course's own site: complete, legible on a telephone, filtered and sorted."""

import pytest

from s2s_course.claims import ledger
from s2s_course.claims.registry import CLAIMS

from .crawl import serve

PAGE = "book/claims-ledger.html"
SIGNS = {"holds": "✓", "contradicted": "✗", "inconclusive": "?"}
VERDICTS = {claim_id: ledger.stored(claim_id).verdict for claim_id in CLAIMS}
SHOWN = "rows => rows.filter((row) => row.checkVisibility()).map((row) => row.dataset.claim)"


@pytest.fixture(scope="module")
def address(site):
    with serve(site) as address:
        yield f"{address}/{PAGE}"


def shown(page):
    """The claims in the table, and those that have an entry below it, each in the order of the page."""
    entries = "nodes => nodes.filter((node) => node.checkVisibility()).map((node) => node.id)"
    ids = page.locator("main [id]").evaluate_all(entries)
    below = [name.removeprefix("claim-") for name in ids if name.removeprefix("claim-") in CLAIMS]
    return page.locator(".s2s-all tbody tr").evaluate_all(SHOWN), list(dict.fromkeys(below))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_telephone_and_its_text_is_legible(address, open_page, scheme):
    page = open_page(address, viewport={"width": 360, "height": 800}, color_scheme=scheme)
    for details in page.locator("main details").all():
        details.evaluate("node => (node.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = """() => Array.from(document.querySelectorAll(".s2s-claim :is(text, span, td, th, p, b, dd, dt)"),
      (node) => parseFloat(getComputedStyle(node).fontSize))"""
    assert min(page.evaluate(sizes)) >= 11
    outside = """() => Array.from(document.querySelectorAll(".s2s-claim :is(text, td, th, span)"))
      .filter((node) => node.getBoundingClientRect().right > 360).map((node) => node.textContent)"""
    assert page.evaluate(outside) == []


def test_it_has_every_claim_with_its_anchor_and_describes_its_figures(address, open_page):
    page = open_page(address)
    figures = page.locator("main [role=img][aria-label]")
    assert figures.count() == sum(len(claim.figures) for claim in CLAIMS.values())
    assert all(len(label) > 20 for label in figures.evaluate_all("all => all.map((node) => node.ariaLabel)"))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert all(ids.count(name) == ids.count(f"claim-{name}") == 1 for name in CLAIMS)
    for row, claim in zip(page.locator(".s2s-all tbody tr").all(), CLAIMS.values(), strict=True):
        assert row.locator("th a").get_attribute("href") == f"#{claim.id}"
        assert row.locator("th").inner_text() == claim.title
        assert row.locator(".s2s-badge").inner_text() == f"{SIGNS[VERDICTS[claim.id]]} {VERDICTS[claim.id]}"
        assert row.locator("td a").get_attribute("href").endswith(f".html#claim-{claim.id}")


def test_a_reader_filters_and_sorts_with_the_keyboard(address, open_page):
    page = open_page(address)
    everything = list(CLAIMS)
    assert shown(page) == (everything, everything)
    verdict, order = page.get_by_label("Verdict", exact=True), page.get_by_label("Order", exact=True)
    verdict.focus()
    page.keyboard.type("contradicted")
    wanted = [name for name in CLAIMS if VERDICTS[name] == "contradicted"]
    assert shown(page) == (wanted, wanted)
    count = page.locator(".s2s-count")
    assert count.get_attribute("aria-live") == "polite"
    assert count.inner_text() == f"{len(wanted)} of {len(CLAIMS)} claims: contradicted {len(wanted)}."
    page.get_by_label("Chapter", exact=True).select_option("9")
    wanted = [name for name in wanted if CLAIMS[name].chapter == 9]
    assert len(wanted) > 0 and shown(page) == (wanted, wanted)
    assert page.get_by_role("heading", name="Chapter 9").is_visible()
    assert not page.get_by_role("heading", name="Chapter 2").is_visible()
    verdict.select_option("")
    page.get_by_label("Chapter", exact=True).select_option("")
    order.select_option("title")
    titles = page.locator(".s2s-all tbody th").all_inner_texts()
    assert titles == page.evaluate("titles => titles.sort((a, b) => a.localeCompare(b))", titles)
    order.select_option("verdict")
    rank = list(SIGNS).index
    assert shown(page)[0] == sorted(CLAIMS, key=lambda name: rank(VERDICTS[name]))


def test_an_address_with_a_claim_leads_to_it_and_marks_it(address, open_page):
    page = open_page(f"{address}#attention-aligns")
    marked = page.locator("section.s2s-marked")
    assert marked.locator("h3").inner_text().startswith(CLAIMS["attention-aligns"].title)
    top = "node => Math.abs(node.getBoundingClientRect().top)"
    page.wait_for_function(f"({top})(document.querySelector('.s2s-marked')) < 100")
    page.get_by_label("Verdict", exact=True).select_option("holds")
    assert not marked.is_visible()
    page.evaluate("location.hash = 'claim-gru-time'")  # as the role on other pages has it
    page.wait_for_function(f"({top})(document.querySelector('.s2s-marked')) < 100")
    assert marked.count() == 1 and marked.locator("h3").inner_text().startswith(CLAIMS["gru-time"].title)
    assert len(shown(page)[0]) == len(CLAIMS)


def test_without_javascript_everything_is_there(site, browser):
    with serve(site) as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/{PAGE}")
        assert page.locator(".s2s-all tbody tr").count() == len(CLAIMS)
        assert page.locator(".s2s-count").inner_text().startswith(f"{len(CLAIMS)} claims: holds ")
        assert not page.locator(".s2s-tools").is_visible()
        context.close()


def test_a_card_in_a_chapter_leads_to_its_entry_and_back(site, open_page):
    with serve(site) as address:
        page = open_page(f"{address}/book/05-bahdanau-attention.html")
        card = page.locator("#claim-attention-aligns")
        card.get_by_text("How it was measured").click()
        assert card.get_by_text("s2s claims run attention-aligns").is_visible()
        card.get_by_role("link", name="All numbers in the claims ledger").click()
        page.wait_for_selector("section.s2s-marked")
        assert page.url.endswith("claims-ledger.html#attention-aligns")
        page.locator("section.s2s-marked").get_by_role("link", name="in chapter 5").click()
        page.wait_for_selector("#claim-attention-aligns")
        assert page.url.endswith("05-bahdanau-attention.html#claim-attention-aligns")
