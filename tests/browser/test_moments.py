"""Moments on a page: the slider shows what was kept of the training, by mouse and keyboard."""

import pytest
from playwright.sync_api import Page, expect

from s2s_course.live.stored import live_moments
from s2s_course.widgets import Moments
from s2s_course.widgets.shared.arrays import decode_array

from .static_page import stored, write_page


@pytest.fixture
def show(open_page, tmp_path):
    def show(**options) -> Page:
        widgets = {"a": stored(Moments.of("bahdanau", moment=3))}
        return open_page(write_page(tmp_path, widgets, ["a"], code=[Moments]), **options)

    return show


def expect_moment(page: Page, moment: int, sentence: int) -> None:
    sources, moments = live_moments("bahdanau")
    output = moments[moment]["outputs"][sentence]
    words = [token for token in output["tokens"] if token != "<eos>"]
    expect(page.locator("output")).to_contain_text(f"writes: {' '.join(words)}")
    expect(page.locator("thead th")).to_have_text(sources[sentence])
    expect(page.locator("tbody th")).to_have_text(output["tokens"])
    weights = decode_array(output["weights"])
    titles = page.locator("tbody td").evaluate_all("cells => cells.map((cell) => cell.title)")
    shown = [float(title.rpartition(" ")[2]) for title in titles]
    assert shown == pytest.approx(weights.flatten().tolist(), abs=0.0051)
    shades = page.locator("tbody td").evaluate_all("""cells => cells.map((cell) =>
      getComputedStyle(cell).backgroundColor.match(/\\d+/g).reduce((sum, part) => sum + Number(part), 0))""")
    darkest = min(range(len(shades)), key=lambda n: shades[n])
    assert weights.flatten()[darkest] == pytest.approx(weights.max(), abs=0.02)


def test_every_way_to_move(show):
    page = show()
    expect_moment(page, 3, 0)
    page.get_by_role("button", name="later moment").click()
    expect_moment(page, 4, 0)
    page.get_by_role("button", name="later moment").press("ArrowLeft")
    expect_moment(page, 3, 0)
    page.get_by_label("moment of training").focus()
    page.keyboard.press("End")
    expect_moment(page, 15, 0)
    expect(page.get_by_role("button", name="later moment")).to_be_disabled()
    page.locator("select").select_option("2")
    expect_moment(page, 15, 2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_map_scrolls_and_the_page_does_not(show, scheme):
    page = show(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.locator("select").select_option("2")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
