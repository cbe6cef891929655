"""The review sheet on the course's own site is narrow enough for a phone; test_printing.py prints it."""

import pytest

from .crawl import serve, settle

PAGE = "book/review-sheet.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_page(site, open_page, scheme):
    with serve(site) as address:
        page = open_page(f"{address}/{PAGE}", viewport={"width": 360, "height": 800}, color_scheme=scheme)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
