"""HiddenStates.compare on a page, driven as a reader drives it; what it says is compared with the arrays."""

import re
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from s2s_course.widgets import HiddenStates

from .static_page import stored, write_page
from .test_hidden_states import READ_PIXELS, SHORT
from .tiny_book import DATA

data: dict = {}
exec(DATA, data)
TOKENS = ["a", "dog", "or", "the", "women", "that", "saw", "it", "near", "the", "old", "river", *data["SRC"]]
STEPS = len(TOKENS)
BOUNDED = {
    "RNN": data["states"](STEPS, 24, 0.0),
    "LSTM": data["states"](STEPS, 10, 1.0),
    "GRU": data["states"](STEPS, 24, 2.0),
}
# The cell state goes up to 9.2, where hidden states stay within ±1.
WITH_CELL = BOUNDED | {"LSTM cell state": np.linspace(0.1, 10, STEPS)[:, None] * BOUNDED["LSTM"]}
LIMIT = np.abs(WITH_CELL["LSTM cell state"]).max()


class Widget:
    """One comparison on a page, and the truth about it."""

    def __init__(self, root: Locator, truth: dict[str, np.ndarray]):
        self.root, self.truth, self.page = root, truth, root.page
        self.units = max(states.shape[1] for states in truth.values())
        self.map, self.readout = root.get_by_role("application"), root.locator("output")
        expect(self.readout).to_contain_text("unit")

    def says(self) -> tuple[int, int]:
        """Step (from 1) and unit of the readout; its token and all numbers are compared with the truth."""
        text = self.readout.inner_text().strip()
        step, token, unit, rest = re.fullmatch(r"step (\d+) “(.*?)”, unit (\d+): (.*)", text).groups()
        step, unit = int(step), int(unit)
        assert token == TOKENS[step - 1]
        pattern = ", ".join(rf"{name} (−?\d+\.\d{{3}})( \(its last unit, (\d+)\))?" for name in self.truth)
        found = re.fullmatch(pattern, rest).groups()
        for i, states in enumerate(self.truth.values()):
            number, clamped, last = found[3 * i : 3 * i + 3]
            height = states.shape[1]
            value = states[step - 1, min(unit, height - 1)]
            assert float(number.replace("−", "-")) == pytest.approx(value, abs=0.0006 + abs(value) / 2048)
            assert bool(clamped) == (unit >= height) and (not clamped or int(last) == height - 1)
        return step, unit

    def canvas(self, name: str) -> Locator:
        return self.root.locator("canvas").nth(list(self.truth).index(name))

    def cell(self, name: str, step: int, unit: int) -> tuple[float, float]:
        """The middle of a cell on the screen, after scrolling its map there."""
        canvas = self.canvas(name)
        canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box, units = canvas.bounding_box(), self.truth[name].shape[1]
        return box["x"] + box["width"] * (step - 0.5) / STEPS, box["y"] + box["height"] * (unit + 0.5) / units

    def marked(self) -> tuple[int, int]:
        """Step and unit framed by the cursors and rows of all panels; a row may be the last of its map."""
        steps, rows = set(), []
        for panel, states in zip(self.root.locator(".panel").all(), self.truth.values(), strict=True):
            frame, row = panel.locator(".cursor").bounding_box(), panel.locator(".row").bounding_box()
            x, y = frame["x"] + frame["width"] / 2, row["y"] + row["height"] / 2
            box = panel.locator("canvas").bounding_box()
            rows.append(int((y - box["y"]) / box["height"] * states.shape[1]))
            assert panel.locator(".gutter b").inner_text() == str(rows[-1])
            assert panel.locator(".plot p").inner_text() == f"unit {rows[-1]} over time"
            steps.add(int((x - box["x"]) / box["width"] * STEPS) + 1)
        (step,) = steps
        assert rows == [min(max(rows), states.shape[1] - 1) for states in self.truth.values()]
        return step, max(rows)

    def pixels(self, name: str) -> np.ndarray:
        """The map's colors (steps, units, 3)."""
        size, values = self.canvas(name).evaluate(READ_PIXELS)
        return np.array(values).reshape(*size, 4)[..., :3].swapaxes(0, 1)


