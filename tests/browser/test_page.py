"""The page that write_widget_page writes, opened as a file by a browser without a network."""

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.widgets.attention import Attention
from s2s_course.widgets.shared.page import write_widget_page

SRC, TGT = ("the", "cat", "<eos>"), ("le", "chat", "<eos>")
WEIGHTS = np.array([[0.8, 0.1, 0.1], [0.25, 0.5, 0.25], [0, 0, 1]])
HOSTILE = '</script></title><script>window.taken = 1</script><img src=x onerror="window.taken = 2">&amp;'
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def show(open_page, tmp_path):
    """Write a page with two widgets and open it; a context of the browser takes the options."""

    def show(*, title="Attention", texts=("first", ""), word="chat", **options):
        attentions = [{"A": (TGT, WEIGHTS)}, {word: (("le", word, "<eos>"), WEIGHTS)}]
        widgets = [Attention.compare(each, src_tokens=SRC, row=1, column=1) for each in attentions]
        path = tmp_path / "page.html"
        write_widget_page(path, widgets, title=title, texts=texts)
        page = open_page(path.as_uri(), **options)
        if options.get("java_script_enabled", True):
            expect(page.locator(".s2s-attention")).to_have_count(2)
        return page

    return show


def test_widgets_stand_below_their_texts_and_live_on_their_own(show):
    page = show()
    assert page.title() == "Attention" and page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate("document.characterSet") == "UTF-8"
    expect(page.locator("h1, section > p")).to_have_text(["Attention", "first"])
    one, other = page.locator(".s2s-attention").all()
    expect(one.locator("output")).to_have_text("“chat” attends to “cat”: 0.500 of 1.00")
    one.get_by_role("application").focus()
    page.keyboard.press("ArrowUp")
    expect(one.locator("output")).to_have_text("“le” attends to “cat”: 0.100 of 1.00")
    expect(other.locator("output")).to_have_text("“chat” attends to “cat”: 0.500 of 1.00")


def test_any_text_stays_text_and_no_other_script_may_run(show):
    page = show(title=HOSTILE, texts=(HOSTILE, "two\nlines"), word=HOSTILE)
    assert page.title() == HOSTILE
    expect(page.locator("h1")).to_have_text(HOSTILE)
    expect(page.locator("section > p").first).to_have_text(HOSTILE)
    assert page.locator("img").count() == 0 and page.evaluate("window.taken") is None
    expect(page.locator(".s2s-attention output").last).to_contain_text(HOSTILE)


def test_nothing_but_the_host_and_the_widgets_can_run_or_be_fetched(show, browser):
    policy = show().locator("meta[http-equiv]").get_attribute("content")
    assert policy.startswith("default-src 'none'; ") and "unsafe-eval" not in policy
    page = browser.new_page()  # not watched, because the browser reports what it refuses
    page.goto(show().url)
    page.evaluate("""() => {
      window.refused = [];
      document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
      document.body.insertAdjacentHTML("beforeend", "<img src='page.html' onerror='window.taken = 1'>");
      const script = document.createElement("script");
      script.textContent = "window.taken = 2";
      document.body.append(script);
      fetch("page.html").catch(() => {});
    }""")
    page.wait_for_function("refused.length >= 4")
    assert page.evaluate("window.taken") is None
    expected = {"script-src-elem", "script-src-attr", "connect-src", "img-src"}
    assert set(page.evaluate("refused")) == expected
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_system(show, scheme):
    page = show(color_scheme=scheme)
    grounds = [
        page.locator(place).first.evaluate("node => getComputedStyle(node).backgroundColor")
        for place in ("body", ".s2s-attention")
    ]
    for ground in grounds:
        channels = [int(channel) for channel in ground.removeprefix("rgb(").removesuffix(")").split(", ")]
        assert (max(channels) < 60) if scheme == "dark" else (min(channels) > 200)
    other = {"light": "dark", "dark": "light"}[scheme]
    page.emulate_media(color_scheme=other)
    expect(page.locator(".s2s-attention").first).to_have_attribute("data-theme", other)


def test_on_a_phone_the_page_does_not_scroll_sideways(show):
    page = show(title="w" * 80, texts=("x" * 200, "text"), **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("innerWidth") == 360


def test_without_scripts_a_figure_stands_in_the_place_of_each_widget(show):
    page = show(java_script_enabled=False)
    expect(page.locator("section > .s2s-place > .s2s-figure")).to_have_count(2)
    expect(page.locator("figure").first.locator("tr").nth(2)).to_be_visible()
    assert page.locator("figure").first.locator("tr").nth(2).inner_text().split() == [
        "chat", "0.25", "0.50", "0.25",
    ]  # fmt: skip


def test_in_print_the_figure_is_seen_and_on_the_screen_the_widget(show):
    page = show()
    figure, view = (page.locator(f".s2s-place > .s2s-{name}").first for name in ("figure", "view"))
    expect(figure).to_be_hidden()
    expect(view).to_be_visible()
    page.emulate_media(media="print")
    expect(figure).to_be_visible()
    expect(view).to_be_hidden()
