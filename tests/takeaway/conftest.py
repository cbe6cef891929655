"""A book of three pages, and what is made of it, once for all tests of this folder on one worker."""

from pathlib import Path

import pytest
from browser.browser import NO_BROWSER, find

from s2s_course.takeaway.book import Book, read_book
from s2s_course.takeaway.chromium import chromium
from s2s_course.takeaway.contents import Contents, read_contents

from .small_site import write_small_site


@pytest.fixture(scope="module")
def chromium_at(request) -> str:
    path = find()
    if path is None:
        pytest.fail(NO_BROWSER, pytrace=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHROMIUM", path)
        yield path


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("small-book")
    write_small_site(folder)
    return folder


@pytest.fixture
def site(folder) -> Path:
    return folder / "_build" / "html"


@pytest.fixture(scope="module")
def contents(folder) -> Contents:
    return read_contents(folder)


@pytest.fixture(scope="module")
def book(folder, contents, chromium_at) -> Book:
    """The pages as the PDF has them. A test must not change it."""
    with chromium() as browser:
        return read_book(browser, folder / "_build" / "html", contents)
