"""Positions on a page, driven as a reader drives it; what it shows is compared with the layers."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from s2s_course.layers import positions as ways
from s2s_course.widgets.positions import Positions
from s2s_course.widgets.shared.arrays import decode_array

from .lifetime import check_lifetime
from .masks_view import CONTRASTS
from .positions_view import LEARNED, RELATIVE, View, open_views, truth

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
TABLES = {"learned": LEARNED, "relative": RELATIVE}
SETTINGS = [
    {},
    {"size": 12, "count": 9, "base": 10, "heads": 3, "position": 8, "other": 0, "unit": 10},
    {"size": 64, "count": 128, "heads": 16, "position": 0, "other": 127, "unit": 63},
]


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., list[View]]:
    return partial(open_views, open_page, tmp_path)


def make(way: str, **options) -> Positions:
    return Positions.show(way=way, **TABLES | options)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_way_draws_what_its_layer_computes(show, scheme):
    all_settings = SETTINGS if scheme == "light" else SETTINGS[:1]
    widgets = [make(way, **settings) for way in ways.POSITIONS for settings in all_settings]
    widgets += [Positions.show(way=way) for way in ("learned", "relative")]
    for view in show(*widgets, color_scheme=scheme):
        position, other, unit = view.compare()
        rows, pairs = truth(view.widget)
        if pairs is not None:
            last = pairs.shape[-1] - 1
            assert (position, other) == (min(view.widget.position, last), min(view.widget.other, last))
        if rows is not None:
            assert unit == min(view.widget.unit, rows.shape[1] - 1)


def test_buckets_of_all_distances_are_those_of_the_layer(show):
    (view,) = show(Positions.show(way="relative", count=128, position=0, other=0))
    layer = ways.RelativeBias(d_model=1, num_heads=1, max_length=1)
    buckets = layer._bucket(torch.arange(-128, 129)[None])[0].tolist()
    members = {bucket: [d - 128 for d, other in enumerate(buckets) if other == bucket] for bucket in buckets}
    slider = lambda name: view.root.get_by_role("slider", name=name, exact=True)  # noqa: E731
    for distance in (0, 1, -1, 7, 8, 9, -11, 12, -33, 64, 127, -127):
        pair = (0, distance) if distance > 0 else (-distance, 0)
        slider("position").fill(str(pair[0]))
        slider("other position").fill(str(pair[1]))
        bucket = buckets[128 + distance]
        signs = [f"{'+' if d > 0 else '−' if d else ''}{abs(d)}" for d in members[bucket]]
        near, far = (signs[0], signs[-1]) if distance > 0 else (signs[-1], signs[0])
        inside = near if near == far else f"{near} … {far}"
        inside = f"{near} and farther" if far[1:] == "128" else inside
        assert view.seen()["lines"] == [
            f"Query at {pair[0]}, key at {pair[1]}: distance {str(distance).replace('-', '−')}, "
            f"bucket {bucket} of 0 … 31, for distances {inside}",
            "Nothing has been learned: this widget was given no table of numbers for the buckets.",
        ]
    view.compare()


def test_the_readout_has_the_numbers_of_the_layers(show):
    chosen = {"count": 60, "position": 37, "other": 5, "unit": 3}
    rest = ("sinusoidal", "learned", "relative", "alibi", "rotary", "none")
    sinusoidal, learned, relative, alibi, rotary, none, concatenated = show(
        *(make(way, **chosen) for way in rest), make("concatenated", **chosen | {"unit": 28})
    )
    table, pairs = truth(sinusoidal.widget)
    speed = ways.frequencies(32)[1].item()
    text = f"Position 37, dimension 3: cos(37 · 10000−2/32) = cos(37 · {speed:.3g}) = {table[37, 3]:.3f}"
    assert sinusoidal.seen()["lines"][0] == text.replace(" -", " −")
    assert sinusoidal.numbers(1)[:3] == pytest.approx([37, 5, pairs[0, 37, 5]], abs=0.0005)
    assert sinusoidal.numbers(1)[3:] == [32, 16]
    mean = np.cos(32 * ways.frequencies(32).numpy()).mean()
    assert sinusoidal.numbers(1)[2] == pytest.approx(mean, abs=0.0005)
    table, _ = truth(concatenated.widget)
    assert concatenated.numbers(0)[-1] == pytest.approx(table[37, 28], abs=0.0005)
    (word,) = show(make("concatenated", unit=23))
    assert word.seen()["lines"][0] == "Position 10, dimension 23: the word’s own"
    table, pairs = truth(learned.widget)
    assert learned.numbers(0) == pytest.approx([19, 3, table[19, 3]], abs=0.0005)
    assert learned.numbers(1) == pytest.approx([19, 5, pairs[0, 19, 5]], abs=0.0005)
    waves = ways.sinusoids(torch.arange(20), 12).numpy()
    waves /= np.linalg.norm(waves, axis=1, keepdims=True)
    beside = [[d, pairs[0].diagonal(d).mean(), (waves @ waves.T).diagonal(d).mean()] for d in (1, 4)]
    assert learned.numbers(2) == pytest.approx([*beside[0], *beside[1]], abs=0.0006)
    assert relative.numbers(1) == pytest.approx([3, truth(relative.widget)[1][3, 37, 5]], abs=0.0005)
    bias = truth(alibi.widget)[1][3, 37, 5]
    assert alibi.seen()["lines"][0] == "Head 3 of 8: slope 2−8 · (3 + 1)/8 = 0.0625"
    assert alibi.numbers(1)[:5] == pytest.approx([37, 5, -0.0625, 32, bias], abs=0.0005)
    assert alibi.numbers(1)[5] == pytest.approx(math.exp(bias), rel=0.005)
    speed = ways.frequencies(32)[3].item()
    assert rotary.numbers(0)[-3:] == pytest.approx([speed, 37, 37 * speed], rel=0.005)
    assert rotary.numbers(1) == pytest.approx(
        [37, 5, 32 * speed, truth(rotary.widget)[1][0, 37, 5]], rel=0.005
    )
    hands = [float(text[7:-1]) for text in rotary.seen()["hands"]]  # the key first, the query over it
    angles = [-math.degrees(place * speed) % 360 for place in (5, 37)]
    assert [hand % 360 for hand in hands] == pytest.approx(angles, abs=1e-6)
    assert none.seen()["lines"] == [
        "Swap two words, and what comes out for them is swapped, too: nothing else changes."
    ]
    expect(none.root.locator(".control:visible")).to_have_count(1)


def test_a_score_of_rotary_positions_depends_on_the_base(show):
    (view,) = show(make("rotary", base=10, size=8, count=20, position=7, other=3))
    query, key = decode_array(view.widget.content)[:, :8]
    turn = lambda v, p: (v[::2] + 1j * v[1::2]) * np.exp(1j * p * 10.0 ** (-np.arange(4) / 4))  # noqa: E731
    score = (turn(query, 7) * turn(key, 3).conj()).real.sum() / 8**0.5
    assert view.numbers(1)[-1] == pytest.approx(score, abs=0.0005)


@pytest.mark.parametrize("way", ["sinusoidal", "learned", "relative", "alibi", "rotary"])
def test_the_keyboard_moves_in_both_maps_and_not_the_page(show, way):
    (view,) = show(make(way, count=20, position=4, other=9, unit=2))
    moves_other = way in ("relative", "alibi")
    before = view.page.evaluate("[scrollX, scrollY]")
    view.table.focus()
    assert view.press("ArrowRight") == (4, 9, 3) and view.press("ArrowLeft", "ArrowLeft") == (4, 9, 1)
    assert view.press("ArrowDown") == ((4, 10, 1) if moves_other else (5, 9, 1))
    assert view.press("ArrowUp", "ArrowUp") == ((4, 8, 1) if moves_other else (3, 9, 1))
    view.press("End", "Control+ArrowLeft")
    position, other, last = view.compare()
    assert last == truth(view.widget)[0].shape[1] - 1, "a shortcut of the browser is left alone"
    assert view.press("Home", "ArrowLeft") == (position, other, 0)
    view.pairs.focus()
    assert view.press("ArrowDown", "ArrowRight") == (position + 1, other + 1, 0)
    assert view.press("End") == (position + 1, 19, 0)
    assert view.press("ArrowUp", "Home") == view.compare() == (position, 0, 0)
    assert view.page.evaluate("[scrollX, scrollY]") == before


def test_a_click_chooses_and_a_hover_only_shows(show):
    (view,) = show(make("sinusoidal", count=20, position=4, other=9, unit=2))
    for row, column in [(0, 0), (19, 31), (7, 12)]:
        view.page.mouse.click(*view.point(view.table, row, column, 20, 32))
        assert view.compare() == (row, 9, column)
        view.page.mouse.move(*view.point(view.pairs, 19 - row, 3, 20, 20))
        assert view.compare() == (19 - row, 3, column)
        view.page.mouse.move(2, 2)
        assert view.compare() == (row, 9, column)
    view.page.mouse.click(*view.point(view.pairs, 2, 18, 20, 20))
    view.page.mouse.move(2, 2)
    assert view.compare() == (2, 18, 12)


def test_in_a_table_by_distance_or_bucket_a_click_finds_such_a_pair(show):
    alibi, relative = show(
        *(make(way, count=20, position=12, other=9, unit=0) for way in ("alibi", "relative"))
    )
    for distance, other in [(5, 17), (7, 19), (8, 4), (15, 0)]:
        alibi.page.mouse.click(*alibi.point(alibi.table, distance, 3, 20, 8))
        alibi.page.mouse.move(2, 2)
        assert alibi.compare() == (12, other, 3)
    relative.page.mouse.click(*relative.point(relative.table, 20, 4, 32, 5))
    relative.page.mouse.move(2, 2)
    assert relative.compare() == (12, 9, 4), "many pairs have this bucket: only the head is chosen"


def test_sliders_change_what_is_computed(show):
    (view,) = show(make("sinusoidal"))
    slide = lambda name, index: view.root.get_by_role("slider", name=name, exact=True).fill(str(index))  # noqa: E731
    slide("size", 1)
    slide("positions", 22)
    view.widget.size, view.widget.count = 10, 30
    view.compare()
    for index in (0, 13, 60):
        slide("base", index)
        view.widget.base = round(10 ** (1 + index / 20))
        view.compare()
    view.root.get_by_role("button", name="less: base").click()
    view.widget.base = 8913
    view.compare()
    slide("position", 29)
    slide("column", 9)
    assert view.compare() == (29, 16, 9)
    slide("positions", 0)
    view.widget.count = 8
    assert view.compare() == (7, 7, 9), "positions that are no more give way to the last one"
    view.root.get_by_label("way", exact=True).select_option("alibi")
    view.widget.way = "alibi"
    slide("heads", 2)
    view.widget.heads = 3
    assert view.compare() == (7, 7, 2)
    view.root.get_by_role("button", name="more: heads").click()
    view.widget.heads = 4
    view.compare()
    names = [name.split(" ")[0] for name, _ in view.seen()["sliders"]]
    assert names == ["positions", "heads", "position", "other", "head"]


def test_tab_order_with_a_visible_focus(show):
    (view,) = show(make("rotary", position=3, other=3, unit=3))
    view.root.locator("header p").click()  # start from here, without a focus
    visited = []
    for _ in range(20):
        view.page.keyboard.press("Tab")
        name, outline = view.page.evaluate(
            "[document.activeElement.ariaLabel, getComputedStyle(document.activeElement).outline]"
        )
        visited.append(name.split(".")[0])
        assert "solid 2px" in outline
    settings = ["size", "positions", "base"]
    around = [f"{which}{name}" for name in settings for which in ("less: ", "", "more: ")]
    around.remove("more: base")  # there is no larger one
    places = ["position", "other position", "column"]
    steps = [f"{which}{name}" for name in places for which in ("previous ", "", "next ")]
    maps = ["What each position gets", "What each pair of positions gets"]
    assert visited == ["way", *around, *maps, *steps]


def test_on_a_phone_everything_fits(show):
    title = "<b>l’œuf</b><img src=x onerror=alert(1)>"
    views = show(*(make(way, title=title, count=128) for way in ways.POSITIONS), **PHONE)
    page = views[0].page
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("img").count() == 0
    outside = "(nodes, right) => nodes.filter((n) => n.getBoundingClientRect().right > right).length"
    for view in views:
        edge = view.root.bounding_box()["x"] + view.root.bounding_box()["width"]
        assert view.root.locator("*").evaluate_all(outside, edge) == 0
        if (grid := view.seen()["pairs"]) is not None:
            page.touchscreen.tap(*view.point(view.pairs, 5, 9, *grid["shape"][:2]))
            assert view.compare()[:2] == (5, 9)
    sizes = """nodes => nodes.map((node) => node.getBoundingClientRect()).filter(({ width }) => width)
        .map(({ width, height }) => Math.min(width, height))"""
    assert min(page.locator("button, input, select").evaluate_all(sizes)) >= 44


def test_a_change_of_theme_keeps_the_choice_and_text_stands_out(show):
    views = show(*(make(way, position=9) for way in ("rotary", "relative")), color_scheme="light")
    for theme in ("light", "dark"):
        views[0].page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        for view in views:
            expect(view.root).to_have_attribute("data-theme", theme)
            assert view.compare()[0] == 9
            contrasts = view.root.evaluate(CONTRASTS)
            assert min(contrasts) >= 4.5 and len(contrasts) > 25


def test_linked_widgets_move_together(show):
    linked = ("way", "position", "other", "unit")
    long, short = show(make("sinusoidal", count=100), make("sinusoidal", count=12, size=8), linked=linked)
    long.pairs.focus()
    assert long.press("End") == (10, 99, 2) and short.chosen() == (10, 11, 2)
    long.root.get_by_label("way", exact=True).select_option("rotary")
    long.widget.way = short.widget.way = "rotary"
    long.compare()
    assert short.compare() == (10, 11, 2)


USE = """(root, own) => {
  root.querySelector("[aria-label='more: positions']").click();
  root.querySelector("[aria-label='next column']").click();
  root.querySelector(".stage.pairs").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
  return [own.count, own.unit, own.position];
}"""


def test_after_its_life_it_listens_to_nothing(show):
    (view,) = show(make("sinusoidal"))
    traits = ["base", "count", "heads", "other", "position", "size", "unit", "way"]
    check_lifetime(view.page, USE, [49, 3, 11], [f"change:{name}" for name in traits])
