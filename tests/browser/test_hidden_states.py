"""HiddenStates on a published page, driven as a reader drives it; what it says is compared with the data."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from s2s_course.widgets import HiddenStates

from .lifetime import USE_MAP, check_lifetime
from .static_page import SENTENCE_LINE, stored, write_page
from .tiny_book import DATA

data: dict = {}
exec(DATA, data)
SHORT = {"encoder": (data["ENCODER"], data["SRC"]), "decoder": (data["DECODER"], data["TGT"])}
LONG = {
    "encoder": (data["LONG_ENCODER"], data["LONG_SRC"]),
    "decoder": (data["LONG_DECODER"], data["LONG_TGT"]),
}
TOLERANCE = 1 / 2048 + 0.0005  # float16, and three digits
READ_PIXELS = """canvas => {
  const { width, height } = canvas;
  return [[height, width], Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data)];
}"""


class Widget:
    """One HiddenStates on a page, and the truth about it."""

    def __init__(self, root: Locator, truth: dict):
        self.root, self.truth, self.page = root, truth, root.page
        self.map, self.readout = root.get_by_role("application"), root.locator("output")
        expect(self.readout).to_contain_text("unit")

    def says(self) -> tuple[str, int, int]:
        """Panel, step (from 1) and unit of the readout; its token and number are compared with the truth."""
        text = self.readout.inner_text()
        panel, step, token, unit, number = re.fullmatch(
            r"(encoder|decoder) step (\d+) “(.*)”, unit (\d+): (−?\d\.\d{3})", text
        ).groups()
        states, tokens = self.truth[panel]
        assert token == tokens[int(step) - 1]
        assert float(number.replace("−", "-")) == pytest.approx(
            states[int(step) - 1, int(unit)], abs=TOLERANCE
        )
        return panel, int(step), int(unit)

    def cell(self, panel: str, step: int, unit: int) -> tuple[float, float]:
        """The middle of a cell on the screen, after scrolling its map there."""
        canvas = self.root.locator("canvas").nth(0 if panel == "encoder" else 1)
        canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box, (steps, units) = canvas.bounding_box(), self.truth[panel][0].shape
        return box["x"] + box["width"] * (step - 0.5) / steps, box["y"] + box["height"] * (unit + 0.5) / units

    def click(self, panel: str, step: int, unit: int) -> None:
        self.page.mouse.click(*self.cell(panel, step, unit))

    def marked(self) -> tuple[str, int, int]:
        """Panel, step and unit framed by the one cursor and by the lines of the row named in the gutter."""
        (panel,) = [one for one in self.root.locator(".panel").all() if one.locator(".cursor").is_visible()]
        frame, row = panel.locator(".cursor").bounding_box(), panel.locator(".row").bounding_box()
        x, y = frame["x"] + frame["width"] / 2, row["y"] + row["height"] / 2
        box = panel.locator("canvas").bounding_box()
        name = panel.locator("figcaption b").inner_text().lower()
        steps, units = self.truth[name][0].shape
        unit = int((y - box["y"]) / box["height"] * units)
        assert panel.locator(".gutter b").inner_text() == str(unit)
        return name, int((x - box["x"]) / box["width"] * steps) + 1, unit

    def pixels(self, panel: str) -> np.ndarray:
        """The map's colors (steps, units, 3)."""
        canvas = self.root.locator("canvas").nth(0 if panel == "encoder" else 1)
        size, values = canvas.evaluate(READ_PIXELS)
        return np.array(values).reshape(*size, 4)[..., :3].swapaxes(0, 1)


@pytest.fixture
def widgets(open_page, tiny_address):
    """Open the tiny book's page with two HiddenStates, in a browser context with these options."""

    def widgets(address: str = tiny_address, **context_options) -> tuple[Widget, Widget]:
        context_options = {"viewport": {"width": 1280, "height": 1000}} | context_options
        roots = open_page(f"{address}/chapters/widgets.html", **context_options).locator(".s2s-hidden-states")
        expect(roots).to_have_count(2)
        return Widget(roots.nth(0), SHORT), Widget(roots.nth(1), LONG)

    return widgets


def test_it_starts_where_python_put_it(widgets):
    short, _ = widgets()
    assert short.says() == ("decoder", 2, 17)
    assert short.root.get_attribute("aria-label") == "A short sentence"
    expect(short.root.locator(".tokens span")).to_have_text([*data["SRC"], *data["TGT"]])
    assert short.readout.get_attribute("aria-live") == "polite"


