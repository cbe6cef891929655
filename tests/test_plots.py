import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest

from s2s_course.claims import context_every_step, ledger, registry
from s2s_course.claims.claim import Measured
from s2s_course.claims.figures import Bars, Curves
from s2s_course.plots import as_figure, claim_figure, claim_figures, draw, learning_curve, word_alignment
from s2s_course.training.history import History

SVG = "{http://www.w3.org/2000/svg}"


def measured():
    values = {"a": [10.0, 20.0, 30.0], "b": [1.0, 2.0, 3.0]}
    return Measured("x", "quick", (0, 1, 2), values, "holds", "", "", {}, "", 0.0)


def figures():
    history = History([3.0, 2.0, 1.0] * 40, validation_steps=[60, 120], validation_losses=[2.5, 2.0])
    return [
        learning_curve(history),
        learning_curve(History([1.0])),
        word_alignment(["black", "cat"], ["chat", "noir"], [(0, 1), (1, 0)]),
        draw(measured(), Bars("BLEU", {"a": "first & only", "b": "other"})),
        draw(TestCurves.MEASURED, Curves("size", {"a_": "first"}, xlabel="lag")),
    ]


def test_figures_are_images_with_a_description():
    for figure in figures():
        root = ET.fromstring(figure.svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == figure.description
        assert repr(figure) == f"Figure: {figure.description}"
        assert figure.svg.removeprefix("<svg ") in figure._repr_html_()


def width(svg: str) -> float:
    """In pixels."""
    return float(ET.fromstring(svg).get("width").removesuffix("pt")) * 4 / 3


def test_a_wide_figure_has_a_narrow_form_with_the_same_words_and_no_name_in_common():
    narrow = [figure for figure in figures() if figure.narrow]
    assert 3 <= len(narrow) < len(figures())  # two words and their links are narrow as they are
    for figure in narrow:
        assert width(figure.narrow) < 0.75 * width(figure.svg) and width(figure.narrow) < 1.25 * 328
        wide_names, narrow_names = (
            set(re.findall(r' id="([mp][0-9a-f]{10})"', svg)) for svg in (figure.svg, figure.narrow)
        )
        assert wide_names and wide_names.isdisjoint(narrow_names)
        labels = [
            [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")][-1]
            for svg in (figure.svg, figure.narrow)
        ]
        assert labels[0] == labels[1]
        html = figure._repr_html_()
        assert html.count('class="s2s-wide"') == html.count('class="s2s-narrow"') == 1


def test_a_caption_is_shown_below():
    history = History([3.0, 2.0, 1.0])
    assert "<figcaption>" not in learning_curve(history)._repr_html_()
    html = learning_curve(history, caption="Loss < 1.")._repr_html_()
    assert html.endswith("<figcaption>Loss &lt; 1.</figcaption></figure>")


def test_the_description_has_the_numbers():
    description = figures()[3].description
    assert "first & only 20.0, other 2.0" in description and "3 seeds" in description
    assert "from 3.0 to" in figures()[0].description


def test_an_alignment_draws_every_word_and_every_link():
    figure = figures()[2]
    assert figure.description == "Word alignment: black–noir, cat–chat."
    for word in ("black", "cat", "chat", "noir"):
        assert f">{word}</text>" in figure.svg


def test_text_and_axes_take_the_color_of_the_page():
    for figure in figures():
        assert "currentColor" in figure.svg
        assert not re.search(r"(fill|stroke): ?#(000000|ffffff|010203)", figure.svg)


def test_the_same_figure_gives_the_same_bytes():
    assert [f.svg for f in figures()] == [f.svg for f in figures()]


def test_a_dot_stands_for_each_seed():
    root = ET.fromstring(figures()[3].svg)
    dots = [use for use in root.iter(f"{SVG}use") if use.get("style", "").count("#0072b2")]
    assert len({use.get("x") for use in dots}) == 3


def test_a_figure_without_description_is_refused():
    with pytest.raises(ValueError, match="description must say what the figure shows"):
        as_figure(plt.figure(), " ")


class TestBars:
    def test_digits_are_an_option(self):
        figure = draw(measured(), Bars("loss", {"b": "other"}, digits=3))
        assert figure.description.endswith("mean: other 2.000.") and ">2.000</text>" in figure.svg

    def test_a_name_that_was_not_measured_is_refused(self):
        with pytest.raises(ValueError, match="figure must name numbers of x, got 'c'"):
            draw(measured(), Bars("BLEU", {"a": "first", "c": "none"}))


class TestCurves:
    VALUES = {"a_1": [0.0, 2.0], "a_10": [3.0, 5.0], "b_1": [7.0, 7.0], "ab_1": [9.0, 9.0], "a_x": [9.0, 9.0]}  # noqa: RUF012
    MEASURED = Measured("test", "quick", (0, 1), VALUES, "holds", "", "", {}, "", 0.0)

    def many(self, count):
        values = {f"{letter}_{x}": [1.0, 2.0] for letter in "abcdefgh"[:count] for x in (1, 10)}
        series = {f"{letter}_": f"series {letter}" for letter in "abcdefgh"[:count]}
        return draw(replace(self.MEASURED, values=values), Curves("size", series, xlabel="lag"))

    def test_the_description_gives_the_means_at_both_ends(self):
        figure = draw(self.MEASURED, Curves("size", {"a_": "first", "b_": "second"}, xlabel="lag"))
        assert figure.description == (
            "size over lag, mean of 2 seeds: first from 1 at 1 to 4 at 10; second from 7 at 1 to 7 at 1."
        )
        assert "first" in figure.svg and "currentColor" in figure.svg

    def test_a_series_without_numbers_is_refused(self):
        with pytest.raises(ValueError, match="figure must name numbers of test, got 'c_'"):
            draw(self.MEASURED, Curves("size", {"c_": "none"}, xlabel="lag"))

    def test_a_long_legend_stands_below_the_axes(self):
        def lowest_label(count):
            svg = self.many(count).svg
            heights = {
                text: float(y) for y, text in re.findall(r'<text[^>]*? y="([\d.]+)"[^>]*>([^<]+)</text>', svg)
            }
            return heights["series a"] > heights["lag"]

        assert lowest_label(5) and not lowest_label(4)

    def test_seven_curves_are_told_apart_and_an_eighth_is_refused(self):
        figure = self.many(7)
        assert all(f">series {letter}</text>" in figure.svg for letter in "abcdefg")
        assert len(set(re.findall(r"stroke: (#\w{6}|currentColor); stroke-width: 1.5", figure.svg))) == 7
        with pytest.raises(ValueError, match="figure must have at most 7 curves, got 8"):
            self.many(8)

    def test_logarithmic_axes_name_every_point(self):
        values = {"a_25": [1.0, 1.0], "a_200": [8000.0, 8000.0]}
        figures = [
            draw(replace(self.MEASURED, values=values), Curves("ms", {"a_": "time"}, xlabel="n", log=log))
            for log in ("x", "xy")
        ]
        for figure in figures:
            assert ">25<" in figure.svg and ">200<" in figure.svg and figure.svg.count('id="xtick_') == 2
        assert [">4000<" in figure.svg for figure in figures] == [True, False]  # a straight axis has it


class TestClaimFigure:
    FIGURES = (Bars("BLEU", {"a": "first"}), Bars("loss", {"b": "second"}))

    @pytest.fixture(autouse=True)
    def one_claim(self, monkeypatch, tmp_path):
        claim = replace(context_every_step.CLAIM, id="x", figures=self.FIGURES)
        monkeypatch.setattr(registry, "CLAIMS", {"x": claim, "y": replace(claim, id="y")})
        monkeypatch.setattr(ledger, "RESULTS", tmp_path)
        ledger.store(measured())

    def test_a_claim_is_drawn_as_it_says(self):
        assert claim_figure("x").svg == draw(measured(), self.FIGURES[0]).svg
        assert claim_figure("x", 1).svg == draw(measured(), self.FIGURES[1]).svg
        assert [figure.svg for figure in claim_figures("x")] == [
            claim_figure("x", index).svg for index in (0, 1)
        ]

    @pytest.mark.parametrize("index", [2, -1])
    def test_a_figure_that_it_does_not_have_is_refused(self, index):
        with pytest.raises(ValueError, match=f"index must be below 2 for x, got {index}"):
            claim_figure("x", index)

    def test_a_claim_without_a_result_or_unknown_is_refused(self):
        with pytest.raises(
            ValueError, match="claim_id must name a measured claim, got 'y': s2s claims run y"
        ):
            claim_figure("y")
        with pytest.raises(ValueError, match="claim must be one of x, y, got 'z'"):
            claim_figures("z")
