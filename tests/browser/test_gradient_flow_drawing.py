"""What a GradientFlow draws: shades, lines, labels and gaps, of ordinary and of awkward data."""

import itertools
import re
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import expect

from .gradient_flow_view import WORDS, View, cells, contrast, gradients, open_view, rgb


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., View]:
    return partial(open_view, open_page, tmp_path)


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
    colors = tokens.evaluate_all("tokens => tokens.map((token) => getComputedStyle(token).color)")
    assert len(set(colors[:5])) == 1 and colors[5] != colors[0]
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
