"""The line “your sentence”: what a reader may type, by keyboard alone, and the way back to the example."""

import json
import re

import pytest
from playwright.sync_api import expect

from s2s_course.live.stored import load_live
from s2s_course.trace import trace, trace_attention
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.page import write_widget_page

from .live_page import Line, unchanged
from .own_sentence_pages import examples

NAMES = [
    *("hidden-states", "gates", "gradient-flow", "decoder"),
    *("attention", "heads", "beam-tree", "query-key-value"),
]


@pytest.mark.parametrize("name", NAMES)
def test_back_to_the_stored_example(line_in, name):
    line = line_in(name)
    before = unchanged(line.root)
    assert line.status.get_attribute("aria-live") == "polite" and line.says() == ""
    expect(line.back).to_have_count(0)
    line.show("the dog eats a cake.")
    assert unchanged(line.root) != before
    line.back.click()
    expect(line.status).to_have_text("This is the stored example again.")
    assert unchanged(line.root) == before
    assert line.field.evaluate("field => field === document.activeElement")
    expect(line.back).to_have_count(0)


@pytest.mark.parametrize("name", NAMES)
def test_200_words_markup_and_emoji(line_in, name):
    line = line_in(name)
    line.show("the cat sees a dog . " * 34)
    assert "are left out: at most" in line.line.inner_text()
    line.show("<b>the</b> cat \U0001f600 <img src=x onerror=alert(1)> \u05e9\u05dc\u05d5\u05dd")
    assert line.root.locator("b >> text=the </b>").count() == 0
    assert line.root.locator("img").count() == 0
    assert "have never seen" in line.line.inner_text()
    assert line.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_whole_text_is_read_up_to_the_60th_word(line_in):
    line = line_in("hidden-states")
    line.show("the cat sees a dog . " * 34, "GRU")
    read = line.root.locator(".panel").first.locator(".tokens span").all_text_contents()
    assert read == ["the", "cat", "sees", "a", "dog", "."] * 10 + ["<eos>"]
    assert "The last 144 words are left out" in line.line.inner_text()


@pytest.mark.parametrize("typed", ["", "   ", "\u200b"])
def test_an_empty_field(line_in, typed):
    line = line_in("decoder")
    before = unchanged(line.root)
    line.field.fill(typed)
    line.field.press("Enter")
    expect(line.status).to_contain_text("Type a sentence")
    assert unchanged(line.root) == before
    expect(line.back).to_have_count(0)


def test_half_a_character_is_refused_in_one_sentence(line_in):
    line = line_in("decoder")
    line.field.evaluate("field => { field.value = 'the cat \\ud83d'; }")
    line.field.press("Enter")
    expect(line.status).to_have_text(re.compile("^This cannot be shown here: text must be Unicode, .*[.]$"))


def test_a_word_that_is_near_takes_the_place_of_an_unknown_one(line_in):
    line = line_in("attention")
    line.show("the womna sees a dog.")
    assert "<unk>" in line.texts(".tokens span")
    line.line.get_by_role("button", name="replace womna by woman").click()
    expect(line.field).to_have_value("the woman sees a dog.")
    expect(line.root.locator(".tokens span", has_text="woman").first).to_be_visible()
    assert "have never seen" not in line.line.inner_text()


def test_a_full_stop_is_added(line_in):
    line = line_in("attention")
    line.show("the dog sleeps", "Bahdanau")
    assert trace_attention(load_live("bahdanau"), "the dog sleeps.").src_tokens == tuple(
        line.root.locator(".tokens").first.locator("span").all_text_contents()
    )


@pytest.mark.parametrize("name", NAMES)
def test_by_keyboard_alone(line_in, name):
    line = line_in(name)
    press = line.page.keyboard.press
    for _ in range(8):
        press("Tab")
        if line.field.evaluate("field => field === document.activeElement"):
            break
    line.page.keyboard.type("the dog eats a cake.")
    press("Tab")
    assert line.models.evaluate("select => select === document.activeElement")
    press("ArrowDown")
    press("Tab")
    press("Enter")
    expect(line.status).to_contain_text("Shown is your sentence", timeout=20_000)
    focused = "[document.activeElement.ariaLabel, getComputedStyle(document.activeElement).outlineStyle]"
    assert line.page.evaluate(focused) == ["show your sentence", "solid"], "the focus stays"
    press("Tab")
    press("Space")
    expect(line.status).to_have_text("This is the stored example again.")


