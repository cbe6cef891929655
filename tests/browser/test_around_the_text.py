"""What a page of the book does around its text, by mouse and by keys (static/page.js)."""

import pytest
from playwright.sync_api import expect

PHONE = {"width": 360, "height": 700}


@pytest.fixture
def open_mathematics(open_page, tiny_address):
    return lambda **options: open_page(f"{tiny_address}/chapters/mathematics.html", **options)


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_light_and_dark_follow_the_system_until_a_reader_chooses(open_mathematics, scheme, other):
    page = open_mathematics(color_scheme=scheme)
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", scheme)
    page.emulate_media(color_scheme=other)
    expect(html).to_have_attribute("data-theme", other)
    page.emulate_media(color_scheme=scheme)
    expect(html).to_have_attribute("data-theme", scheme)
    page.locator(".theme-switch-button").locator("visible=true").click()
    expect(html).to_have_attribute("data-theme", other)  # the first click changes what is seen
    page.reload()
    expect(html).to_have_attribute("data-theme", other)
    page.emulate_media(color_scheme=other)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_timeout(100)
    expect(html).to_have_attribute("data-theme", other)


def test_a_menu_opens_by_keys_and_closes_by_escape_and_beside_it(open_mathematics):
    page = open_mathematics()
    button = page.locator("[data-bs-toggle=dropdown]").first
    menu = page.locator(".dropdown-menu").first
    expect(menu).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(menu.locator("a, button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
    page.get_by_role("heading", level=1).click()
    expect(menu).to_be_hidden()


def test_on_a_phone_the_side_bar_opens_over_the_text_and_gives_the_focus_back(open_mathematics):
    page = open_mathematics(viewport=PHONE)
    links = page.locator("nav.bd-links a")
    expect(links.first).to_be_hidden()
    page.locator(".primary-toggle:visible").click()
    expect(links.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(links.first).to_be_hidden()
    expect(page.locator(".primary-toggle:visible")).to_be_focused()
    page.locator(".primary-toggle:visible").click()
    page.mouse.click(355, 600)
    expect(links.first).to_be_hidden()


def test_on_a_wide_page_the_side_bar_goes_and_comes(open_mathematics):
    page = open_mathematics(viewport={"width": 1280, "height": 700})
    link = page.locator("nav.bd-links a").first
    expect(link).to_be_visible()
    page.locator(".primary-toggle:visible").click()
    expect(link).not_to_be_in_viewport()
    page.locator(".primary-toggle:visible").click()
    expect(link).to_be_in_viewport()


def test_code_that_scrolls_is_a_stop_of_the_tab_key_and_other_code_is_none(open_page, tiny_address):
    page = open_page(f"{tiny_address}/chapters/widgets.html", viewport=PHONE)
    stops = """() => [...document.querySelectorAll("pre")].filter((pre) => pre.clientWidth)
      .map((pre) => [pre.scrollWidth > pre.clientWidth + 1, pre.tabIndex === 0])"""
    page.wait_for_function(f"() => ({stops})().some(([, stop]) => stop)")
    assert all(scrolls == stop for scrolls, stop in page.evaluate(stops))