@pytest.fixture
def show(open_page, tmp_path):
    """Open a page with one comparison of these states, in a browser context with these options."""

    def show(truth=BOUNDED, step=3, unit=5, **context_options) -> Widget:
        widget = HiddenStates.compare(truth, tokens=TOKENS, title="Some cells", step=step, unit=unit)
        context_options = {"viewport": {"width": 900, "height": 900}} | context_options
        page = open_page(write_page(tmp_path, {"1": stored(widget)}, ["1"]), **context_options)
        return Widget(page.locator(".s2s-hidden-states"), truth)

    return show


def test_it_starts_where_python_put_it_with_the_tokens_once(show):
    widget = show(step=6, unit=23)
    assert widget.says() == widget.marked() == (7, 23)
    expect(widget.root.locator("figcaption")).to_have_text(["RNN 24 units", "LSTM 10 units", "GRU 24 units"])
    assert [row.is_visible() for row in widget.root.locator(".tokens").all()] == [True, False, False]
    expect(widget.root.locator(".tokens").first.locator("span")).to_have_text(TOKENS)


def test_a_click_in_any_panel_moves_all_and_a_hover_only_shows(show):
    widget = show(WITH_CELL)
    chosen = widget.says()
    for name, states in WITH_CELL.items():
        for step, unit in [(1, 0), (STEPS, states.shape[1] - 1), (4, 7)]:
            widget.page.mouse.move(*widget.cell(name, step, unit))
            assert widget.says() == widget.marked() == (step, unit)
            widget.page.mouse.move(2, 2)
            assert widget.says() == widget.marked() == chosen
            widget.page.mouse.click(*widget.cell(name, step, unit))
            widget.page.mouse.move(2, 2)
            chosen = (step, unit)
            assert widget.says() == widget.marked() == chosen


def test_a_click_on_a_token_or_on_a_line_keeps_a_unit_that_the_panel_lacks(show):
    widget = show(unit=20)
    widget.root.locator(".tokens").get_by_text("saw", exact=True).first.click()
    assert widget.says() == (7, 20)
    line = widget.root.locator(".plot .trace").nth(1)  # of the LSTM, which has 10 units
    box = line.bounding_box()
    line.click(position={"x": box["width"] * 1.5 / STEPS, "y": box["height"] / 2})
    assert widget.says() == (2, 20)


def test_the_keyboard_reaches_every_step_and_the_units_of_the_largest(show):
    widget = show()
    widget.map.focus()
    press = widget.page.keyboard.press
    press("Home")
    for step in range(1, STEPS + 1):
        assert widget.says() == widget.marked() == (step, 5)
        press("ArrowRight")
    assert widget.says() == (STEPS, 5), "it stops at the end"
    for unit in range(6, 24):
        press("ArrowDown")
        assert widget.says() == widget.marked() == (STEPS, unit)
    press("ArrowDown")
    press("ArrowLeft")
    assert widget.says() == (STEPS - 1, 23)
    press("ArrowUp")
    assert widget.says() == widget.marked() == (STEPS - 1, 22)
    press("End")
    assert widget.says() == (STEPS, 22)


def test_native_controls(show):
    widget = show()
    time, unit = widget.root.get_by_role("slider"), widget.root.get_by_role("spinbutton")
    expect(widget.root.locator(".timeline span")).to_have_count(0)
    time.fill("8")
    assert widget.says() == widget.marked() == (9, 5)
    assert time.get_attribute("aria-valuetext") == "step 9 of 18, near"
    for name, place in [("next step", (10, 5)), ("previous step", (9, 5)), ("next unit", (9, 6))]:
        widget.root.get_by_role("button", name=name).click()
        assert widget.says() == place
    for typed, shown in [("12", 12), ("1000", 23), ("-3", 0)]:
        unit.fill(typed)
        unit.press("Enter")
        assert widget.says() == widget.marked() == (9, shown)


