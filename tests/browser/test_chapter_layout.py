"""Chapters on the course's own site: no line of code is cut off, figures have numbers and legible letters."""

import pytest

from s2s_course.chapters import chapter_paths

from .crawl import serve, settle

# Code that is open and wider than its box, with its longest line.
WIDE_CODE = """() => [...document.querySelectorAll("article pre")]
  .filter(pre => pre.checkVisibility() && pre.scrollWidth > pre.clientWidth + 1)
  .map(pre => pre.textContent.split("\\n").sort((one, other) => other.length - one.length)[0])"""
# The height in pixels of the smallest letters of each figure, as they are shown.
SMALLEST = """() => [...document.querySelectorAll(".s2s-numbered")].map(figure => Math.min(
  ...[...figure.querySelectorAll("svg text")].filter(text => text.checkVisibility()).map(text => {
    const { a, b } = text.getScreenCTM();
    return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
  })))"""
NUMBERS = """() => [...document.querySelectorAll(".s2s-numbered")].map(figure => [
  figure.id, figure.querySelector(".s2s-number").textContent, figure.querySelector(".s2s-number").hash])"""


@pytest.fixture(scope="module")
def address(site):
    with serve(site) as address:
        yield address


@pytest.mark.parametrize("name", [path.stem for path in chapter_paths()])
def test_a_chapter_reads_on_a_desk_and_on_a_telephone(address, open_page, name):
    page = open_page(f"{address}/book/{name}.html", viewport={"width": 1280, "height": 900})
    settle(page)
    assert page.evaluate(WIDE_CODE) == []
    chapter = int(name[:2])
    numbers = page.evaluate(NUMBERS)
    assert numbers and numbers == [
        [f"fig-{chapter}-{n}", f"Figure {chapter}.{n}", f"#fig-{chapter}-{n}"]
        for n in range(1, len(numbers) + 1)
    ]
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [size for size in page.evaluate(SMALLEST) if size < 10.95] == []
