"""What a reader has done, on the course's own site: kept, shown, saved, taken in, cleared, and repeated."""

import json
import re
from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from s2s_course.exercises.engine.record import Record
from s2s_course.exercises.engine.registry import all_exercises, all_quizzes

from .crawl import serve

CHAPTER = "book/05-bahdanau-attention.html"
PAGE = "book/progress.html"
STORED = "() => JSON.parse(localStorage.getItem('s2s-course-progress') ?? '{}')"


@pytest.fixture(scope="module")
def address(site):
    with serve(site) as address:
        yield address


def record_file(**records: Record) -> bytes:
    """As engine/record.py writes it."""
    entries = {name: asdict(record) for name, record in records.items()}
    return json.dumps({"about": "What was tried.", "exercises": entries}, indent=1).encode()


def take(page, content: bytes, name: str = "s2s-progress.json") -> str:
    """What the page says to a file."""
    said = page.locator(".s2s-progress-said")
    said.evaluate("node => (node.textContent = '')")
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": content}
    )
    expect(said).not_to_be_empty()
    return said.inner_text()


@pytest.mark.parametrize("place", ["served", "file"])
def test_what_is_ticked_and_chosen_in_a_chapter_is_kept_and_shown(site, address, open_page, place):
    root = address if place == "served" else site.as_uri()
    page = open_page(f"{root}/{CHAPTER}")
    page.get_by_label("Exercise 5.2 is done").check()
    quiz = page.locator("form.s2s-quiz")
    page.locator("#quiz").scroll_into_view_if_needed()
    question = all_quizzes()[5][0]
    right = next(n for n, choice in enumerate(question.choices) if choice.right)
    quiz.locator("fieldset").first.locator("input").nth(right).check()
    read = page.get_by_label("I have read this chapter")
    page.mouse.wheel(0, 100)
    read.scroll_into_view_if_needed()
    expect(read).to_be_checked()  # whoever comes to the end has read it
    page.reload()
    expect(page.get_by_label("Exercise 5.2 is done")).to_be_checked()
    page.locator("#quiz").scroll_into_view_if_needed()
    expect(page.locator("form.s2s-quiz .score")).to_have_text(re.compile(r"^1 of "))
    expect(page.locator("#pst-primary-sidebar .s2s-read")).to_have_count(1)
    page.goto(f"{root}/{PAGE}")
    row = page.locator("[data-chapter='05-bahdanau-attention']")
    expect(row.get_by_label("Chapter 5 is read")).to_be_checked()
    expect(row).to_contain_text(f"Quiz: 1 of {len(all_quizzes()[5])} right")
    of = len([one for one in all_exercises() if one.chapter == 5])
    expect(row).to_contain_text(f"1 of {of} done")
    row.get_by_label("Chapter 5 is read").uncheck()
    assert page.evaluate(STORED)["chapters"] == {}


def test_the_file_that_check_writes_is_taken(address, open_page):
    page = open_page(f"{address}/{PAGE}")
    content = record_file(**{"5.1": Record(True, 2, 1, "a1"), "7.5": Record(False, 3, 0, "b2")})
    assert take(page, content) == "Of 2 exercises that were tried, 1 has passed; what has passed is ticked."
    page.get_by_text(re.compile("^Exercises of chapter 5")).click()
    assert page.locator("[data-exercise='5.1']").is_checked()
    assert not page.locator("[data-exercise='7.5']").is_checked()
    assert page.evaluate(STORED)["exercises"]["7.5"] == {"passed": False, "attempts": 3, "hints": 0}


BAD = {
    b"no json": "JSON",
    b"[1, 2]": "neither",
    b'{"exercises": [1]}': "neither",
    b'{"exercises": {"5.1": {"passed": true}}}': "5.1 is damaged",
    b'{"exercises": {"5.1": {"passed": 1, "attempts": 1, "hints": 0, "answer": ""}}}': "5.1 is damaged",
    b'{"about": "s2s-course progress 1", "chapters": [1]}': "damaged",
    b'{"about": "s2s-course progress 1", "cards": {"x": {"box": "2"}}}': "damaged",
}


def test_a_bad_file_is_refused_in_one_sentence_and_changes_nothing(address, open_page):
    page = open_page(f"{address}/{PAGE}")
    take(page, record_file(**{"5.1": Record(True, 1, 0, "")}))
    before = page.evaluate(STORED)
    for content, why in BAD.items():
        said = take(page, content, "mine.json")
        assert said.startswith("The file mine.json was not taken: ") and why in said, said
        assert said.count(". ") == 0 and said.endswith(".")
    assert page.evaluate(STORED) == before


