"""The slide decks in the browser, opened as files with every host out of reach."""

import re
import subprocess
import sys

import pytest
from made_once import made_once
from playwright.sync_api import expect

from s2s_course.drawings.language.palette import PALETTE
from s2s_course.drawings.registry import names as drawing_names
from s2s_course.slides.build import deck_paths
from s2s_course.slides.deck import read_deck

from .slides_view import hexadecimal, letters, misplaced, ready, settle, shown

NAMES = [path.stem for path in deck_paths()]
SIZES = ((1280, 720), (1920, 1080))
SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in deck_paths()}
DRAWINGS = drawing_names()
# So high that at 720 pixels their smallest letters, of notes and indices, stay below 16.
TALLEST = {"whole-way": 14.5, "transformer": 14.5}
INK = ".s2s-drawing text:not([class])"  # words in the ink of the page
PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def folder(shared):
    """All decks, built in a process of its own, where no types are checked."""
    out = shared / "slides"
    command = [sys.executable, "-m", "s2s_course.slides", "--out", out]
    return made_once(out, lambda: subprocess.run(command, check=True))


@pytest.fixture
def open_deck(folder, open_page):
    """Open a deck at the size of a projector; what follows its name is part of the address."""

    def open_deck(name="05-bahdanau-attention", rest="", **options):
        page = open_page(f"{(folder / f'{name}.html').as_uri()}{rest}", **options)
        ready(page)
        return page

    return open_deck


@pytest.mark.parametrize("name", NAMES)
def test_nothing_overflows_its_slide_and_each_slide_is_a_page(open_deck, name):
    page = open_deck(name, viewport={"width": 1280, "height": 720})
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        assert misplaced(page) == [], f"at {width} × {height}"
    expect(page.locator(".s2s-note", has_text="could not start")).to_have_count(0)
    slides = page.locator(".deck-frame").count()
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(PAGE.findall(printed)) == slides
    page.evaluate("window.print = () => {}; deck.print(true)")
    with_notes = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(PAGE.findall(with_notes)) == slides


@pytest.mark.parametrize("name", NAMES)
def test_drawings_can_be_read_from_the_last_row(open_deck, name):
    page = open_deck(name, viewport={"width": 1280, "height": 720})
    sizes = letters(page)
    assert set(sizes) == {shown for shown in DRAWINGS if f"{{drawing}} {shown}\n" in SOURCES[name]}
    for drawing, smallest in sizes.items():
        assert smallest >= TALLEST.get(drawing, 16), drawing
    page.set_viewport_size({"width": 560, "height": 315})  # where the book would show the narrow composition
    assert set(letters(page)) == set(sizes)


def test_d_changes_drawings_and_paper_has_them_light(open_deck):
    page = open_deck("03-gates", "#2", viewport={"width": 1280, "height": 720}, color_scheme="light")
    for theme in (0, 1, 0):
        assert hexadecimal(page, INK, "fill") == PALETTE["ink"][theme]
        # A form that is filled with paper has the color of the slide around it.
        form = page.locator(".s2s-drawing rect[fill='var(--s2s-paper)']").first
        slide = page.locator(".deck-slide").first.evaluate("one => getComputedStyle(one).backgroundColor")
        assert form.evaluate("one => getComputedStyle(one).fill") == slide
        page.keyboard.press("d")
    assert hexadecimal(page, INK, "fill") == PALETTE["ink"][1]
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert hexadecimal(page, INK, "fill") == PALETTE["ink"][0]


def test_what_overflows_would_be_found(open_deck):
    page = open_deck(viewport={"width": 1280, "height": 720})
    page.evaluate(
        """() => {
          const [first, second, third] = document.querySelectorAll(".column");
          first.firstElementChild.style.cssText = "white-space: nowrap; font-size: 5rem";
          second.lastElementChild.style.marginTop = "-6rem";
          third.style.transform = "translateY(12rem)";
        }"""
    )
    found = {problem.split(":")[0] for problem in misplaced(page)}
    assert {"slide 1", "slide 2", "slide 3"} <= found