def test_panels_are_stacked_in_equal_columns_and_low(show, open_page, tmp_path):
    widget = show(BOUNDED | {"twice": BOUNDED["RNN"]})
    boxes = [canvas.bounding_box() for canvas in widget.root.locator("canvas").all()]
    assert len({(box["x"], box["width"]) for box in boxes}) == 1 and boxes[0]["width"] > 700
    assert all(above["y"] + above["height"] < below["y"] for above, below in pairwise(boxes))
    (src, src_tokens), (tgt, tgt_tokens) = SHORT["encoder"], SHORT["decoder"]
    one_by_one = HiddenStates.from_arrays(
        encoder_states=src[:, :24], decoder_states=tgt[:, :24], src_tokens=src_tokens, tgt_tokens=tgt_tokens
    )
    page = open_page(write_page(tmp_path, {"1": stored(one_by_one)}, ["1"]))
    expect(page.locator("canvas")).to_have_count(2)
    assert boxes[0]["height"] < 0.5 * page.locator("canvas").first.bounding_box()["height"]


def position(value: np.ndarray, limit: float, bent: bool) -> np.ndarray:
    """Where the scale has a value: between -1 and 1, linear or with ±1 in the middle of each half."""
    knots = ([0, 1, limit], [0, 0.5, 1]) if bent else ([0, limit], [0, 1])
    return np.sign(value) * np.interp(np.abs(value), *knots)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("truth", [BOUNDED, WITH_CELL], ids=["bounded", "with a cell state"])
def test_one_scale_for_colors_lines_and_legend(show, truth, scheme):
    bent = truth is WITH_CELL
    widget = show(truth, step=8, unit=4, color_scheme=scheme)
    limit = max(np.abs(states).max() for states in truth.values())
    legend = widget.root.locator(".legend")
    note = "one scale for all, finer within ±1" if bent else "one scale for all"
    expect(legend.locator("p")).to_have_text(note)
    expect(legend.locator("span")).to_have_text([f"−{limit:.2f}", f"{limit:.2f}"])
    marks = legend.locator("small").evaluate_all("all => all.map((one) => [one.textContent, one.style.left])")
    assert marks == ([["1", "75%"], ["0", "50%"], ["−1", "25%"]] if bent else [])
    needles = legend.locator("i").evaluate_all("all => all.map((one) => parseFloat(one.style.left))")
    here = np.array([states[8, 4] for states in truth.values()])
    assert needles == pytest.approx(50 + 50 * position(here, limit, bent), abs=0.05)

    for i, states in enumerate(truth.values()):
        trace = widget.root.locator(".plot .trace").nth(i)
        dots = trace.locator("i").evaluate_all("all => all.map((dot) => parseFloat(dot.style.top))")
        assert dots == pytest.approx(50 - 40 * position(states[:, 4], limit, bent), abs=0.05)
        levels = trace.locator(".levels").get_attribute("d")
        expected = [-0.5, 0, 0.5] if bent else [0]
        assert [float(level) for level in re.findall(r"M0 (-?[\d.]+)", levels)] == expected
        ticks = widget.root.locator(".gutter .trace").nth(i).locator("span")
        inner = ["1", "0", "−1"] if bent else ["0"]
        expect(ticks).to_have_text([f"{limit:.2f}", *inner, f"−{limit:.2f}"])
        tops = ticks.evaluate_all("all => all.map((one) => parseFloat(one.style.top))")
        assert tops == [10, *(50 + 40 * level for level in expected), 90]

    # The same value has the same color everywhere: from that of the paper to the scale's ends.
    values = np.concatenate([states.ravel() for states in truth.values()])
    colors = np.concatenate([widget.pixels(name).reshape(-1, 3) for name in truth])
    stops = {
        "light": ["#0b3d75", "#4a90cf", "#ffffff", "#e88b3d", "#8c3503"],
        "dark": ["#9fd3ff", "#2f7cc4", "#161a20", "#c46a1c", "#ffc68a"],
    }[scheme]
    stops = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops])
    places = position(values, limit, bent)
    for channel in range(3):
        expected = np.interp(places, [-1, -0.5, 0, 0.5, 1], stops[:, channel])
        assert np.abs(colors[:, channel] - expected).max() <= 1