def test_it_can_be_saved_cleared_and_taken_again(address, open_page):
    page = open_page(f"{address}/{PAGE}")
    page.get_by_label("Chapter 3 is read").check()
    take(page, record_file(**{"5.1": Record(True, 1, 0, "")}))
    before = page.evaluate(STORED)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    content = download.value.path().read_bytes()
    page.get_by_role("button", name="Clear all").click()
    assert page.evaluate(STORED) == before  # one click is not enough
    page.get_by_role("button", name="Really clear all?").click()
    assert page.evaluate(STORED) == {}
    expect(page.get_by_label("Chapter 3 is read")).not_to_be_checked()
    assert take(page, content) == "What was saved has been taken."
    assert page.evaluate(STORED) == before
    expect(page.get_by_label("Chapter 3 is read")).to_be_checked()


def test_cards_come_again_by_the_boxes_of_leitner(address, open_page):
    """A card known n times running comes after 1, 2, 4, 8, 16, 32, 32 days, as days are counted here."""
    page = open_page(f"{address}/404.html")
    start = datetime(2026, 3, 1, 12)
    page.clock.install(time=start)
    page.goto(f"{address}/{PAGE}")
    count, question = page.locator(".s2s-round-count"), page.locator(".s2s-round-question")
    expect(count).to_contain_text("10 cards are due")
    first = question.inner_text()
    page.get_by_role("button", name="Show the answer").focus()
    page.keyboard.press("Space")
    expect(page.locator(".s2s-round-answer")).to_be_visible()
    page.keyboard.press("1")  # not known: it comes once more, at the end
    expect(count).to_contain_text("10 cards are due")
    for _ in range(10):
        page.keyboard.press("Enter")
        last = question.inner_text()
        page.keyboard.press("2")
    assert last == first
    expect(count).to_contain_text("No card is due today")
    cards = page.evaluate(STORED)["cards"]
    assert len(cards) == 10
    tomorrow = (start + timedelta(days=1)).date().isoformat()
    assert sorted({(card["box"], card["due"]) for card in cards.values()}) == [
        (1, tomorrow),
        (2, (start + timedelta(days=2)).date().isoformat()),
    ]


def test_it_is_light_and_loaded_where_it_is_needed(site):
    folder = site / "_static" / "progress"
    assert len((folder / "page.js").read_bytes()) < 8_000
    for page in (CHAPTER, "book/index.html", "search.html"):
        html = (site / page).read_text(encoding="utf-8")
        assert "progress/page.js" in html and "progress/progress" not in html
    assert "progress/progress.js" in (site / PAGE).read_text(encoding="utf-8")


def test_the_file_for_anki(site):
    """Every line has the columns that the head promises, every term has a card, formulas are Anki's."""
    lines = (site / "_static" / "progress" / "anki.txt").read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    assert head[:2] == ["#separator:tab", "#html:true"] and "#deck:Sequence to sequence" in head
    rows = [line.split("\t") for line in lines[len(head) :]]
    assert {len(row) for row in rows} == {4} and len({row[0] for row in rows}) == len(rows) > 120
    fronts = " ".join(row[1] for row in rows)
    for wanted in ("label smoothing", "what does it solve?", "what stays wrong?", "what is the equation?"):
        assert wanted in fronts
    assert any(r"\(" in row[2] for row in rows) and not any("$" in row[2] for row in rows)
    page = (site / PAGE).read_text(encoding="utf-8")
    assert page.count('class="s2s-card"') == len(rows)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_page(address, open_page, scheme):
    page = open_page(f"{address}/{PAGE}", viewport={"width": 360, "height": 700}, color_scheme=scheme)
    for details in page.locator("main details").all()[:14]:
        details.evaluate("node => (node.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_where_nothing_can_be_kept_it_says_so(address, open_page):
    page = open_page(f"{address}/404.html")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page.goto(f"{address}/{PAGE}")
    expect(page.locator(".s2s-progress-said")).to_contain_text("keeps nothing")
    assert page.locator("[data-read]").first.is_disabled()
    page.goto(f"{address}/{CHAPTER}")
    assert page.get_by_label("I have read this chapter").count() == 0


def test_without_scripts_the_cards_can_still_be_turned(address, browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/{PAGE}")
    expect(page.get_by_text("This needs JavaScript")).to_be_visible()
    card = page.locator(".s2s-card").first
    card.locator("summary").click()
    expect(card.get_by_role("link", name="Where it stands")).to_be_visible()
    page.close()
