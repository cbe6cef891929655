"""TransformerSteps on a page, driven as a reader drives it; every number is compared with the trace."""

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.live.stored import load_live
from s2s_course.trace.transformer_steps import trace_transformer
from s2s_course.widgets.transformer_steps import TransformerSteps

from .decoder_view import near, parse
from .lifetime import check_lifetime
from .live_page import Line, live_folder, write_live_page
from .static_page import stored, write_page
from .transformer_steps_page import trace
from .transformer_steps_view import View

OVERFLOWS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
CUT = "nodes => nodes.filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.textContent)"
E, D = 15, 23  # stages of the encoder, and of a word in the decoder


@pytest.fixture
def show(open_page, tmp_path):
    """Show these traces on one page and return the views; ``linked`` traits are those of the first two."""

    def show(*traces, width=900, view=None, linked=(), **options) -> list[View]:
        models = {
            str(i): stored(TransformerSteps.from_trace(each, **view or {})) for i, each in enumerate(traces)
        }
        links = {
            name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
            for name in linked
        }
        address = write_page(tmp_path, models | links, list(models))
        options = {"color_scheme": "light", "reduced_motion": "reduce"} | options
        page = open_page(address, viewport={"width": width, "height": 900}, **options)
        roots = page.locator(".s2s-transformer-steps")
        expect(roots).to_have_count(len(traces))
        return [View(roots.nth(i), each) for i, each in enumerate(traces)]

    return show


def walk(view: View, key: str, count: int) -> list[tuple]:
    """Press a key ``count`` times; where it is after each."""
    places = []
    for _ in range(count):
        view.page.keyboard.press(key)
        places.append(view.says())
    return places


@pytest.mark.parametrize("norm_first", [True, False], ids=["pre-norm", "post-norm"])
def test_every_number_of_every_stage_is_right(show, norm_first):
    (view,) = show(trace(norm_first, tgt="chat"), view={"unit": 7, "word": 2, "head": 1})
    steps = len(view.places)
    assert steps == (15 + 23 * 2 if norm_first else 14 + 22 * 2)
    first = view.says()
    assert first == (-1, None, "embedding", "words", 2, 1, 7)
    view.region.focus()
    seen = [first, *walk(view, "ArrowRight", steps - 1)]
    assert [(t, *stage) for t, *stage, _, _, _ in seen] == [(t, *stage) for t, _, *stage in view.places]
    assert walk(view, "ArrowRight", 1) == seen[-1:]
    assert walk(view, "ArrowLeft", 2) == [seen[-2], seen[-3]]
    assert walk(view, "Home", 1) == walk(view, "ArrowLeft", 1) == [first]
    assert walk(view, "End", 1) == seen[-1:]


@pytest.mark.parametrize("positions", ["none", "concatenated", "rotary"])
def test_other_positions(show, positions):
    truth = trace(positions=positions, tied=positions != "concatenated", num_layers=1, d_model=24, tgt="chat")
    (view,) = show(truth, view={"unit": 18})  # word vectors are shorter where positions are joined to them
    view.region.focus()
    walk(view, "ArrowRight", 4)
    says = {"none": "No position is added", "concatenated": "Word and position 0 together"}
    view.root.get_by_role("slider", name="step").fill("1")
    expect(view.readout).to_contain_text(
        says.get(positions, f"Positions ({positions}) act inside of attention")
    )


def test_keys_choose_a_word_a_head_and_go_from_word_to_word(show):
    (view,) = show(trace(), view={"step": 3})
    view.region.focus()
    words = [place[4] for place in walk(view, "ArrowDown", 6) + walk(view, "ArrowUp", 2)]
    assert words == [1, 2, 3, 4, 5, 5, 4, 3]
    assert [walk(view, key, 1)[0][5] for key in "3197"] == [2, 0, 2, 2]
    ends = walk(view, "PageDown", 1) + walk(view, "ArrowRight", 3) + walk(view, "PageDown", 4)
    assert [place[:4] for place in ends][-5:] == [
        (t, 0, "self-attention", "weights") for t in (0, 1, 2, 3)
    ] + [(3, None, "word", "softmax")]
    view.root.get_by_role("slider", name="step").fill(str(E + D + 2))
    view.region.focus()
    back = [place[:4] for place in walk(view, "PageUp", 3)]
    assert back[0] == (0, 0, "self-attention", "norm") and back[1] == (-1, None, "last norm", "norm")
    assert back[2] == (-1, None, "embedding", "words")


