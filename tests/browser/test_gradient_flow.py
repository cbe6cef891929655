"""GradientFlow on a published page, driven as a reader drives it; what it says is compared with the data."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from ipywidgets import jslink
from playwright.sync_api import expect

from s2s_course.widgets import GradientFlow

from .gradient_flow_view import WORDS, View, cells, open_view
from .lifetime import check_lifetime
from .static_page import SENTENCE_LINE, stored, write_page

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
}


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., View]:
    return partial(open_view, open_page, tmp_path)


def test_it_starts_where_python_put_it(show):
    widget = show(view=dict(step=9, lag=4, title="A sentence"))
    assert widget.says() == (9, 4)
    assert widget.root.get_attribute("aria-label") == "A sentence"
    expect(widget.root.locator(".tokens span")).to_have_text(list(WORDS))
    expect(widget.root.locator(".gutter div")).to_have_text(["RNN", "LSTM", "GRU"])
    assert widget.readout.get_attribute("aria-live") == "polite"
    expect(widget.root.locator(".x-label")).to_have_text("lag (steps back)")
    expect(widget.chart).to_contain_text("gradient, relative to lag 0")


def test_numbers_are_printed_as_a_reader_expects_them(show):
    """Written out by hand: a table of powers, plain numbers near 1 and scientific ones far from it."""
    norms = np.array([[1.0, 0, 0, 0, 0], [0.5, 2.0, 0, 0, 0], [1e-9, 1e-3, 1.0, 0, 0], [0] * 5, [0] * 5])
    norms[3, :4] = [1.5e4, 150, 9.96, 1]
    norms[4] = [1e-15, 0, 9.99e-8, 2e-3, 0.25]
    widget = show({"RNN": norms}, tuple("abcde"))
    rows = []
    for step, lag in [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (4, 1), (4, 2), (4, 3), (4, 4)]:
        widget.root.get_by_role("slider", name="step of the loss").fill(str(step))
        widget.root.get_by_role("slider", name="lag").fill(str(lag))
        assert widget.says() == (step, lag)
        rows.append(tuple(widget.rows()[0][1:]))
    assert rows == [
        ("0.50", "0.25", "0.250"),
        ("0.0010", "0.0010", "0.0010"),
        ("1.0 × 10⁻⁹", "1.0 × 10⁻⁹", "3.2 × 10⁻⁵"),
        ("10", "10", "9.96"),
        ("150", "150", "12.2"),
        ("1.5 × 10⁴", "1.5 × 10⁴", "24.7"),
        ("0.0020", "0.0080", "0.0080"),
        ("1.0 × 10⁻⁷", "4.0 × 10⁻⁷", "6.3 × 10⁻⁴"),
        ("nothing", "nothing", "–"),
        ("below 2.5 × 10⁻¹³", "below 10⁻¹²", "below 0.0010"),
    ]
    expect(widget.root.locator("thead th")).to_have_text(
        ["cell", "gradient at lag 4", "relative to lag 0", "factor per step"]
    )


def test_a_click_on_the_chart_chooses_a_lag_and_a_hover_only_shows_it(show):
    widget = show()
    last = len(WORDS) - 1
    for lag, other in [(0, 5), (last, 3), (7, last), (1, 0)]:
        widget.page.mouse.click(*widget.place(lag))
        assert widget.says() == (last, lag)
        widget.page.mouse.move(*widget.place(other))
        assert widget.says() == (last, other)
        widget.page.mouse.move(2, 2)
        assert widget.says() == (last, lag)


def test_a_lag_before_the_first_token_does_not_exist(show):
    widget = show(view=dict(step=4))
    expect(widget.root.locator(".before")).to_have_text("no earlier steps")
    before, area = (widget.root.locator(part).bounding_box() for part in (".before", ".area"))
    assert (before["x"] - area["x"]) / area["width"] == pytest.approx(5 / 15, abs=0.005)
    assert before["x"] + before["width"] == pytest.approx(area["x"] + area["width"], abs=1)
    widget.page.mouse.click(*widget.place(9))
    assert widget.says() == (4, 4)
    slider = widget.root.get_by_role("slider", name="lag")
    assert (slider.get_attribute("max"), slider.input_value()) == ("4", "4")
    widget.root.get_by_role("slider", name="step of the loss").fill("2")
    assert widget.says() == (2, 2), "the lag is shortened to what is there"
    widget.root.get_by_role("slider", name="step of the loss").fill("9")
    assert widget.says() == (9, 2)


def test_a_token_or_a_box_under_it_chooses_its_lag(show):
    widget = show(view=dict(step=10))
    widget.root.get_by_text("small", exact=True).click()
    assert widget.says() == (10, 5)
    widget.root.locator(".strip").nth(2).locator("i").nth(1).click()
    assert widget.says() == (10, 9)
    widget.root.get_by_text("sleeps", exact=True).click()
    assert widget.says() == (10, 0), "a token after the loss has no lag; the nearest is 0"
    widget.root.get_by_text("black", exact=True).hover()
    assert widget.says() == (10, 9)
    widget.page.mouse.move(2, 2)
    assert widget.says() == (10, 0)


def test_the_keyboard_reaches_every_lag_and_step(show):
    widget = show(view=dict(step=5, lag=2))
    widget.chart.focus()
    press = widget.page.keyboard.press
    press("End")
    assert widget.says() == (5, 5)
    press("ArrowRight")
    assert widget.says() == (5, 5)
    walked = []
    for _ in range(6):
        press("ArrowLeft")
        walked.append(widget.says()[1])
    assert walked == [4, 3, 2, 1, 0, 0]
    press("ArrowRight")
    press("ArrowUp")
    assert widget.says() == (6, 1)
    press("End")
    for _ in range(2):
        press("ArrowDown")
    assert widget.says() == (4, 4)
    press("Home")
    assert widget.says() == (4, 0)
    for _ in range(20):
        press("ArrowUp")
    assert widget.says() == (14, 0)
    for _ in range(20):
        press("ArrowDown")
    assert widget.says() == (0, 0)


def test_keys_move_the_lag_and_not_the_page(show):
    widget = show(viewport={"width": 900, "height": 300})
    widget.chart.focus()
    before = widget.page.evaluate("[scrollX, scrollY, location.href]")
    for key in ("ArrowDown", "ArrowRight", "End", "Home", "ArrowUp"):
        widget.page.keyboard.press(key)
    assert widget.page.evaluate("[scrollX, scrollY, location.href]") == before
    widget.page.keyboard.press("Control+ArrowRight")
    assert widget.says() == (14, 0), "shortcuts of the browser are left alone"
    assert widget.chart.get_attribute("data-lm-suppress-shortcuts") == "true"


def test_the_keyboard_moves_on_from_the_chosen_lag_while_the_mouse_rests_on_another(show):
    widget = show()
    widget.page.mouse.click(*widget.place(3))
    widget.page.mouse.move(*widget.place(8))
    assert widget.says() == (14, 8)
    widget.page.keyboard.press("ArrowRight")
    assert widget.says() == (14, 4)


def test_native_controls(show):
    widget = show(view=dict(step=3, lag=1))
    button = lambda name: widget.root.get_by_role("button", name=name)  # noqa: E731
    button("lag one more").click()
    assert widget.says() == (3, 2)
    button("lag one less").click()
    assert widget.says() == (3, 1)
    button("loss one step later").click()
    assert widget.says() == (4, 1)
    button("loss one step earlier").click()
    assert widget.says() == (3, 1)
    lag = widget.root.get_by_role("slider", name="lag")
    step = widget.root.get_by_role("slider", name="step of the loss")
    assert lag.get_attribute("aria-valuetext") == "1, input at step 3, cat"
    assert step.get_attribute("aria-valuetext") == "step 4 of 15, that"
    expect(widget.root.locator(".control b")).to_have_text(["1", "4"])
    lag.focus()
    widget.page.keyboard.press("End")
    assert widget.says() == (3, 3)
    expect(button("lag one more")).to_be_disabled()
    step.focus()
    widget.page.keyboard.press("End")
    assert widget.says() == (14, 3)
    expect(button("loss one step later")).to_be_disabled()
    lag.fill("0")
    step.fill("0")
    assert widget.says() == (0, 0)
    expect(button("lag one less")).to_be_disabled()
    expect(button("loss one step earlier")).to_be_disabled()


def test_tab_visits_every_control_with_a_visible_focus(show):
    widget = show(view=dict(step=5, lag=2, title="Title"))
    widget.root.get_by_text("Title", exact=True).click()  # start from here, without a focus
    visited = []
    for _ in range(10):
        widget.page.keyboard.press("Tab")
        name, outline = widget.page.evaluate(
            "[document.activeElement.ariaLabel, getComputedStyle(document.activeElement).outline]"
        )
        visited.append(name.split(".")[0].split(",")[0])
        assert "solid 2px" in outline
    lag, step = (
        ["lag one less", "lag", "lag one more"],
        ["loss one step earlier", "step of the loss", "loss one step later"],
    )
    assert visited == [*SENTENCE_LINE, "Gradient against lag", *lag, *step]


def test_on_a_phone_tokens_scroll_and_the_page_does_not(show):
    widget = show(**PHONE)
    assert widget.page.evaluate("document.documentElement.scrollWidth") == 360
    box = widget.root.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    widget.chart.focus()
    for key, lag in [("End", 14), ("Home", 0)]:
        widget.page.keyboard.press(key)
        assert widget.says() == (14, lag)
        frame = widget.root.locator(".frame.lagged").bounding_box()
        gutter = widget.root.locator(".gutter").bounding_box()
        assert gutter["x"] + gutter["width"] <= frame["x"] + 1, "not under the names of the cells"
        assert gutter["height"] == widget.root.locator(".plot").bounding_box()["height"], "covers the tokens"
        assert frame["x"] + frame["width"] <= box["x"] + box["width"]
    for control in widget.root.locator("button, input").all():
        size = control.bounding_box()
        assert size["height"] >= 44 and size["width"] >= 44


def test_on_a_phone_a_tap_chooses(show):
    widget = show(**PHONE)
    widget.page.touchscreen.tap(*widget.place(6))
    assert widget.says() == (14, 6)
    widget.root.get_by_role("button", name="lag one more").tap()
    assert widget.says() == (14, 7)


def test_linked_views_move_together(open_page, tmp_path):
    long, short = (GradientFlow.from_norms(cells(n), tokens=WORDS[:n]) for n in (15, 4))
    state = {"1": stored(long), "2": stored(short)}
    for name in ("step", "lag"):
        jslink((long, name), (short, name))
        ends = [["IPY_MODEL_1", name], ["IPY_MODEL_2", name]]
        state[name] = {
            "model_name": "LinkModel",
            "model_module": "@jupyter-widgets/controls",
            "state": {"source": ends[0], "target": ends[1]},
        }
    page = open_page(write_page(tmp_path, state, ["1", "2"]), viewport={"width": 900, "height": 900})
    roots = page.locator(".s2s-gradient-flow")
    one, two = (View(roots.nth(i), cells(n), WORDS[:n]) for i, n in enumerate((15, 4)))
    one.chart.focus()
    page.keyboard.press("End")
    assert one.says() == (14, 14) and two.says() == (3, 3), "the shorter one stays within its sequence"
    two.chart.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    assert two.says() == (2, 2) and one.says() == (2, 2)


def test_nothing_moves_by_itself(show):
    widget = show(reduced_motion="reduce")
    widget.chart.focus()
    widget.page.keyboard.press("ArrowRight")
    assert widget.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_after_its_life_it_listens_to_nothing(show):
    widget = show(tokens=WORDS[:8], view=dict(lag=7))
    use = """(root, own) => {
      root.querySelector(".area").click(); // left of it: lag 0
      root.querySelector(".chart").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
      root.querySelector("[aria-label='lag one more']").click();
      return own.lag;
    }"""
    check_lifetime(widget.page, use, 2, ["change:lag", "change:step"])