@pytest.mark.parametrize(
    ("factor", "bent"), [(0.5, False), (1.9, False), (2.1, True), (20.5, True), (500, True)]
)
def test_the_scale_bends_only_where_a_small_map_stands_beside_a_large_one(show, factor, bent):
    small, large = np.full((STEPS, 2), 0.8), np.full((STEPS, 2), -factor)
    widget = show({"small": small, "large": large}, unit=1)
    expect(widget.root.locator("small")).to_have_count(3 if bent else 0)
    ends = [text.replace("−", "-") for text in widget.root.locator(".legend span").all_inner_texts()]
    assert [float(end) for end in ends] == [-max(0.8, factor), max(0.8, factor)]
    alone = show({"large": large, "larger": 2 * large}, unit=1)
    expect(alone.root.locator("small")).to_have_count(0)


PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True}


def test_on_a_phone_all_panels_scroll_together_and_the_page_does_not(show):
    widget = show(WITH_CELL, step=0, **PHONE)
    tap = widget.page.touchscreen.tap
    assert widget.page.evaluate("document.documentElement.scrollWidth") == 360
    box = widget.map.bounding_box()
    widget.map.focus()
    for key, step in [("End", STEPS), ("Home", 1), ("End", STEPS)]:
        widget.page.keyboard.press(key)
        assert widget.says() == widget.marked() == (step, 5)
        for cursor in widget.root.locator(".cursor").all():
            frame = cursor.bounding_box()
            assert box["x"] <= frame["x"] and frame["x"] + frame["width"] <= box["x"] + box["width"] + 1
    tap(*widget.cell("GRU", STEPS - 1, 9))
    step, _ = widget.says()
    assert step == STEPS - 1
    assert widget.map.evaluate("maps => maps.scrollLeft") > 0
    for name in widget.root.locator("figcaption").all():
        assert name.bounding_box()["x"] >= box["x"], "names stay in sight"
    for control in widget.root.locator("button, input").all():
        size = control.bounding_box()
        assert size["height"] >= 36 and size["width"] >= 36


def test_what_scrolls_goes_behind_the_gutter(show):
    widget = show(**PHONE | {"viewport": {"width": 200, "height": 740}})
    widget.map.focus()
    widget.page.keyboard.press("End")
    covered = widget.root.locator(".panel").evaluate_all("""panels => panels.map((panel) => {
      const gutter = panel.querySelector(".gutter").getBoundingClientRect();
      const plot = panel.querySelector(".plot").getBoundingClientRect();
      return plot.x < gutter.x && gutter.x === panel.parentElement.getBoundingClientRect().x
        && gutter.y <= plot.y && gutter.bottom >= plot.bottom;
    })""")
    assert covered == [True, True, True]


def test_one_cell_and_one_step_and_awkward_names(open_page, tmp_path):
    names = ["<b>R</b>", "'\"&amp;"]
    widget = HiddenStates.compare(
        {names[0]: np.array([[0.25]]), names[1]: np.array([[0.0, -0.5]])}, tokens=["<i>"], unit=1
    )
    page = open_page(
        write_page(tmp_path, {"1": stored(widget)}, ["1"]), viewport={"width": 360, "height": 700}
    )
    expected = f"step 1 “<i>”, unit 1: {names[0]} 0.250 (its last unit, 0), {names[1]} −0.500"
    expect(page.locator("output")).to_have_text(expected)
    alone = HiddenStates.compare({"GRU": np.zeros((1, 3))}, tokens=["x"])
    page = open_page(write_page(tmp_path, {"1": stored(alone)}, ["1"]))
    expect(page.locator("output")).to_have_text("step 1 “x”, unit 0: GRU 0.000")
    for key in ("End", "ArrowRight", "ArrowDown"):
        page.get_by_role("application").press(key)
    expect(page.locator("output")).to_have_text("step 1 “x”, unit 1: GRU 0.000")
    expect(page.get_by_role("slider")).to_be_visible()
