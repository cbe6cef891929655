"""The review sheet on the course's own site: two printed pages, and narrow enough for a phone."""

import re

import pytest

from .crawl import serve, settle

PAGE = "book/review-sheet.html"
EDGES = {"top": "12mm", "bottom": "12mm", "left": "14mm", "right": "14mm"}


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_two_pages(site, open_page, paper):
    with serve(site) as address:
        page = open_page(f"{address}/{PAGE}")
        settle(page)
        page.evaluate("document.fonts.ready.then(() => true)")
        pdf = page.pdf(format=paper, margin=EDGES)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_page(site, open_page, scheme):
    with serve(site) as address:
        page = open_page(f"{address}/{PAGE}", viewport={"width": 360, "height": 800}, color_scheme=scheme)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
