"""GradientFlow on a published page, driven as a reader drives it; what it says is compared with the data."""

import itertools
import re

import numpy as np
import pytest
from ipywidgets import jslink
from playwright.sync_api import expect

from s2s_course.widgets import GradientFlow

from .gradient_flow_view import WORDS, View, cells, contrast, gradients, rgb
from .static_page import stored, write_page

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
}


@pytest.fixture
def show(open_page, tmp_path):
    """Show one GradientFlow on a page, in a browser context with these options."""

    def show(norms=None, tokens=WORDS, *, view=None, **context_options) -> View:
        norms = cells(len(tokens)) if norms is None else norms
        widget = GradientFlow.from_norms(norms, tokens=tokens, **view or {})
        address = write_page(tmp_path, {"1": stored(widget)}, ["1"])
        context_options = {"viewport": {"width": 900, "height": 900}} | context_options
        page = open_page(address, **context_options)
        return View(page.locator(".s2s-gradient-flow"), norms, tokens)

    return show


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
    for _ in range(7):
        widget.page.keyboard.press("Tab")
        name, outline = widget.page.evaluate(
            "[document.activeElement.ariaLabel, getComputedStyle(document.activeElement).outline]"
        )
        visited.append(name.split(".")[0])
        assert "solid 2px" in outline
    lag, step = (
        ["lag one less", "lag", "lag one more"],
        ["loss one step earlier", "step of the loss", "loss one step later"],
    )
    assert visited == ["Gradient against lag", *lag, *step]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_boxes_fade_with_the_gradient_and_the_future_has_none(show, scheme):
    norms = cells(15)
    norms["RNN"] = gradients(15, 0.02, 1)
    norms["GRU"][:, :3] = np.where(np.arange(15)[:, None] < 3, norms["GRU"][:, :3], 0)
    widget = show(norms, view=dict(step=11), color_scheme=scheme)
    assert widget.says() == (11, 0)
    assert widget.root.get_attribute("data-theme") == scheme
    color = widget.root.evaluate("node => getComputedStyle(node).backgroundColor")
    paper = np.array(rgb(color))
    assert (paper.mean() > 128) == (scheme == "light")
    for cell, matrix in enumerate(norms.values()):
        boxes, relative = widget.strip(cell), matrix[11] / matrix[11, 11]
        kinds = ["future" if s > 11 else "nothing" if relative[s] == 0 else "" for s in range(15)]
        assert [kind for kind, _ in boxes] == kinds
        contrasts = np.array([contrast(ink, paper) for kind, ink in boxes if kind == ""])
        order = np.argsort(relative[[kind == "" for kind in kinds]])
        assert (np.diff(contrasts[order]) >= -1e-9).all(), "more gradient, more ink"
        for (kind, ink), value in zip(boxes, relative, strict=True):
            if kind == "future":
                assert ink == (0, 0, 0, 0), "no ink at all"
            elif kind == "" and value < 1e-12:
                assert np.abs(np.array(ink) - paper).max() <= 1
        assert contrasts[order][-1] > 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_legend_shows_the_shades_of_the_boxes(show, scheme):
    widget = show({"RNN": np.tril(np.ones((4, 4)))}, WORDS[:4], color_scheme=scheme)
    bar = widget.root.locator(".bar").evaluate("bar => getComputedStyle(bar).backgroundImage")
    paper, *_, strongest = [rgb(color) for color in re.findall(r"rgb\([^)]*\)", bar)]
    assert paper == rgb(widget.root.evaluate("node => getComputedStyle(node).backgroundColor"))
    assert widget.strip(0) == [("", strongest)] * 4


def test_tokens_stand_where_they_do_not_fit_and_those_after_the_loss_are_pale(show):
    widget = show(view=dict(step=4, lag=3), tokens=WORDS[:6])
    expect(widget.root).not_to_have_class(re.compile("standing"))
    tokens = widget.root.locator(".tokens span")
    opacities = tokens.evaluate_all("tokens => tokens.map((token) => getComputedStyle(token).opacity)")
    assert opacities == ["1"] * 5 + ["0.7"]
    expect(widget.root.locator(".scroller p span")).to_have_text(["loss", "lag 3"])
    widget.page.set_viewport_size({"width": 300, "height": 800})
    expect(widget.root).to_have_class(re.compile("standing"))
    for token in tokens.all():
        assert token.evaluate("token => token.scrollHeight <= token.clientHeight")


