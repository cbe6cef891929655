"""What a page of the course loads before a reader touches anything, in bytes as they are sent."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .compressed import serve_compressed

MOST = 400_000  # bytes; the goal of the course's issue on weight
CHAPTERS = sorted(path.stem for path in (Path(__file__).parents[2] / "book").glob("[0-9][0-9]-*.ipynb"))


def loaded(browser, address: str) -> dict[str, int]:
    """The bytes of each file that the page at ``address`` loads, by its path."""
    context = browser.new_context()
    page, requests = context.new_page(), []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(address, wait_until="networkidle")
    sent = [one for one in requests if one.url.startswith("http")]
    bodies = {urlsplit(one.url).path: one.sizes()["responseBodySize"] for one in sent}
    context.close()
    return bodies


@pytest.fixture(scope="module")
def loads(browser, site) -> dict[str, dict[str, int]]:
    """For each page its files and their bytes."""
    with serve_compressed(site) as address:
        return {
            name: loaded(browser, f"{address}/book/{name}.html")
            for name in ("index", "claims-ledger", *CHAPTERS)
        }


def test_no_page_is_heavier_than_the_goal(loads):
    weights = {name: sum(files.values()) for name, files in loads.items()}
    assert min(weights.values()) > 10_000, "a page has at least itself"
    assert {name: weight for name, weight in weights.items() if weight > MOST} == {}
