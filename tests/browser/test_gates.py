"""Gates on a page, driven as a reader drives it; every number is compared with the equations in numpy."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.trace import RecurrenceTrace
from s2s_course.widgets import Gates

from .gates_page import LANES, Widget, gru, lstm
from .lifetime import USE_MAP, check_lifetime
from .static_page import SENTENCE_LINE, stored, write_page

WORDS = ["the", "black", "cat", "that", "the", "dogs", "chase", "sleeps", "."]
CONTROLS = ["previous step", "time step", "next step", "previous unit", "unit", "next unit"]


@pytest.fixture
def show(open_page, tmp_path):
    """Show these traces on one page and return the widgets; ``linked`` traits are those of the first two."""

    def show(
        *traces: RecurrenceTrace, width=900, tokens=None, view=None, linked=(), **options
    ) -> list[Widget]:
        texts = [tokens or (WORDS + [f"word{i}" for i in range(40)])[: len(trace.hidden)] for trace in traces]
        made = [
            Gates.from_trace(trace, tokens=text, **view or {})
            for trace, text in zip(traces, texts, strict=True)
        ]
        models = {str(i): stored(widget) for i, widget in enumerate(made)}
        links = {
            name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
            for name in linked
        }
        address = write_page(tmp_path, models | links, list(models))
        page = open_page(address, viewport={"width": width, "height": 900}, **options)
        roots = page.locator(".s2s-gates")
        expect(roots).to_have_count(len(made))
        return [Widget(roots.nth(i), *each) for i, each in enumerate(zip(traces, texts, strict=True))]

    return show


@pytest.mark.parametrize("trace", [lstm(), gru()], ids=["lstm", "gru"])
def test_every_number_of_every_step_and_unit_is_right(show, trace):
    (widget,) = show(trace, view={"step": 4, "unit": 7})
    assert widget.says() == (5, 7) == widget.marked()
    widget.map.focus()
    press = widget.page.keyboard.press
    press("Home")
    walked = [widget.says()]
    for key in [*["ArrowRight"] * 9, "ArrowLeft", *["ArrowUp"] * 8, *["ArrowDown"] * 24, "End"]:
        press(key)
        walked.append(widget.says())
        assert widget.marked() == walked[-1]
    steps = [(step, 7) for step in range(1, 10)] + [(9, 7), (8, 7)]
    units = [(8, unit) for unit in [6, 5, 4, 3, 2, 1, 0, 0, *range(1, 24), 23]]
    assert walked == [*steps, *units, (9, 23)]


def test_both_signs_are_used_where_numbers_do_and_do_not_add_up(show):
    widgets = show(lstm(), gru())
    seen = set()
    for widget in widgets:
        widget.map.focus()
        for _ in range(8):
            widget.page.keyboard.press("ArrowRight")
            widget.says()
            seen |= set(
                re.findall("[=≈]", "".join(widget.root.locator(".equation, .sum").all_text_contents()))
            )
    assert seen == {"=", "≈"}


def test_a_click_chooses_and_a_hover_only_shows(show):
    (widget,) = show(lstm())
    for step, unit in [(1, 0), (9, 23), (4, 11)]:
        widget.page.mouse.click(*widget.place(step, unit))
        assert widget.says() == (step, unit)
        widget.page.mouse.move(*widget.place(10 - step, 23 - unit))
        assert widget.says() == (10 - step, 23 - unit)
        widget.page.mouse.move(5, 5)
        assert widget.says() == (step, unit)
    widget.root.get_by_text("sleeps", exact=True).click()
    assert widget.says() == (8, 11), "a token has no unit"
    lane = widget.root.locator(".plot .lane").nth(2)
    lane.click(position={"x": lane.bounding_box()["width"] * 1.5 / 9, "y": 10})
    assert widget.says() == (2, 11)


def test_the_keyboard_moves_on_from_the_chosen_cell_while_the_mouse_rests_on_another(show):
    (widget,) = show(gru())
    widget.page.mouse.click(*widget.place(2, 10))
    widget.map.focus()
    widget.page.mouse.move(*widget.place(7, 20))
    assert widget.says() == (7, 20)
    widget.page.keyboard.press("ArrowRight")
    assert widget.says() == (3, 10)


def test_native_controls_and_tab_order_with_a_visible_focus(show):
    (widget,) = show(gru())
    button = lambda name: widget.root.get_by_role("button", name=name)  # noqa: E731
    expect(button("previous step")).to_be_disabled()
    expect(button("previous unit")).to_be_disabled()
    button("next step").click()
    button("next unit").click()
    assert widget.says() == (2, 1)
    slider, unit = widget.root.get_by_role("slider"), widget.root.get_by_role("spinbutton")
    slider.fill("8")
    assert widget.says() == (9, 1) and slider.get_attribute("aria-valuetext") == "step 9 of 9, ."
    expect(button("next step")).to_be_disabled()
    for typed, shown in [("5", 5), ("1000", 23), ("-3", 0), ("", 0), ("2.5", 0)]:
        unit.fill(typed)
        unit.press("Enter")
        assert widget.says() == (9, shown)
    button("previous step").click()
    button("next unit").click()
    widget.root.locator("header p").click()  # start from here, without a focus
    visited = []
    for _ in range(11):
        widget.page.keyboard.press("Tab")
        name, outline = widget.page.evaluate(
            "[document.activeElement.ariaLabel, getComputedStyle(document.activeElement).outline]"
        )
        visited.append(name.split(",")[0].split(".")[0])
        assert "solid 2px" in outline
    assert visited == ["quantity in the map", *SENTENCE_LINE, "Gates and states over time", *CONTROLS]


def test_keys_move_the_cursor_and_not_the_page(show):
    (widget,) = show(lstm(40), width=360)
    widget.map.focus()
    before = widget.page.evaluate("[scrollX, scrollY]")
    for key in ("ArrowDown", "ArrowRight", "End", "Home", "ArrowUp"):
        widget.page.keyboard.press(key)
    widget.page.keyboard.press("Control+ArrowRight")
    assert widget.page.evaluate("[scrollX, scrollY]") == before
    assert widget.says() == (1, 0), "shortcuts of the browser are left alone"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("trace", [lstm(), gru()], ids=["lstm", "gru"])
def test_the_map_shows_the_quantity_that_is_chosen(show, trace, scheme):
    (widget,) = show(trace, color_scheme=scheme)
    assert widget.root.get_attribute("data-theme") == scheme
    paper = widget.root.evaluate("node => getComputedStyle(node).backgroundColor")
    paper = np.array([int(channel) for channel in re.findall(r"\d+", paper)])
    choice = widget.root.get_by_role("combobox", name="quantity in the map")
    assert choice.input_value() == ("c" if trace.cell == "lstm" else "h")
    for letter in LANES[trace.cell]:
        choice.select_option(letter)
        values, colors = widget.truth[letter], widget.pixels()
        red, _, blue = np.moveaxis(colors, -1, 0)
        ends = widget.root.locator(".legend > span").all_text_contents()
        if letter in "fiorz":
            assert ends == ["0", "1"]
            assert np.abs(colors - paper)[values < 0.01].max(initial=0) < 12, "zero is the paper"
        else:
            alike = ["a", "u"] if letter in "au" else [letter]
            limit = max(np.abs(widget.truth[each]).max() for each in alike)
            assert float(ends[1]) == pytest.approx(limit, rel=0.05) and ends[0] == f"−{ends[1]}"
            assert (red > blue)[values > limit / 10].all() and (blue > red)[values < -limit / 10].all()
        luminance = colors @ [0.2126, 0.7152, 0.0722]
        for side in (values > 0, values < 0):
            change = np.diff(luminance[side][np.argsort(np.abs(values[side]))])
            assert (change <= 1).all() if scheme == "light" else (change >= -1).all()


def test_lanes_show_the_chosen_unit_over_time(show):
    (widget,) = show(lstm(), view={"unit": 5})
    for letter, lane in zip(LANES["lstm"], widget.root.locator(".plot .lane").all(), strict=True):
        values = widget.truth[letter][:, 5]
        limit = 1 if letter in "fio" else np.abs(widget.truth[letter]).max()
        for name, wanted in [(".up", values > 0), (".down", values < 0)]:
            drawn = lane.locator(name).get_attribute("d") or ""
            bars = re.findall(r"M([\d.]+) 0V(-?[\d.e-]+)h0.6V0Z", drawn)
            assert [float(x) for x, _ in bars] == pytest.approx(np.flatnonzero(wanted) + 0.2)
            assert [-float(y) for _, y in bars] == pytest.approx(values[wanted] / limit, abs=1e-3)


@pytest.mark.parametrize("cell", [lstm, gru])
@pytest.mark.parametrize(("steps", "units"), [(1, 1), (2, 3), (40, 64)])
def test_awkward_shapes_and_tokens_on_a_phone(show, cell, steps, units):
    tokens = [["<b>l’œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 60][i % 3] for i in range(steps)]
    (widget,) = show(cell(steps, units), width=344, tokens=tokens, has_touch=True)  # 328 px for the widget
    widget.map.focus()
    for key in ("End", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"):
        widget.page.keyboard.press(key)
    assert widget.says() == (steps, min(1, units - 1))
    assert widget.page.evaluate("document.documentElement.scrollWidth") == 344
    cursor, scroller = (widget.root.locator(name).bounding_box() for name in (".cursor", ".scroller"))
    assert cursor["x"] >= scroller["x"]
    assert cursor["x"] + cursor["width"] <= scroller["x"] + scroller["width"] + 1
    overflow = "nodes => nodes.filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.textContent)"
    assert widget.root.locator(".equation, .bar span").evaluate_all(overflow) == []
    assert widget.root.locator("img").count() == 0
    for control in widget.root.locator("button, input, select").all():
        size = control.bounding_box()
        assert size["height"] >= 44 and size["width"] >= 44
    assert widget.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_the_arithmetic_stands_beside_the_map_or_below_it(show):
    for width, beside in [(900, True), (720, True), (500, False)]:
        (widget,) = show(lstm(), width=width)
        now, maps = widget.readout.bounding_box(), widget.map.bounding_box()
        assert (now["x"] > maps["x"] + maps["width"] - 1) == beside
        assert (now["y"] > maps["y"] + maps["height"]) == (not beside)


def test_tokens_stand_where_they_do_not_fit_and_none_is_cut(show):
    many, few = show(lstm(), lstm(2, 4))
    cut = "spans => spans.some((s) => s.scrollWidth > s.clientWidth || s.scrollHeight > s.clientHeight)"
    for widget, standing in [(many, True), (few, False)]:
        assert ("standing" in widget.root.get_attribute("class")) == standing
        assert not widget.root.locator(".tokens span").evaluate_all(cut)


def test_linked_widgets_of_different_length_move_together(show):
    long, short = show(lstm(40, 64), gru(9, 24), linked=("step", "unit"))
    long.map.focus()
    for key in ("ArrowRight", "ArrowDown"):
        long.page.keyboard.press(key)
    assert long.says() == short.says() == (2, 1)
    long.page.keyboard.press("End")
    assert long.says() == (40, 1) and short.says() == (9, 1)
    short.map.focus()
    short.page.keyboard.press("ArrowLeft")
    assert long.says() == short.says() == (8, 1)


def test_a_change_of_theme_keeps_the_choice(show):
    (widget,) = show(lstm(), color_scheme="light")
    widget.root.get_by_role("combobox", name="quantity in the map").select_option("f")
    light = widget.pixels()
    widget.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(widget.root).to_have_attribute("data-theme", "dark")
    assert widget.root.get_by_role("combobox", name="quantity in the map").input_value() == "f"
    assert (widget.pixels() != light).any()


def test_after_its_life_it_listens_to_nothing(show):
    (widget,) = show(gru())
    check_lifetime(widget.page, USE_MAP, [1, 1], ["change:step", "change:unit"])
