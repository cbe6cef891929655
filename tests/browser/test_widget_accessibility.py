"""Each widget in five and more states, light and dark, wide and narrow, by the rules of axe-core."""

import pytest
from playwright.sync_api import expect

from .accessibility import OF_COLORS, set_theme, violations
from .widget_states import STEPS, open_transcript, pages, walk

ALL = "body"


@pytest.fixture(scope="session")
def widget_pages(shared):
    return pages(shared / "every-widget")


@pytest.fixture
def page(open_page, widget_pages):
    """All widgets, their transcripts open."""
    page = open_page(
        (widget_pages / "all.html").as_uri(), viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    expect(page.locator(".s2s-widget")).to_have_count(len(STEPS))
    expect(page.locator(".s2s-widget > .in-words")).to_have_count(len(STEPS))
    for name in STEPS:
        open_transcript(page.locator(f".{name}"))
    return page


def test_no_state_of_a_widget_breaks_a_rule(page):
    assert all(len(steps) >= 4 for steps in STEPS.values()), "five states with the first"
    found = []
    for place in range(-1, max(map(len, STEPS.values()))):
        if place >= 0:
            walk(page, place)
        for width in (1280, 360) if place in (-1, 2) else (1280,):
            page.set_viewport_size({"width": width, "height": 900})
            for theme, rules in (("light", None), ("dark", OF_COLORS)):
                set_theme(page, theme)
                new = violations(page, within=".s2s-widget", rules=rules)
                found += [f"state {place + 1}, {width}, {theme}: {one}" for one in new]
        page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []
