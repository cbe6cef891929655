"""Decoder on a page, driven as a reader drives it; every number is compared with the trace in numpy."""

import pytest
from playwright.sync_api import expect

from s2s_course.widgets.decoder import Decoder

from .decoder_page import SRC, TGT, trace
from .decoder_view import STAGES, View
from .lifetime import check_lifetime
from .static_page import stored, write_page

CONTROLS = [
    "speed of play",
    "previous word",
    "next word",
    "previous step",
    "step",
    "next step",
    "previous unit",
    "unit",
    "next unit",
]
OVERFLOWS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def show(open_page, tmp_path):
    """Show these traces on one page and return the views; ``linked`` traits are those of the first two."""

    def show(*traces, width=900, view=None, linked=(), units=None, **options) -> list[View]:
        view = {"step": 0, "unit": 0, "source": 0} | (view or {})
        models = {str(i): stored(Decoder.from_trace(each, **view)) for i, each in enumerate(traces)}
        links = {
            name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
            for name in linked
        }
        address = write_page(tmp_path, models | links, list(models))
        options = {"color_scheme": "light", "reduced_motion": "reduce"} | options
        page = open_page(address, viewport={"width": width, "height": 900}, **options)
        roots = page.locator(".s2s-decoder")
        expect(roots).to_have_count(len(traces))
        return [View(roots.nth(i), each, units) for i, each in enumerate(traces)]

    return show


def walk(view: View, key: str, count: int) -> list[tuple[int, str]]:
    """Press a key ``count`` times; word and stage after each."""
    places = []
    for _ in range(count):
        view.page.keyboard.press(key)
        places.append(view.says()[:2])
    return places


@pytest.mark.parametrize("order", ["bahdanau", "luong"])
def test_every_number_of_every_stage_is_right(show, order):
    tgt = TGT[:4]
    (view,) = show(trace(order, tgt=tgt, sizes=(20, 12, 16)), view={"unit": 7, "source": 2})
    places = [(s, "reading") for s in range(len(SRC))]
    places += [(t, stage) for t in range(len(tgt)) for stage in STAGES[order]]
    assert view.says() == (0, "reading", 7, None)
    view.region.focus()
    assert walk(view, "ArrowRight", len(places)) == [*places[1:], places[-1]]
    assert walk(view, "ArrowLeft", 2) == [places[-2], places[-3]]
    assert view.says()[3] == 2
    assert walk(view, "Home", 1) == places[:1]
    assert walk(view, "ArrowLeft", 1) == places[:1]
    assert walk(view, "End", 1) == places[-1:]


@pytest.mark.parametrize(
    "other",
    [
        trace("luong", tgt=TGT[:3], sizes=(6, 3, 30), score="dot", scale=12, seed=4),
        trace("bahdanau", tgt=TGT[:4], sizes=(5, 9, 1), score="general", window=1, seed=5),
        trace("luong", src=("<eos>",), tgt=("<eos>",), sizes=(1, 1, 1), score="location", seed=6),
    ],
    ids=["large", "window", "smallest"],
)
def test_other_sizes_and_scores(show, other):
    last = max(array.shape[1] for array in (other.memory, other.hidden, other.outputs)) - 1
    (view,) = show(other, view={"unit": last, "step": len(other.src_tokens)})
    view.region.focus()
    for t in range(len(other.tgt_tokens)):
        assert view.says() == (t, view.stages[0], last, min(t, len(other.src_tokens) - 1))
        assert walk(view, "ArrowRight", 7) == [(t, stage) for stage in view.stages[1:]]
        view.page.keyboard.press("ArrowRight")
        view.page.keyboard.press("ArrowDown")
    view.root.locator(".box.scores").click()
    expect(view.root.get_by_text("from the query z alone")).to_have_count(int(other.score == "location"))


def test_up_and_down_choose_a_source_word_and_page_keys_a_written_word(show):
    (view,) = show(trace(), view={"step": len(SRC) + 2})
    view.region.focus()
    chosen = []
    for key in ["ArrowDown"] * 7 + ["ArrowUp"] * 2:
        view.page.keyboard.press(key)
        chosen.append(view.says()[3])
    assert chosen == [1, 2, 3, 4, 5, 6, 6, 5, 4]
    assert walk(view, "PageDown", 2) == [(1, "weights"), (2, "weights")]
    assert walk(view, "PageUp", 5) == [
        (1, "weights"),
        (0, "weights"),
        (6, "reading"),
        (0, "reading"),
        (0, "reading"),
    ]
    assert walk(view, "PageDown", 1) == [(0, "query")]


def test_native_controls_and_tab_order_with_a_visible_focus(show):
    (view,) = show(trace("luong"))
    button = lambda name: view.root.get_by_role("button", name=name)  # noqa: E731
    for name in ("previous word", "previous step", "previous unit"):
        expect(button(name)).to_be_disabled()
    button("next step").click()
    button("next unit").click()
    assert view.says() == (1, "reading", 1, None)
    button("next word").click()
    assert view.says() == (0, "state", 1, 0)
    slider = view.root.get_by_role("slider", name="step")
    slider.fill("20")
    expect(slider).to_have_attribute("aria-valuetext", "Word 2 of 7, stage 6 of 8, concat")
    button("next word").click()
    assert view.says()[:2] == (2, "concat")
    for name in ("previous word", "previous step", "previous unit"):
        button(name).click()
    assert view.says() == (1, "context", 0, 0)
    slider.focus()
    view.page.keyboard.press("End")
    expect(button("next word").or_(button("next step")).and_(view.page.locator(":disabled"))).to_have_count(2)
    view.page.keyboard.press("ArrowLeft")
    assert view.says()[:2] == (6, "output")
    button("Play").focus()
    reached = []
    for _ in range(len(CONTROLS)):
        view.page.keyboard.press("Tab")
        active = view.page.evaluate("[document.activeElement.ariaLabel, document.activeElement.role]")
        assert view.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        reached.append("all" if active[1] == "application" else active[0])
    assert reached == [name for name in CONTROLS if name != "previous unit"] + ["all"]


def test_clicks_choose_and_a_hover_only_shows(show):
    (view,) = show(trace(sizes=(24, 12, 24)), view={"step": len(SRC) + 4})
    token = lambda line, i: view.root.locator(".sentence").nth(line).locator("div > span").nth(i)  # noqa: E731
    token(0, 3).click()
    assert view.says() == (0, "state", 0, 3)
    token(0, 5).hover()
    assert view.says() == (0, "state", 0, 5)
    view.page.mouse.move(1, 1)
    assert view.says() == (0, "state", 0, 3)
    token(1, 2).hover()
    assert view.says() == (0, "state", 0, 3)
    token(1, 2).click()
    assert view.says() == (2, "word", 0, 3)
    view.root.locator(".box.context").click()
    assert view.says() == (2, "context", 0, 3)
    row = view.root.locator(".entry:not(.head)").nth(4)
    strip = row.locator(".strip")
    box = strip.bounding_box()
    order, few = view.kinds["memory"]
    at = lambda unit: {"x": box["width"] * (order.index(unit) + 0.5) / 24, "y": 6}  # noqa: E731
    strip.hover(position=at(17))
    assert view.says() == (2, "context", 17, 4)
    view.page.mouse.move(1, 1)
    assert view.says() == (2, "context", 0, 3)
    strip.click(position=at(9))
    assert view.says() == (2, "context", 9, 4)
    enlarged = row.locator(".few")
    width = enlarged.bounding_box()["width"]
    enlarged.click(position={"x": width * 5.5 / 8, "y": 6})
    assert view.says() == (2, "context", few[5], 4)
    strip.click(position=at(9))
    row.locator(".label").click()
    assert view.says() == (2, "context", 9, 4), "a label has no unit"
    view.root.locator(".box.output").click()
    joined = view.root.locator(".strip").first
    box = joined.bounding_box()
    for cell, unit in [(order.index(20), 20), (24 + view.kinds["states"][0].index(7), 7)]:
        joined.click(position={"x": box["width"] * (cell + 0.5) / 36, "y": 6})
        assert view.says()[2] == unit
    view.root.locator(".box.memory").click()
    assert view.says()[:2] == (len(SRC) - 1, "reading")
    token(0, 1).click()
    assert view.says()[:2] == (1, "reading")
    view.root.locator(".box.scores").click()
    assert view.says() == (0, "scores", 7, 1)


def test_it_plays_to_the_end_when_it_is_told_to(show):
    (view,) = show(trace("luong"))
    page, play = view.page, view.root.locator(".play")
    page.clock.install()
    page.clock.run_for(5000)
    assert view.says()[:2] == (0, "reading"), "never by itself"
    play.click()
    assert play.inner_text() == "Pause"
    page.clock.run_for(2 * 900)
    assert view.says()[:2] == (2, "reading")
    view.region.focus()
    page.keyboard.press("ArrowRight")
    page.clock.run_for(900)
    assert view.says()[:2] == (4, "reading")
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert view.says()[:2] == (4, "reading") and play.inner_text() == "Play"
    speed = view.root.get_by_role("combobox", name="speed of play")
    speed.select_option("slow")
    play.click()
    page.clock.run_for(1700)
    assert view.says()[:2] == (4, "reading")
    page.clock.run_for(100)
    assert view.says()[:2] == (5, "reading")
    speed.select_option("fast")  # while it plays
    page.clock.run_for(2 * 350)
    assert view.says()[:2] == (0, "state")
    play.click()
    speed.select_option("medium")
    view.region.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press(" ")
    page.clock.run_for(1000)
    assert view.says()[:2] == (6, "word") and play.inner_text() == "Play"
    page.clock.run_for(5000)
    assert view.says()[:2] == (6, "word")
    page.keyboard.press(" ")
    assert view.says()[:2] == (0, "reading")
    view.root.locator(".box.memory").focus()
    page.keyboard.press(" ")
    assert view.says()[:2] == (6, "reading") and play.inner_text() == "Pause", "it pressed the box"


