"""A browser that can reach nothing but this machine, a tiny book, and the course's own site."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made_once import made_once
from playwright.sync_api import Browser, Page, sync_playwright

from . import tiny_book as tiny
from .browser import NO_BROWSER, find, flags
from .crawl import Watch, serve
from .live_page import Line
from .own_sentence_pages import example_pages

ROOT = Path(__file__).parents[2]


# Not for the whole session: while playwright runs, asyncio.run() does not work in other tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find()
    if path is None:
        pytest.fail(NO_BROWSER, pytrace=False)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=flags())


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Page]]:
    """Open an address in a context of its own. At the end of the test no such page may have had a problem."""
    contexts, watches = [], []

    def open_page(address: str, **context_options) -> Page:
        contexts.append(browser.new_context(**context_options))
        page = contexts[-1].new_page()
        origin = address[: address.index("/", len("http://"))]
        watches.append(Watch.of(page, origin))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [problem for watch in watches for problem in watch.problems] == []


@pytest.fixture(scope="session")
def tiny_book(shared) -> Path:
    """The folder of the tiny book's site."""
    folder = shared / "tiny-book"

    def make() -> None:
        # In a process of its own, because it runs an event loop.
        command = [sys.executable, tiny.__file__, folder]
        run = subprocess.run(command, capture_output=True, text=True, timeout=500)
        if run.returncode:
            pytest.fail(f"the tiny book could not be built:\n{run.stderr}", pytrace=False)

    return made_once(folder, make) / "_build" / "html"


@pytest.fixture(scope="session")
def tiny_address(tiny_book) -> Iterator[str]:
    with serve(tiny_book) as address:
        yield address


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the course's own site, built as `make book` builds it, and in the same place.

    The files that use it are in ``NEED_THE_SITE`` (tests/conftest.py), so that one worker builds it.
    """
    try:
        return tiny.build(ROOT)
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def line_pages(shared) -> Path:
    """A folder with a page for each widget that takes the reader's sentence."""
    return example_pages(shared / "own-sentence")


@pytest.fixture(scope="session")
def line_address(line_pages) -> Iterator[str]:
    with serve(line_pages) as address:
        yield address


@pytest.fixture(params=["file", "served"])
def line_of(request, line_pages, open_page) -> Callable[[str], Line]:
    """Open such a page as a file and from a server."""
    folder = line_pages.as_uri() if request.param == "file" else request.getfixturevalue("line_address")
    return lambda name: Line(open_page(f"{folder}/{name}.html"))


@pytest.fixture
def line_in(line_pages, open_page) -> Callable[..., Line]:
    """Open such a page as a file, in a context of its own."""
    return lambda name, **options: Line(open_page(f"{line_pages.as_uri()}/{name}.html", **options))