def test_another_model_is_shown_at_once(line_in):
    line = line_in("hidden-states")
    line.models.select_option("LSTM")
    expect(line.status).to_have_text("")  # nothing was typed
    line.show("the dog eats a cake.", "GRU")
    for model in ("LSTM", "RNN"):
        line.models.select_option(model)
        expect(line.status).to_contain_text(f"read by {model}")
        written = trace(load_live(model.lower()), "the dog eats a cake.").tgt_tokens
        assert line.root.locator(".panel").nth(1).locator(".tokens span").all_text_contents() == list(written)


def test_what_is_chosen_in_it_leaves_the_stored_example_alone(line_in):
    line = line_in("gates")
    before = unchanged(line.root)
    line.show("the dog eats a cake.")
    line.set("time step", 3)
    line.set("unit", 44)
    line.back.click()
    assert unchanged(line.root) == before


def test_nothing_is_loaded_before_it_is_asked_for(line_in):
    line = line_in("gates")
    scripts = "Array.from(document.scripts, ({ src }) => src.split('/').pop()).filter((name) => name).sort()"
    own = {"shared.js", "gates.js", "static-host.js"}
    assert set(line.page.evaluate(scripts)) == own
    line.show("the dog eats a cake.", "GRU")
    assert set(line.page.evaluate(scripts)) == own | {"engine.js", "trace.js", "course.js", "gru.js"}


def test_a_file_that_is_missing_is_said(line_pages, browser, tmp_path):
    page = browser.new_page()
    page.route("**/trace.js", lambda route: route.abort())
    page.goto(f"{line_pages.as_uri()}/gates.html")
    line = Line(page)
    line.field.fill("the dog eats a cake.")
    line.field.press("Enter")
    expect(line.status).to_have_text("This cannot be shown here: the file trace.js could not be loaded.")
    page.unroute("**/trace.js")
    line.show("the dog eats a cake.")  # the next try
    page.close()


def test_a_page_of_one_file_has_no_line(open_page, tmp_path):
    write_widget_page(tmp_path / "page.html", list(examples().values()), title="One file")
    page = open_page((tmp_path / "page.html").as_uri())
    expect(page.locator(".s2s-widget")).to_have_count(len(NAMES))
    expect(page.locator(".own-sentence")).to_have_count(0)


def test_all_of_it_fits_a_phone(line_in):
    for name, dark in zip(NAMES, [True, False] * 4, strict=True):
        phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
        line = line_in(name, **phone, color_scheme="dark" if dark else "light")
        line.show("the dog eats a cake .")
        assert line.page.evaluate("document.documentElement.scrollWidth") == 360, name
        for control in line.line.locator("button, input, select").all():
            box = control.bounding_box()
            assert box["height"] >= 44 and box["x"] + box["width"] <= 360


# What JupyterLab and Colab do: the module in a page without a static host, with messages to a kernel.
KERNEL = """async ([state, answers]) => {
  const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const listeners = new Set();
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes() {},
    on: (name, listener) => { if (name === "msg:custom") listeners.add(listener); },
    off: (name, listener) => listeners.delete(listener),
    send: ({ asset }) => setTimeout(() => {
      for (const listener of [...listeners]) listener({ asset, ...answers[asset] });
    }),
  };
  widget.render({ model, el: document.body.appendChild(document.createElement("div")) });
}"""


def test_in_a_notebook_the_kernel_gives_the_models(open_page, tmp_path):
    widget = examples()["decoder"]
    sent = []
    widget.send = lambda content, buffers=None: sent.append(content)
    for name in ("engine", "trace", "course", "bahdanau", "luong"):
        widget._handle_custom_msg({"asset": name}, [])
    answers = {each.pop("asset"): each for each in sent}
    (tmp_path / "page.html").write_text("<!doctype html><body>", encoding="utf-8")
    page = open_page((tmp_path / "page.html").as_uri())
    page.evaluate(KERNEL, [json.loads(json.dumps(widget.get_state(), default=str)), answers])
    line = Line(page)
    line.show("the dog eats a cake.", "Luong")
    written = trace_attention(load_live("luong"), "the dog eats a cake.").tgt_tokens
    writes = line.root.locator(".sentence").nth(1).locator("div > span > span")
    assert writes.all_text_contents() == list(written)


def test_each_of_the_widgets_asks_its_kernel():
    assert all(isinstance(widget, LiveWidget) for widget in examples().values())