def test_native_controls_with_a_visible_focus(show):
    (view,) = show(trace())
    button = lambda name: view.root.get_by_role("button", name=name, exact=True)  # noqa: E731
    for name in ("previous word", "previous step", "previous head", "previous unit"):
        expect(button(name)).to_be_disabled()
    for name in ("next step", "next head", "next unit"):
        button(name).click()
    assert view.says() == (-1, None, "embedding", "positions", 0, 1, 1)
    button("next word").click()
    slider = view.root.get_by_role("slider", name="step")
    expect(slider).to_have_attribute("aria-valuetext", "Word 1 of 4, decoder, embedding, word vectors")
    slider.fill(str(E + 3 * D + D - 1))
    for name in ("next word", "next step"):
        expect(button(name)).to_be_disabled()
    slider.focus()
    reached = []
    for _ in range(8):
        view.page.keyboard.press("Tab")
        active = view.page.evaluate("[document.activeElement.ariaLabel, document.activeElement.role]")
        assert view.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        reached.append("all" if active[1] == "application" else active[0])
    assert reached[:6] == ["previous head", "head", "next head", "previous unit", "unit", "next unit"]
    assert reached[6] == "all"


def test_clicks_choose_and_a_hover_only_shows(show):
    (view,) = show(trace(), view={"step": 4})
    token = lambda line, i: view.root.locator(".sentence").nth(line).locator("div > span").nth(i)  # noqa: E731
    token(0, 3).click()
    assert view.says()[4] == 3
    token(0, 5).hover()
    assert view.says()[4] == 5
    view.page.mouse.move(1, 1)
    assert view.says()[4] == 3
    row = view.root.locator(".entry:not(.head)").nth(4)
    box = row.locator(".strip").bounding_box()
    at = lambda unit: {"x": box["width"] * (unit + 0.5) / 12, "y": 6}  # noqa: E731
    row.locator(".strip").hover(position=at(9))
    assert view.says()[4:] == (1, 0, 9)
    view.page.mouse.move(1, 1)
    assert view.says()[4:] == (3, 0, 0)
    row.locator(".strip").click(position=at(7))
    assert view.says()[4:] == (1, 0, 7)
    view.root.locator(".tabs button").nth(1).click()
    assert view.says()[:4] == (-1, 0, "self-attention", "weights")
    view.root.locator(".box", has_text="cross-attention").nth(1).click()
    assert view.says()[:4] == (0, 1, "cross-attention", "norm")
    token(1, 2).click()
    assert view.says()[:4] == (2, None, "word", "softmax")
    view.root.locator(".box", has_text="self-attention").nth(3).click()
    assert view.says()[:4] == (2, 1, "self-attention", "norm")
    view.root.locator(".box", has_text="feed-forward").nth(1).click()
    assert view.says()[:4] == (-1, 1, "feed-forward", "norm")


def test_lower_levels_are_closed_until_asked_for_and_hold_the_numbers(show):
    truth = trace()
    (view,) = show(truth, view={"step": E + D + 3, "word": 2, "head": 1, "unit": 4})
    details = view.root.locator("details:not(.in-words)")
    assert details.evaluate_all("nodes => nodes.map((n) => n.open)") == [False] * 5
    assert view.root.locator("details td").count() == 0, "nothing is made of what is closed"
    cells = """node => Array.from(node.querySelectorAll("tbody tr"), (row) =>
      Array.from(row.children, (cell) => cell.textContent))"""

    def opened(name: str) -> list[list[str]]:
        level = view.root.locator(f".level-{name}")
        if not level.evaluate("node => node.open"):
            level.locator("summary").click()
        expect(level.locator("tbody tr").first).to_be_visible()
        return level.evaluate(cells)

    weights = truth.decoder.weights["self_attention"][0]
    rows = opened("heads")
    assert [first for first, *_ in rows] == ["<bos>", "le"]
    assert np.allclose([[float(each) for each in row[1:]] for row in rows], weights[:, 1, :2].T, atol=0.0051)
    rows = opened("words")
    assert rows[0][2] == "", "<bos> may not see what follows"
    assert float(rows[1][2]) == pytest.approx(weights[1, 1, 1], abs=0.0051)
    assert (
        view.root.locator(".level-stream, .level-units").evaluate_all("n => n.map((x) => x.hidden)")
        == [True] * 2
    )
    rows = opened("cache")
    assert rows == [
        ["1", "2", "6", "8 · 2 · 12 = 192"],
        ["2", "1", "6", "7 · 2 · 12 = 168"],
        ["all", "3", "12", "360"],
    ]
    view.root.get_by_role("slider", name="step").fill(str(E + D + 7))
    rows = opened("units")
    columns = np.array([[parse(each) for each in row[1:]] for row in rows]).T
    before, change, after = (
        truth.decoder.streams[0, 0, 1],
        truth.decoder.changes[0, 1, 1],
        truth.decoder.streams[0, 1, 1],
    )
    for shown, expected in zip(columns, (before, change, after), strict=True):
        assert shown == near(expected)
    rows = opened("stream")
    assert [row[0] for row in rows] == ["1 self-attention", "1 cross-attention"]
    sizes = [np.linalg.norm(each) for each in (before, change, after)]
    assert [float(rows[1][i]) for i in (1, 2, 4)] == pytest.approx(sizes, abs=0.0051)
    view.root.locator(".level-units .below").focus()
    place = view.says()
    view.page.keyboard.press("ArrowDown")
    assert view.says() == place, "there the arrows scroll"