def test_a_click_chooses_and_a_hover_only_shows(widgets):
    short, _ = widgets()
    for panel in ("encoder", "decoder"):
        for step, unit in [(1, 0), (6, 47), (3, 20), (4, 21), (2, 46), (5, 1)]:
            short.click(panel, step, unit)
            assert short.says() == (panel, step, unit)
            other = "decoder" if panel == "encoder" else "encoder"
            short.page.mouse.move(*short.cell(other, step, 47 - unit))
            assert short.says() == (other, step, 47 - unit)
            short.page.mouse.move(5, 5)
            assert short.says() == (panel, step, unit)


def test_a_click_on_a_token_or_on_the_line_keeps_the_unit(widgets):
    short, _ = widgets()
    short.root.locator(".tokens").get_by_text("sleeps", exact=True).click()
    assert short.says() == ("encoder", 4, 17)
    line = short.root.locator(".plot .trace").nth(1)
    box = line.bounding_box()
    line.click(position={"x": box["width"] * 4.5 / 6, "y": box["height"] / 2})
    assert short.says() == ("decoder", 5, 17)


def test_the_keyboard_reaches_every_step_and_unit(widgets):
    short, _ = widgets()
    short.map.focus()
    press = short.page.keyboard.press
    press("Home")
    walked = [short.says()]
    for _ in range(12):
        press("ArrowRight")
        walked.append(short.says())
        assert short.marked() == short.says()
    one_by_one = [(panel, step, 17) for panel in ("encoder", "decoder") for step in range(1, 7)]
    assert walked == [*one_by_one, ("decoder", 6, 17)], "one cursor runs through both, and stops at the end"
    press("ArrowLeft")
    assert short.says() == ("decoder", 5, 17)
    for _ in range(20):
        press("ArrowUp")
    assert short.says() == ("decoder", 5, 0)
    for _ in range(50):
        press("ArrowDown")
    assert short.says() == short.marked() == ("decoder", 5, 47)
    press("End")
    assert short.says() == ("decoder", 6, 47)


def test_keys_move_the_cursor_and_not_the_page(widgets):
    short, _ = widgets()
    short.map.focus()
    before = short.page.evaluate("[scrollX, scrollY, location.href]")
    for key in ("ArrowDown", "ArrowRight", "End", "Home", "ArrowUp"):
        short.page.keyboard.press(key)
    assert short.page.evaluate("[scrollX, scrollY, location.href]") == before
    short.page.keyboard.press("Control+ArrowRight")
    assert short.says() == ("encoder", 1, 17), "shortcuts of the browser are left alone"


def test_the_keyboard_moves_on_from_the_chosen_cell_while_the_mouse_rests_on_another(widgets):
    short, _ = widgets()
    short.click("encoder", 2, 10)
    short.page.mouse.move(*short.cell("decoder", 4, 30))
    assert short.says() == ("decoder", 4, 30)
    short.page.keyboard.press("ArrowRight")
    assert short.says() == ("encoder", 3, 10)


def test_native_controls(widgets):
    short, _ = widgets()
    button = lambda name: short.root.get_by_role("button", name=name)  # noqa: E731
    button("next step").click()
    assert short.says() == ("decoder", 3, 17)
    button("previous step").click()
    button("next unit").click()
    assert short.says() == ("decoder", 2, 18)
    button("previous unit").click()
    time, unit = short.root.get_by_role("slider"), short.root.get_by_role("spinbutton")
    time.fill("0")
    assert short.says() == ("encoder", 1, 17)
    assert time.get_attribute("aria-valuetext") == "encoder step 1 of 6, the"
    expect(button("previous step")).to_be_disabled()
    time.focus()
    short.page.keyboard.press("End")
    assert short.says() == ("decoder", 6, 17)
    expect(button("next step")).to_be_disabled()
    for typed, shown in [("5", 5), ("1000", 47), ("-3", 0), ("", 0), ("2.5", 0), ("47", 47)]:
        unit.fill(typed)
        unit.press("Enter")
        assert short.says() == ("decoder", 6, shown)
        expect(unit).to_have_value(str(shown))
    expect(button("next unit")).to_be_disabled()