def test_labels_do_not_touch(show):
    widget = show(view=dict(step=13))
    expect(widget.root.locator(".before span")).to_be_hidden()
    labels = widget.root.locator(".x :not([hidden])")
    for lag in (0, 3, 4, 5, 13):
        widget.page.mouse.click(*widget.place(lag))
        expect(widget.root.locator(".x b")).to_have_text(str(lag))
        boxes = sorted((box["x"], box["width"]) for box in (label.bounding_box() for label in labels.all()))
        assert all(x + width < after for (x, width), (after, _) in itertools.pairwise(boxes))
        assert len(boxes) > 5


def test_a_point_without_neighbors_is_seen(show):
    widget = show({"RNN": np.eye(3)}, WORDS[:3])
    widget.says()
    line = widget.root.locator("path.line")
    assert line.get_attribute("d").endswith("h0") and line.evaluate("line => line.getTotalLength()") == 0
    assert line.evaluate("line => getComputedStyle(line).strokeLinecap") == "round"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_differ_in_color_and_in_pattern(show, scheme):
    widget = show({f"cell {i}": gradients(15, 0.9, i) for i in range(6)}, color_scheme=scheme)
    assert widget.says() == (14, 0)
    read = """lines => lines.map((line) => {
      const { stroke, strokeDasharray } = getComputedStyle(line);
      return [stroke, strokeDasharray];
    })"""
    lines = widget.root.locator("path.line").evaluate_all(read)
    colors, patterns = zip(*lines, strict=True)
    assert len(set(colors)) == len(set(patterns)) == 6
    for samples in (".gutter path", "tbody path"):
        assert widget.root.locator(samples).evaluate_all(read) == lines, "the legend looks like the lines"
    if scheme == "light":
        assert [rgb(color) for color in colors[:3]] == [
            (0, 114, 178),
            (230, 159, 0),
            (0, 158, 115),
        ]  # Okabe and Ito
    else:
        assert min(contrast(rgb(color), (22, 26, 32)) for color in colors) > 4


def test_a_change_of_theme_is_followed_at_once(show):
    widget = show(color_scheme="light")
    light = widget.strip(1)
    widget.page.emulate_media(color_scheme="dark")
    expect(widget.root).to_have_attribute("data-theme", "dark")
    assert widget.strip(1) != light
    widget.page.emulate_media(color_scheme="light")
    expect(widget.root).to_have_attribute("data-theme", "light")
    assert widget.strip(1) == light


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


def detached(steps: int, at: int) -> np.ndarray:
    """No gradient flows past the start of step ``at``."""
    t, s = np.mgrid[0:steps, 0:steps]
    return np.where((t >= at) & (s < at), 0.0, gradients(steps, 0.7, 5))


AWKWARD = {
    "one step": ({"RNN": np.array([[0.3]])}, ("<b>l’œuf</b>",)),
    "one step, no gradient": ({"RNN": np.zeros((1, 1))}, ("",)),
    "one cell": ({"a & <i>b</i>": gradients(4, 0.5, 1)}, ("<img src=x onerror=alert(1)>", "'\"&", "<", "b")),
    "detached": ({"RNN": detached(9, 9 - 1), "GRU": detached(9, 4)}, tuple("abcdefghi")),
    "no loss at some steps": ({"RNN": gradients(9, 0.5, 1) * (np.arange(9) % 2)[:, None]}, WORDS[:9]),
    "below the floor": ({"RNN": gradients(12, 1e-6, 1), "LSTM": gradients(12, 0.9, 2)}, WORDS[:12]),
    "exploding": ({"RNN": gradients(30, 8.0, 1), "LSTM": gradients(30, 1.0, 2)}, ("x",) * 30),
    "equal": ({"RNN": np.tril(np.ones((5, 5))), "LSTM": np.tril(np.ones((5, 5)))}, tuple("abcde")),
    "long": (cells(101), tuple(f"w{i}" for i in range(101))),
    "long names": (
        {
            f"a cell whose name says a lot about it, and then says even more: {i}": gradients(6, 0.5, i)
            for i in range(6)
        },
        ("Donaudampfschifffahrtsgesellschaft",) * 6,
    ),
}


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("width", [360, 900])
def test_awkward_data(show, name, width):
    norms, tokens = AWKWARD[name]
    widget = show(norms, tokens, viewport={"width": width, "height": 800})
    last = len(tokens) - 1
    assert widget.says() == (last, 0)
    widget.chart.focus()
    for key, view in [
        ("ArrowRight", (last, min(1, last))),
        ("End", (last, last)),
        ("ArrowLeft", (last, max(last - 1, 0))),
        ("ArrowDown", (max(last - 1, 0),) * 2),
        ("ArrowDown", (max(last - 2, 0),) * 2),
    ]:
        widget.page.keyboard.press(key)
        assert widget.says() == view
    assert widget.page.evaluate("document.documentElement.scrollWidth") == width
    assert widget.page.locator(".tokens *").count() == len(tokens), "tokens are text"
    gutter, scroller = (widget.root.locator(part).bounding_box() for part in (".gutter", ".scroller"))
    assert gutter["width"] <= 0.41 * scroller["width"], "names leave room for the tokens"