def test_it_plays_to_the_end_when_it_is_told_to(show):
    (view,) = show(trace(), view={"step": 3})
    page, play = view.page, view.root.locator(".play")
    page.clock.install()
    page.clock.run_for(5000)
    assert view.says()[3] == "weights", "never by itself"
    play.click()
    page.clock.run_for(2 * 900)
    assert view.says()[:4] == (-1, 0, "feed-forward", "norm") and play.inner_text() == "Pause"
    view.region.focus()
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert view.says()[:4] == (-1, 0, "feed-forward", "norm") and play.inner_text() == "Play"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press(" ")
    page.clock.run_for(5000)
    assert view.says()[:4] == (3, None, "word", "softmax") and play.inner_text() == "Play"
    page.keyboard.press(" ")
    assert view.says()[:4] == (-1, None, "embedding", "words")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut_or_too_small(show, scheme):
    (view,) = show(trace(tgt="le chat"), width=360, has_touch=True, color_scheme=scheme)
    expect(view.root).to_have_attribute("data-theme", scheme)
    view.root.locator("details").evaluate_all("nodes => nodes.forEach((node) => { node.open = true; })")
    for step in [*range(0, 15, 2), *range(E + D, E + 2 * D, 2), E + 3 * D - 1]:
        view.root.get_by_role("slider", name="step").fill(str(step))
        assert not view.page.evaluate(OVERFLOWS)
        texts = view.root.locator(".value, .before, .box > *, .place, .key, .cache p, .tabs")
        assert texts.evaluate_all(CUT) == []
    for control in view.root.locator(".controls button, .controls input, .tabs button, summary").all():
        if control.is_visible():
            size = control.bounding_box()
            assert size["height"] >= 44 and size["width"] >= 44
    assert view.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_linked_widgets_stay_at_the_same_place(show):
    other = trace(num_layers=1, d_model=9, tgt="le")
    one, two = show(trace(), other, linked=("step", "word", "head", "unit"), width=700)
    one.region.focus()
    for key in ("ArrowDown", "2"):
        one.page.keyboard.press(key)
    assert one.says()[4:6] == two.says()[4:6] == (1, 1)
    one.page.keyboard.press("End")
    assert one.says()[:4] == (3, None, "word", "softmax") and two.says()[:4] == (1, None, "word", "softmax")


def test_a_change_of_theme_keeps_the_place_and_redraws(show):
    (view,) = show(trace(), view={"step": E + 4})
    strip = "canvas => canvas.toDataURL()"
    light, place = view.root.locator(".strip canvas").first.evaluate(strip), view.says()
    view.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(view.root).to_have_attribute("data-theme", "dark")
    assert view.root.locator(".strip canvas").first.evaluate(strip) != light
    view.page.evaluate("document.documentElement.dataset.theme = 'light'")
    expect(view.root).to_have_attribute("data-theme", "light")
    assert view.says() == place


def test_markup_in_tokens_stays_text(show):
    tokens = ("<b>l’œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 60, "w", "<eos>", "z")
    (view,) = show(replace(trace(), src_tokens=tokens), width=360)
    view.region.focus()
    walk(view, "ArrowRight", 4)
    assert view.root.locator("img").count() == 0 and not view.page.evaluate(OVERFLOWS)


def test_after_its_life_it_listens_to_nothing(show):
    (view,) = show(trace())
    use = """(root, own) => {
      root.querySelector("[aria-label='next step']").click();
      root.querySelectorAll(".box")[1].click();
      root.querySelector(".tabs button:last-child").click();
      const region = root.querySelector("[role=application]");
      region.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
      root.querySelector(".sentence:first-child div > span").click();
      return [own.step, own.word];
    }"""
    listened = ["change:head", "change:step", "change:unit", "change:word"]
    check_lifetime(view.page, use, [4, 0], listened)


def test_the_readers_own_sentence_is_shown_as_pythons(open_page, shared):
    folder = shared / "transformer-steps"
    example = TransformerSteps.from_trace(trace())
    live_folder(folder, lambda: write_live_page(folder, "transformer-steps", [example]))
    line = Line(
        open_page(f"{folder.as_uri()}/transformer-steps.html", color_scheme="light", reduced_motion="reduce")
    )
    View(line.root, trace()).says()
    line.show("the old woman sees a small dog")
    truth = trace_transformer(load_live("transformer"), "the old woman sees a small dog .")
    assert f"It writes: {' '.join(truth.tgt_tokens[:-1])}"[:60] in line.says()
    view = View(line.root, truth)
    line.set("unit", 9)
    line.set("head", 2)
    last = len(view.places) - 1
    for step in [*range(0, 15, 2), *range(15 + 23, 15 + 2 * 23, 3), last - 1, last]:
        line.set("step", step)
        assert view.says()[5:] == (2, 9)
    line.back.click()
    assert View(line.root, trace()).says()[:4] == (-1, None, "embedding", "words")
