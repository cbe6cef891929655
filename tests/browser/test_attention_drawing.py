"""Shades, lines, marks and the score of an Attention on a page, compared with the weights and links."""

import re
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from .attention_view import GOLD, SRC, TWO, View, links_by_hand, open_views
from .gates_page import READ_PIXELS
from .gradient_flow_view import contrast, rgb

COLORS = """nodes => nodes.filter((node) => node.getClientRects().length).map((node) => {
  let ground = node;
  const own = () => getComputedStyle(ground).backgroundColor;
  while (own() === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  return [getComputedStyle(node).color, own()];
})"""


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., list[View]]:
    return partial(open_views, open_page, tmp_path)


def test_lines_are_as_wide_as_weights_and_join_the_words(show):
    (widget,) = show(TWO, view={"drawing": "lines", "row": 9, "column": 7})
    for side in ("target", "source"):
        for (tgt, array), panel in zip(TWO.values(), widget.seen()["panels"], strict=True):
            drawn, gold = {}, set()
            for kind, course, share, visible in panel["lines"]:
                start, end = re.match(r"M([\d.]+) 0C.* ([\d.]+) 100$", course).groups()
                link = (round(float(start) / 100 * len(SRC) - 0.5), round(float(end) / 100 * len(tgt) - 0.5))
                assert visible and ("on" in kind.split()) == (
                    link[1] == 9 if side == "target" else link[0] == 7
                )
                if kind.startswith("weight"):
                    drawn[link] = share
                else:
                    gold.add(link)
            wide = {(i, j): array[j, i] for j, i in np.argwhere(array.astype(np.float16) >= 0.005).tolist()}
            assert drawn == pytest.approx(wide, abs=3e-4) and gold == set(GOLD)
            t = 0.86  # how far along the curve the dots lie
            one, other = (1 - t) ** 3 + 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t) + t**3
            height = 1.5 * t * (1 - t) ** 2 + 1.5 * t**2 * (1 - t) + t**3
            expected = [
                [100 * (one * (i + 0.5) / len(SRC) + other * (j + 0.5) / len(tgt)), 100 * height]
                for i, j in links_by_hand(tgt, array, SRC)
            ]
            assert np.abs(np.array(panel["dots"]) - expected).max() < 0.1
        widget.root.get_by_role("button", name="read the source word").click()
    assert widget.says() == ("source", 9, 7)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_is_shaded_by_weight_and_marks_links(show, scheme):
    (widget,) = show(TWO, color_scheme=scheme)
    assert widget.root.get_attribute("data-theme") == scheme
    paper = rgb(widget.root.evaluate("node => getComputedStyle(node).backgroundColor"))
    for (tgt, array), panel, canvas in zip(
        TWO.values(), widget.seen()["panels"], widget.root.locator("canvas").all(), strict=True
    ):
        size, pixels = canvas.evaluate(READ_PIXELS)
        colors = np.array(pixels).reshape(*size, 4)[..., :3]
        assert colors.shape[:2] == array.shape
        luminance = (colors @ [0.2126, 0.7152, 0.0722])[
            np.unravel_index(np.argsort(array, axis=None), array.shape)
        ]
        change = np.diff(luminance)
        assert (change <= 0.5).all() if scheme == "light" else (change >= -0.5).all()
        assert np.abs(colors - paper)[array < 0.01].max() < 6, "zero is the paper"
        for marks, links in [(panel["gold"], GOLD), (panel["links"], links_by_hand(tgt, array, SRC))]:
            expected = [((i + 0.5) / len(SRC), (j + 0.5) / len(tgt)) for i, j in links]
            assert np.abs(np.array(marks) - expected).max() < 0.01


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_can_be_told_from_their_ground(show, scheme):
    widgets = show(TWO, TWO, color_scheme=scheme, linked=["side"])
    widgets[1].root.get_by_role("button", name="draw as lines").click()
    texts = "p, caption, th, td, output, .score *, button:enabled, select, .gutter span, .tokens span"
    for widget in widgets:
        for color, ground in widget.root.locator(texts).evaluate_all(COLORS):
            assert contrast(rgb(color), rgb(ground)) >= 4.5
        style = "(node, name) => getComputedStyle(node).getPropertyValue(name)"
        colors = [widget.root.evaluate(style, name) for name in ("--gold", "--paper")]
        channels = [[int(color[k : k + 2], 16) for k in (1, 3, 5)] for color in colors]
        assert contrast(*channels) >= 3


def test_the_score_is_written_out(show):
    (widget,) = show(TWO)
    for (tgt, array), panel in zip(TWO.values(), widget.seen()["panels"], strict=True):
        links = links_by_hand(tgt, array, SRC)
        common = len(set(links) & set(GOLD))
        rate = 1 - 2 * common / (len(links) + len(GOLD))
        sign = "=" if abs(rate - round(rate, 3)) < 1e-9 else "≈"
        assert panel["score"] == [
            *(f"{rate:.3f}", sign, "1 − 2 ·", str(common), "/ ("),
            *(str(len(links)), "+", str(len(GOLD)), ")"),
        ]
    exact = {"A": (("a", "b", "<eos>"), np.array([[0.7, 0.2, 0.1], [0.6, 0.4, 0], [0, 0, 1]]))}
    (widget,) = show(exact, src=("x", "y", "<eos>"), gold=[(0, 0), (1, 1)])
    assert widget.seen()["panels"][0]["score"][:4] == ["0.500", "=", "1 − 2 ·", "1"]


def test_gold_can_be_hidden_and_is_not_asked_for_where_there_is_none(show):
    (widget,) = show(TWO)
    box = widget.root.get_by_role("checkbox", name="gold links")
    for drawing, marks in [("map", ".map i, td .gold"), ("lines", "path.gold, .fan .link, td .gold")]:
        widget.root.get_by_role("button", name=f"draw as {drawing}").click()
        for state in (True, False):
            box.set_checked(state)
            shown = widget.root.locator(marks).evaluate_all(
                "nodes => nodes.map((n) => n.getClientRects().length > 0)"
            )
            assert len(shown) > 30 and set(shown) == {state}
    (widget,) = show(TWO, gold=None)
    assert widget.says() == ("target", 0, 0)
    assert widget.root.locator("input[type=checkbox], .score, .gold, .link").count() == 0
