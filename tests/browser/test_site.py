"""No page of the site loads from elsewhere, misses a file or reports an error; and it would be noticed."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from s2s_course.chapters import chapter_paths, repository_url
from s2s_course.decoding.translate import translate
from s2s_course.live.assets import asset_names
from s2s_course.live.stored import load_live

from .crawl import crawl

SIX = {"rnn", "lstm", "gru", "bahdanau", "luong", "transformer"}


def test_the_course(browser, site):
    assert crawl(browser, site) == []


def test_the_first_page_computes_from_the_file_system(site, open_page):
    """Nothing is loaded before a reader types; then six models write what the package writes."""
    page = open_page((site / "book" / "index.html").as_uri())
    expect(page.locator(".s2s-translator .model")).to_have_count(6)
    assert page.evaluate("Object.keys(s2sLive.assets)") == []
    text = "the old woman sees a small dog."
    page.locator(".s2s-translator input[type=text]").fill(text)
    for name, label in (("gru", "GRU"), ("transformer", "Transformer")):
        [written] = translate(load_live(name), [text])
        expect(page.locator(".said")).to_contain_text(f"{label}: {written}", timeout=20_000)
    assert set(page.evaluate("Object.keys(s2sLive.assets)")) == {"engine", "course", *SIX}


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_the_first_screen_has_a_promise_and_a_live_widget(site, open_page, width, height):
    address = (site / "book" / "index.html").as_uri()
    page = open_page(address, viewport={"width": width, "height": height})
    promise, field = page.locator("article h1 + p"), page.locator(".s2s-translator input[type=text]")
    expect(page.locator(".s2s-translator .model")).to_have_count(6)
    assert 10 <= len(promise.inner_text().split()) <= 30 and promise.inner_text().count(".") == 1
    for shown in (promise, field, page.locator(".s2s-translator .model").nth(0 if width < 500 else 3)):
        box = shown.bounding_box()
        assert box["y"] >= 0 and box["y"] + min(box["height"], 60) <= height
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_four_ways_in_lead_somewhere(site, open_page):
    page = open_page((site / "book" / "index.html").as_uri())
    links = page.locator(".s2s-ways li > p:first-child a").evaluate_all(
        "links => links.map((a) => a.getAttribute('href'))"
    )
    colab = f"https://colab.research.google.com/github{urlsplit(repository_url()).path}/blob/main/"
    assert links[1] == f"{colab}book/01-sequences.ipynb"
    assert all((site / "book" / link).is_file() for link in (links[0], *links[2:])) and len(links) == 4


@pytest.mark.parametrize("number", [1, 4])
def test_a_chapter_s_head_stands_on_the_first_screen(site, open_page, number):
    path = chapter_paths()[number - 1]
    address = (site / "book" / f"{path.stem}.html").as_uri()
    page = open_page(address, viewport={"width": 1280, "height": 800})
    tops = []
    for name in ("question", "goals", "facts", "links"):
        box = page.locator(f".s2s-chapter-{name}").bounding_box()
        assert box["y"] + box["height"] <= 800, name
        tops.append(box["y"])
    assert tops == sorted(tops)
    link = page.get_by_role("link", name="Open in Colab").first
    assert link.get_attribute("href").endswith(f"/blob/main/book/{path.name}")


def test_what_computes_lies_beside_the_pages(site):
    assert {path.stem for path in (site / "_static" / "live").iterdir()} == set(asset_names())


def test_the_tiny_book(browser, tiny_book):
    assert crawl(browser, tiny_book) == []


# A page's body, and what the crawl must say of it.
PROBLEMS = {
    '<img src="https://example.org/x.png">': "off-origin: https://example.org/x.png",
    '<script src="https://example.org/x.js"></script>': "off-origin: https://example.org/x.js",
    '<style>@import "https://example.org/x.css";</style>': "off-origin: https://example.org/x.css",
    '<script>setTimeout(() => fetch("http://127.0.0.2/"), 50)</script>': "off-origin: http://127.0.0.2/",
    '<script src="missing.js"></script>': "status 404: /missing.js",
    '<script>throw new Error("broken")</script>': "page error: broken",
    '<script>Promise.reject(new Error("late"))</script>': "page error: late",
    '<script>console.error("unwell")</script>': "console: unwell",
    '<a href="gone.html#part">there</a>': "dead link: /gone.html",
    '<link rel="stylesheet" href="gone.css">': "dead link: /gone.css",
    '<div style="height: 9000px"></div><img loading="lazy" src="gone.png">': "status 404: /gone.png",
    '<a href="https://example.org/">elsewhere</a> <a href="0.html#part">here</a>': None,
}


def test_each_kind_of_problem_is_found_on_its_page_only(browser, tmp_path):
    head = '<!doctype html><title>page</title><base href="/"><link rel="icon" href="data:,">'
    for number, body in enumerate(PROBLEMS):
        page = tmp_path / ("deep" if number % 2 else "") / f"{number}.html"
        page.parent.mkdir(exist_ok=True)
        page.write_text(head + body)
    problems = crawl(browser, tmp_path)
    for number, problem in enumerate(PROBLEMS.values()):
        found = [one.split(": ", 1)[1] for one in problems if Path(one.split(": ")[0]).stem == str(number)]
        assert found == [] if problem is None else any(one.startswith(problem) for one in found), found