def test_a_detached_state_shows_as_a_gap(show):
    norms = {"RNN": detached(9, 4), "LSTM": gradients(9, 0.9, 2)}
    widget = show(norms, tuple("abcdefghi"), view=dict(lag=5))
    assert widget.says() == (8, 5)
    expect(widget.readout).to_contain_text("RNN nothing; LSTM 1.")
    expect(widget.root.locator(".legend")).to_contain_text("nothing")
    expect(widget.root.locator(".band")).to_be_hidden()


def test_what_is_below_the_floor_has_a_band_of_its_own(show):
    widget = show({"RNN": gradients(12, 1e-6, 1)}, tuple("abcdefghijkl"), view=dict(lag=6))
    assert widget.says() == (11, 6)
    expect(widget.root.locator(".band")).to_have_text("below 10⁻¹²")
    band, dot = (widget.root.locator(part).bounding_box() for part in (".band", ".area i"))
    assert band["y"] < dot["y"] + dot["height"] / 2 < band["y"] + band["height"]
    assert min(widget.ticks()) == -12
    legend = widget.root.locator(".legend")
    expect(legend).to_contain_text("≤ 10⁻¹²")
    expect(legend).not_to_contain_text("nothing")


def test_ticks_are_few_and_whole_powers_of_ten(show):
    for steps, expected in [(15, range(-10, 1, 2)), (5, range(-3, 1))]:
        widget = show(dict(list(cells(steps).items())[:1]), WORDS[:steps])
        assert sorted(widget.ticks()) == list(expected)
        assert "1" in widget.root.locator(".y span").all_inner_texts()


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


# Renders the page's own module with a model of ours, as another host would do it.
RENDER = """async ({ withSignal }) => {
  const state = JSON.parse(document.querySelector('script[type$="widget-state+json"]').textContent).state;
  const own = state["1"].state;
  const url = URL.createObjectURL(new Blob([own._esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const el = document.body.appendChild(document.createElement("div"));
  const listeners = new Set();
  const model = {
    get: (name) => own[name],
    set: (name, value) => { own[name] = value; },
    save_changes() { own.saved = true; },
    on: (name, listener) => listeners.add(listener),
    off: (name, listener) => listeners.delete(listener),
  };
  const controller = new AbortController();
  const end = await widget.render({ model, el, ...(withSignal && { signal: controller.signal }) });
  const root = el.firstChild;
  const during = listeners.size;
  root.querySelector("button").click();
  const { lag, saved } = own;
  if (withSignal) controller.abort(); else end();
  const before = root.dataset.theme;
  document.documentElement.dataset.theme = before === "dark" ? "light" : "dark";
  const standing = root.classList.toggle("standing"); // who listens to its size takes this back
  el.style.width = "850px";
  await new Promise((resolve) => setTimeout(resolve, 100));
  root.querySelector("button").click();
  root.querySelector(".chart").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
  root.querySelector(".area").click();
  const followed = root.dataset.theme !== before || root.classList.contains("standing") !== standing;
  return { during: during > 0, after: listeners.size, saved, lag, followed, later: own.lag };
}"""


def test_after_its_life_it_listens_to_nothing(show):
    """anywidget ends a view with the signal, or, before 0.10 as in Colab, by calling what render returned."""
    widget = show(tokens=WORDS[:8], view=dict(lag=7))
    for with_signal in (True, False):
        result = widget.page.evaluate(RENDER, {"withSignal": with_signal})
        expected = {"during": True, "after": 0, "saved": True, "lag": 6, "followed": False, "later": 6}
        assert result == expected
