"""A page that may import the modules of the live engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from ..browser.conftest import browser  # noqa: F401 - the fixture
from ..browser.crawl import Watch, serve

LIVE = Path(__file__).parents[2] / "s2s_course" / "live"


@pytest.fixture(scope="module")
def engine(browser) -> Iterator[Page]:  # noqa: F811
    """A page in which ``import("./codec.js")`` and the like give the engine's modules. It has no problems."""
    with serve(LIVE) as address:
        page = browser.new_page()
        watch = Watch.of(page, address)
        blank = "<!doctype html><link rel='icon' href='data:,'>"
        page.route(f"{address}/", lambda route: route.fulfill(body=blank, content_type="text/html"))
        page.goto(f"{address}/")
        yield page
        page.close()
    assert watch.problems == []