def test_tab_visits_every_control_with_a_visible_focus(widgets):
    short, _ = widgets()
    short.root.get_by_text("A short sentence", exact=True).click()  # start from here, without a focus
    visited = []
    for _ in range(10):
        short.page.keyboard.press("Tab")
        name, outline = short.page.evaluate(
            "[document.activeElement.ariaLabel, getComputedStyle(document.activeElement).outline]"
        )
        visited.append(name.split(",")[0])
        assert "solid 2px" in outline
    controls = ["previous step", "time step", "next step", "previous unit", "unit", "next unit"]
    assert visited == [*SENTENCE_LINE, "Hidden states", *controls]


def test_the_line_shows_the_chosen_unit(widgets):
    short, _ = widgets()
    limit = max(np.abs(states).max() for states, _ in SHORT.values())
    for unit in (17, 30):
        short.click("encoder", 2, unit)
        short.page.mouse.move(5, 5)
        for i, (states, _) in enumerate(SHORT.values()):
            trace = short.root.locator(".plot .trace").nth(i)
            heights, drawn = trace.evaluate(
                "t => [Array.from(t.querySelectorAll('i'), (dot) => parseFloat(dot.style.top)),"
                " t.querySelector('.course').getAttribute('d')]"
            )
            assert heights == pytest.approx(50 - 40 * states[:, unit] / limit, abs=0.1)
            points = np.array([point.split() for point in drawn.removeprefix("M").split("L")], dtype=float)
            assert points[:, 0] == pytest.approx(np.arange(6) + 0.5)
            assert points[:, 1] == pytest.approx(-states[:, unit] / limit, abs=0.001)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_tell_sign_and_size_on_the_page_s_paper(widgets, scheme):
    for widget in widgets(color_scheme=scheme):
        assert widget.root.get_attribute("data-theme") == scheme
        paper = widget.root.evaluate("node => getComputedStyle(node).backgroundColor")
        paper = np.array([int(channel) for channel in re.findall(r"\d+", paper)])
        assert (paper.mean() > 128) == (scheme == "light")
        for panel, (states, _) in widget.truth.items():
            colors = widget.pixels(panel)
            red, _, blue = np.moveaxis(colors, -1, 0)
            assert (red > blue)[states > 0.05].all() and (blue > red)[states < -0.05].all()
            assert np.abs(colors - paper)[np.abs(states) < 0.01].max() < 8, "zero is the paper"
            luminance = colors @ [0.2126, 0.7152, 0.0722]
            for side in (states > 0, states < 0):
                order = np.argsort(np.abs(states[side]))
                steps = np.diff(luminance[side][order])
                assert (steps <= 1).all() if scheme == "light" else (steps >= -1).all()


def test_a_change_of_theme_is_followed_at_once(widgets):
    short, _ = widgets(color_scheme="light")
    set_theme = "theme => document.documentElement.dataset.theme = theme"
    light = short.pixels("encoder")
    short.page.evaluate(set_theme, "dark")
    expect(short.root).to_have_attribute("data-theme", "dark")
    assert (short.pixels("encoder") != light).any()
    short.page.evaluate(set_theme, "light")
    expect(short.root).to_have_attribute("data-theme", "light")
    assert (short.pixels("encoder") == light).all()


def test_the_theme_of_other_hosts_is_known(widgets):
    """JupyterLab, Colab and VS Code, before the system's own setting, which says the opposite."""
    short, _ = widgets(color_scheme="light")
    no_book = "document.documentElement.removeAttribute('data-theme')"
    short.page.evaluate(no_book)
    for begin, end in [
        ("document.body.dataset.jpThemeLight = 'false'", "delete document.body.dataset.jpThemeLight"),
        (
            "document.documentElement.setAttribute('theme', 'dark')",
            "document.documentElement.removeAttribute('theme')",
        ),
        ("document.body.classList.add('vscode-dark')", "document.body.classList.remove('vscode-dark')"),
    ]:
        expect(short.root).to_have_attribute("data-theme", "light")
        short.page.evaluate(begin)
        expect(short.root).to_have_attribute("data-theme", "dark")
        short.page.evaluate(end)
    short.page.emulate_media(color_scheme="dark")
    expect(short.root).to_have_attribute("data-theme", "dark")
    short.page.evaluate(no_book)
    short.page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    expect(short.root).to_have_attribute("data-theme", "light")


