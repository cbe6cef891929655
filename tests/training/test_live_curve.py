"""The live curve, read back from its SVG."""

import xml.etree.ElementTree as ElementTree
from statistics import fmean

import pytest

from s2s_course import plots
from s2s_course.training import live_curve
from s2s_course.training.history import History
from s2s_course.training.live_curve import DOTS, POINTS, Means, curve_svg


def drawn(losses, **known) -> ElementTree.Element:
    means = Means()
    means.follow(losses)
    return ElementTree.fromstring(curve_svg(means, History(losses=list(losses), **known)))


def line(svg: ElementTree.Element, color: str) -> list[tuple[float, float]]:
    [found] = [part for part in svg.iter("polyline") if part.get("stroke") == color]
    return [tuple(map(float, place.split(","))) for place in found.get("points").split()]


def ticks(svg: ElementTree.Element, anchor: str, name: str) -> dict[float, float]:
    """Where each number stands on an axis."""
    texts = [part for part in svg.iter("text") if part.get("text-anchor") == anchor and part.text != "step"]
    return {float(part.text.replace(",", "")): float(part.get(name)) for part in texts}


@pytest.mark.parametrize("pieces", [[1000], [3, 4, 90, 500, 403]])
def test_means_are_of_equally_many_neighbors_however_the_series_came(pieces):
    series, means, end = [float(n * n % 97) for n in range(1000)], Means(), 0
    for piece in pieces:
        end += piece
        means.follow(series[:end])
    assert means.width == 16 and len(means.points) == 62 < POINTS
    for n, (step, mean) in enumerate(means.points):
        assert mean == pytest.approx(fmean(series[16 * n : 16 * n + 16]))
        assert step == fmean(range(16 * n + 1, 16 * n + 17)), "the middle of steps that count from 1"


def test_places_agree_with_the_numbers_on_the_axes():
    svg = drawn([4.0, 2.0, 3.0, 1.0], validation_steps=[2, 4], validation_losses=[3.0, 2.0])
    across, up = ticks(svg, "middle", "x"), ticks(svg, "end", "y")
    assert list(across) == [0, 1, 2, 3, 4] and list(up) == [0, 1, 2, 3, 4]
    expected = [(across[step], up[loss] - 4) for step, loss in [(1, 4), (2, 2), (3, 3), (4, 1)]]
    assert line(svg, plots.BLUE) == expected, "a number stands four pixels below its line"
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in svg.iter("circle")]
    right, top = expected[-1][0], expected[0][1]
    assert (right, top) == (630, 26), "the last step and the largest loss are at the borders"
    assert dots[1:] == line(svg, plots.ORANGE) == [(across[2], up[3] - 4), (across[4], up[2] - 4)]


@pytest.mark.parametrize(("high", "numbers"), [(0.04, 5), (1.1, 6), (9.9, 5), (12.0, 7), (1e6, 6)])
def test_there_are_a_few_round_numbers_on_an_axis(high, numbers):
    assert len(ticks(drawn([high, high / 2]), "end", "y")) == numbers


def test_it_is_described_and_follows_the_color_of_the_text_and_the_figures_of_the_course():
    svg = drawn([4.0, 2.0, 1.0], validation_steps=[1, 2, 3], validation_losses=[2.5, 1.5, 2.0])
    assert svg.get("role") == "img" and svg.get("fill") == "currentColor"
    assert svg.get("aria-label") == (
        "Loss in training: 4.000 at step 1, 1.000 at step 3. "
        "Validation: 2.000 at step 3; lowest 1.500 at step 2."
    )
    for steps, width in [(100, "2"), (1000, "16"), (100_000, "1,024")]:
        assert f"mean of {width} steps" in drawn([1.0] * steps).get("aria-label")
    assert (live_curve.BLUE, live_curve.ORANGE) == (plots.BLUE, plots.ORANGE)


def test_a_long_run_is_drawn_with_as_few_points_as_a_short_one():
    steps = list(range(1, 10_001))
    svg = drawn([float(n) for n in steps], validation_steps=steps, validation_losses=[1.0] * 10_000)
    assert len(line(svg, plots.BLUE)) < POINTS
    dots = line(svg, plots.ORANGE)
    assert DOTS / 2 < len(dots) <= DOTS and dots[-1][0] == 630.0, "the last measurement is at the right end"


def test_what_cannot_be_drawn_is_left_out():
    assert curve_svg(Means(), History()) == "" == curve_svg(Means(values=[1.0]), History())
    infinite = drawn([float("inf"), 2.0, 1.0])
    assert len(line(infinite, plots.BLUE)) == 2
    level = line(drawn([0.0, 0.0]), plots.BLUE)
    assert level[0][1] == level[1][1]
    below = drawn([1.0, -1.0])
    assert min(ticks(below, "end", "y")) == -1


def test_words_and_numbers_stand_around_the_curve_and_not_in_it():
    svg = drawn([4.0, 2.0], validation_steps=[2], validation_losses=[3.0])
    assert svg.get("viewBox") == "0 0 640 220" and svg.get("width") == "640"
    assert [(part.text, part.get("x"), part.get("y")) for part in svg.iter("text")] == [
        ("0", "44.0", "186.0"), ("1", "44.0", "147.0"), ("2", "44.0", "108.0"), ("3", "44.0", "69.0"),
        ("4", "44.0", "30.0"), ("0", "50.0", "198.0"), ("1", "340.0", "198.0"), ("2", "630.0", "198.0"),
        ("step", "630.0", "216.0"), ("loss in training", "90.0", "16.0"), ("validation", "360.0", "16.0"),
    ]  # fmt: skip
    axes, sample = [part.get("d") for part in svg.iter("path")]
    assert (axes, sample) == ("M50.0,26.0V182.0H630.0", "M60.0,12h24"), "the sample stands before its word"
    dot = next(svg.iter("circle"))
    assert (dot.get("cx"), dot.get("cy")) == ("350.0", "12.0"), "and so does the dot"


def test_a_loss_below_zero_lies_at_the_foot_of_the_axis():
    places = [y for _, y in line(drawn([2.0, 0.0, -2.0]), live_curve.BLUE)]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.1) and places[2] > places[0]
    by_number = ticks(drawn([2.0, 0.0, -2.0]), "end", "y")
    assert by_number[min(by_number)] > by_number[max(by_number)]