def test_many_units_are_cut_and_the_widget_says_so(show):
    words = tuple(f"word{i}" for i in range(25))
    (view,) = show(trace(src=words, tgt=words, sizes=(512, 512, 16)), units=266, view={"step": 25 + 5})
    assert view.root.locator(".note").inner_text() == "Of longer vectors the first 266 units are shown."
    assert view.says()[:2] == (0, "concat")


def test_long_words_on_a_phone(show):
    tokens = ("<b>l’œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 60, "w", "b" * 30, "<eos>")
    (view,) = show(trace(src=tokens, tgt=tokens), width=360, has_touch=True)
    view.region.focus()
    for _ in range(len(tokens) + 8):
        view.says()
        assert not view.page.evaluate(OVERFLOWS)
        cut = "nodes => nodes.filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.textContent)"
        assert view.root.locator(".value, .before, .box > span, .place, .order").evaluate_all(cut) == []
        view.page.keyboard.press("ArrowRight")
    assert view.root.locator("img").count() == 0
    for control in view.root.locator("button, input").all():
        size = control.bounding_box()
        assert size["height"] >= 44 and size["width"] >= 44
    view.root.get_by_role("button", name="next step").tap()
    assert view.says()[:2] == (1, "scores")
    assert view.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_linked_decoders_of_both_orders_stay_at_the_same_word(show):
    short = trace("luong", src=SRC, tgt=TGT[:3], sizes=(8, 8, 8))
    one, other = show(trace("bahdanau"), short, linked=("step", "unit", "source"), width=700)
    one.region.focus()
    one.page.keyboard.press("PageDown")
    one.page.keyboard.press("ArrowDown")
    assert one.says() == (0, "query", 0, 1) and other.says() == (0, "state", 0, 1)
    one.root.get_by_role("slider", name="unit").fill("20")
    assert one.says()[2] == 20 and other.says()[2] == 7
    one.region.focus()
    one.page.keyboard.press("End")
    assert one.says()[:2] == (6, "word") and other.says()[:2] == (2, "word")


def test_a_change_of_theme_keeps_the_place(show):
    (view,) = show(trace(), view={"step": len(SRC) + 3, "source": 4})
    strip = "canvas => canvas.toDataURL()"
    light, place = view.root.locator(".strip canvas").first.evaluate(strip), view.says()
    view.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(view.root).to_have_attribute("data-theme", "dark")
    assert view.root.locator(".strip canvas").first.evaluate(strip) != light
    view.page.evaluate("document.documentElement.dataset.theme = 'light'")
    expect(view.root).to_have_attribute("data-theme", "light")
    assert view.says() == place


def test_after_its_life_it_listens_to_nothing(show):
    (view,) = show(trace(sizes=(5, 5, 5)))
    use = """(root, own) => {
      root.querySelector("[aria-label='next step']").click();
      root.querySelector(".box.scores").click();
      const region = root.querySelector("[role=application]");
      region.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
      root.querySelector(".sentence:last-child div > span").click();
      return [own.step, own.source];
    }"""
    check_lifetime(view.page, use, [len(SRC) + 7, 1], ["change:source", "change:step", "change:unit"])


def test_playing_ends_with_the_view(show):
    (view,) = show(trace(sizes=(5, 5, 5)))
    view.page.clock.install()
    view.page.evaluate("""async () => {
      const json = document.querySelector('script[type$="widget-state+json"]').textContent;
      const own = window.own = Object.values(JSON.parse(json).state)[0].state;
      const url = URL.createObjectURL(new Blob([own._esm], { type: "text/javascript" }));
      const { default: widget } = await import(url);
      const el = document.body.appendChild(document.createElement("div"));
      const [get, set, off] = [(name) => own[name], (name, value) => { own[name] = value; }, () => {}];
      const model = { get, set, save_changes: off, on: off, off };
      window.end = widget.render({ model, el });
      el.querySelector(".play").click();
    }""")
    view.page.clock.run_for(1000)
    assert view.page.evaluate("own.step") == 1
    view.page.evaluate("end()")
    view.page.clock.run_for(5000)
    assert view.page.evaluate("own.step") == 1


def test_it_opens_on_a_word_that_has_just_come_and_says_the_whole_of_it(open_page, tmp_path):
    truth = trace(tgt=TGT[:4])
    address = write_page(tmp_path, {"a": stored(Decoder.from_trace(truth))}, ["a"])
    view = View(open_page(address, reduced_motion="reduce").locator(".s2s-decoder"), truth)
    word, stage, _, source = view.says()
    most = truth.weights.argmax(axis=1)
    assert stage == "word" and source == most[word]
    assert all(most[t] == t for t in range(word)) and most[word] != word, "the first that looks elsewhere"
    assert view.root.locator(".box.done").count() == 9, "nothing is blank"
    bottom = view.root.locator(".figure").bounding_box()
    box = view.root.bounding_box()
    assert box["y"] + box["height"] - bottom["y"] - bottom["height"] < 30