def test_keys_turn_slides_and_the_address_keeps_the_place(open_deck):
    page = open_deck()
    last = page.locator(".deck-frame").count()
    for key, slide in (
        ("ArrowRight", 2), ("Space", 3), ("PageDown", 4), ("ArrowLeft", 3), ("Shift+Space", 2), ("End", last),
        ("ArrowRight", last), ("PageUp", last - 1), ("Home", 1), ("ArrowLeft", 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert shown(page) == slide, key
        assert page.url.endswith(f"#{slide}")
    for key in ("1", "2", "Enter"):
        page.keyboard.press(key)
    assert shown(page) == 12
    page.reload()
    ready(page)
    assert shown(page) == 12
    expect(page.locator(".deck-where")).to_contain_text("12 of")
    page.evaluate("location.hash = '#4'")
    page.wait_for_function("deck.current === 3")
    assert shown(page) == 4


def test_keys_in_a_widget_are_the_widgets(open_deck):
    page = open_deck("03-gates", "#6")
    assert shown(page) == 6
    slider = page.locator(".deck-frame.shown input[type=range]").first
    slider.focus()
    before = slider.input_value()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert shown(page) == 6 and slider.input_value() != before
    page.locator(".deck-frame.shown .s2s-widget input[type=text]").first.fill("1 n o d")
    assert shown(page) == 6 and page.locator("html.overview, html.with-notes").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert shown(page) == 7


def test_overview_help_notes_and_theme(open_deck):
    page = open_deck(rest="#3")
    page.keyboard.press("o")
    assert page.locator(".deck-frame.chosen").get_attribute("id") == "slide-3"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert shown(page) == 6
    page.keyboard.press("o")
    page.locator("#slide-9").click(position={"x": 20, "y": 20})
    assert shown(page) == 9
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    note = page.locator(".deck-frame.shown .deck-notes")
    expect(note).to_be_hidden()
    page.keyboard.press("n")
    expect(note).to_be_visible()
    top = note.bounding_box()["y"]
    slide = page.locator(".deck-frame.shown .deck-slide").bounding_box()
    assert slide["y"] + slide["height"] <= top + 1, "the slide makes room for its notes"
    before = page.evaluate("getComputedStyle(document.querySelector('.deck-slide')).backgroundColor")
    page.keyboard.press("d")
    after = page.evaluate("getComputedStyle(document.querySelector('.deck-slide')).backgroundColor")
    assert before != after
    expect(page.locator(".s2s-widget").first).to_have_attribute("data-theme", "dark")


def test_the_speakers_window_has_notes_clock_plan_and_the_next_slide(open_deck, folder):
    page = open_deck(rest="#2")
    with page.expect_popup() as popup:
        page.keyboard.press("w")
    window = popup.value
    deck = read_deck(next(path for path in deck_paths() if path.stem.startswith("05")))
    expect(window.locator(".deck-notes")).to_contain_text("Ask the question in the box and wait.")
    expect(window.locator(".next .title")).to_have_text(deck.slides[2].title)
    expect(window.get_by_role("timer")).to_have_text(re.compile(r"^0:0\d$"))
    expect(window.get_by_role("timer")).not_to_have_text("0:00")  # it runs
    planned = deck.slides[0].minutes + deck.slides[1].minutes
    expect(window.locator(".plan")).to_contain_text(f"until its end {planned} of {deck.minutes} min")
    window.keyboard.press("ArrowRight")
    assert shown(page) == 3
    expect(window.locator("h1")).to_contain_text(deck.slides[2].title)
    page.keyboard.press("End")
    expect(window.locator(".next")).to_have_text("the end")


def test_a_swipe_turns_the_slide(open_deck):
    page = open_deck(has_touch=True, viewport={"width": 844, "height": 390})
    swipe = """([from, to]) => {
      const main = document.querySelector("main");
      const at = (clientX) => [new Touch({ identifier: 1, target: main, clientX, clientY: 200 })];
      const finger = (kind, touches, changedTouches) =>
        main.dispatchEvent(new TouchEvent(kind, { bubbles: true, touches, changedTouches }));
      finger("touchstart", at(from), at(from));
      finger("touchend", [], at(to));
    }"""
    page.evaluate(swipe, [600, 300])
    assert shown(page) == 2
    page.evaluate(swipe, [300, 320])
    assert shown(page) == 2, "too short"
    page.evaluate(swipe, [300, 600])
    assert shown(page) == 1


def test_motion_is_left_out_where_it_is_not_wanted(open_deck):
    calm = open_deck(reduced_motion="reduce")
    assert calm.evaluate("getComputedStyle(deck.frames[0]).transitionDuration") == "0s"


def test_the_index_leads_to_every_deck(folder, open_page):
    page = open_page((folder / "index.html").as_uri())
    links = page.locator("a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert links == [f"{name}.html" for name in NAMES]
    page.locator("a").first.click()
    expect(page.locator("h1")).to_have_text("1. Sequences in, sequences out")
