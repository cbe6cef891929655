"""A page that may import the modules of the live engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from ..browser.conftest import browser  # noqa: F401 - the fixture
from ..browser.crawl import module_page

LIVE = Path(__file__).parents[2] / "s2s_course" / "live"


@pytest.fixture(scope="module")
def engine(browser) -> Iterator[Page]:  # noqa: F811
    """A page in which ``import("./codec.js")`` and the like give the engine's modules. It has no problems."""
    with module_page(browser, LIVE) as page:
        yield page