def test_panels_stand_side_by_side_with_equal_columns_or_below_each_other(widgets):
    short, long = widgets()
    boxes = [
        [canvas.bounding_box() for canvas in widget.root.locator("canvas").all()] for widget in (short, long)
    ]
    (encoder, decoder), (long_encoder, long_decoder) = boxes
    assert encoder["y"] == decoder["y"] and encoder["x"] < decoder["x"]
    assert encoder["width"] == pytest.approx(decoder["width"], abs=1)
    assert long_encoder["x"] == long_decoder["x"] and long_encoder["y"] < long_decoder["y"]


PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


def test_on_a_phone_the_panels_scroll_and_the_page_does_not(widgets):
    for widget in widgets(**PHONE):
        page_width = widget.page.evaluate("document.documentElement.scrollWidth")
        assert page_width == 360
        box = widget.root.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
        widget.map.focus()
        for key, panel in [("End", 1), ("Home", 0)]:
            widget.page.keyboard.press(key)
            widget.says()
            cursor = widget.root.locator(".cursor").nth(panel).bounding_box()
            scroller = widget.root.locator(".scroller").nth(panel).bounding_box()
            assert scroller["x"] <= cursor["x"]
            assert cursor["x"] + cursor["width"] <= scroller["x"] + scroller["width"] + 1
        for control in widget.root.locator("button, input").all():
            size = control.bounding_box()
            assert size["height"] >= 44 and size["width"] >= 44


def test_on_a_phone_a_tap_chooses(widgets):
    short, _ = widgets(**PHONE)
    short.page.touchscreen.tap(*short.cell("encoder", 4, 9))
    assert short.says()[:2] == ("encoder", 4)
    short.root.get_by_role("button", name="next step").tap()
    assert short.says()[:2] == ("encoder", 5)


def test_linked_views_move_together(widgets):
    short, long = widgets()
    assert long.says() == ("encoder", 8, 17), "the first rules when a link is made"
    short.map.focus()
    short.page.keyboard.press("Home")
    short.page.keyboard.press("ArrowDown")
    assert short.says() == ("encoder", 1, 18) and long.says() == ("encoder", 1, 18)
    long.click("encoder", 5, 40)
    long.page.mouse.move(5, 5)
    assert long.says() == ("encoder", 5, 40)
    assert short.says() == ("encoder", 5, 18), "time is linked both ways, the unit one way"
    long.map.focus()
    long.page.keyboard.press("End")
    assert long.says() == ("decoder", 30, 40)
    assert short.says() == ("decoder", 6, 18), "the shorter one stays at its last step"
    short.map.focus()
    short.page.keyboard.press("ArrowLeft")
    assert short.says() == ("decoder", 5, 18) and long.says() == ("encoder", 11, 40)


def test_opened_as_a_file(widgets, tiny_book):
    short, _ = widgets(tiny_book.as_uri())
    short.map.focus()
    short.page.keyboard.press("ArrowLeft")
    assert short.says() == ("decoder", 1, 17)


@pytest.mark.parametrize(("steps", "units", "value"), [(1, 1, 0.0), (2, 300, -2.5), (40, 2, 1e-6)])
def test_awkward_shapes_and_values_and_tokens(open_page, tmp_path, steps, units, value):
    states, tokens = np.full((steps, units), value), ["<b>l’œuf</b>", "'\"&"] * steps
    widget = HiddenStates.from_arrays(
        encoder_states=states,
        decoder_states=states,
        src_tokens=tokens[:steps],
        tgt_tokens=tokens[1 : steps + 1],
    )
    page = open_page(
        write_page(tmp_path, {"1": stored(widget)}, ["1"]), viewport={"width": 360, "height": 700}
    )
    shown = Widget(page.locator(".s2s-hidden-states"), {})
    shown.map.focus()
    for key in ("End", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    number = f"{value:.3f}".replace("-", "−")
    expect(shown.readout).to_have_text(f"decoder step {steps} “{tokens[steps]}”, unit 0: {number}")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_nothing_moves_by_itself(widgets):
    short, _ = widgets(reduced_motion="reduce")
    short.map.focus()
    short.page.keyboard.press("ArrowLeft")
    assert short.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_after_its_life_it_listens_to_nothing(widgets):
    short, _ = widgets()
    traits = ["change:arrangement", "change:marks", "change:step", "change:unit"]
    check_lifetime(short.page, USE_MAP, [1, 18], traits, step=7)
